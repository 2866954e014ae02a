//! Whether it runs, and which build it is.

use axum::http::StatusCode;
use axum::response::IntoResponse;
use axum::{Json, extract};
use collections_core::chat::history::State;
use collections_core::db;
use serde::Serialize;
use time::OffsetDateTime;
use time::serde::rfc3339;
use utoipa::ToSchema;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use crate::app::App;
use crate::caching;
use crate::identity::Caller;
use crate::problem::Problem;

/// What the build was made of; the tool sets these when it builds.
const GIT_SHA: &str = known(option_env!("GIT_SHA"));
const GIT_TAG: &str = known(option_env!("GIT_TAG"));
const GIT_BRANCH: &str = known(option_env!("GIT_BRANCH"));
const BUILD_TIMESTAMP: &str = known(option_env!("BUILD_TIMESTAMP"));

const fn known(value: Option<&'static str>) -> &'static str {
    match value {
        Some(value) => value,
        None => "unknown",
    }
}

pub(super) fn routes() -> OpenApiRouter<App> {
    OpenApiRouter::new()
        .routes(routes!(health))
        .routes(routes!(version))
        .routes(routes!(keepalive))
}

/// The answer of `/health`.
#[derive(Debug, Serialize, ToSchema)]
pub struct Health {
    status: &'static str,
    git_sha: &'static str,
    git_tag: &'static str,
    #[serde(with = "rfc3339")]
    timestamp: OffsetDateTime,
    /// The server that really answered.
    database: String,
    environment: String,
    database_stats: DatabaseStats,
    /// Where conversations are kept now, and whether that is where they should be.
    history: State,
}

/// Numbers about the database.
#[derive(Debug, Serialize, ToSchema)]
pub struct DatabaseStats {
    /// The server's own estimate.
    items: i64,
}

/// The answer of `/version`.
#[derive(Debug, Serialize, ToSchema)]
pub struct Version {
    git_sha: &'static str,
    git_tag: &'static str,
    git_branch: &'static str,
    build_timestamp: &'static str,
    environment: String,
}

/// Whether it runs.
///
/// Healthy is who can answer from the database and keeps conversations where they should be.
/// Without the database the status is 503: what the answer then says of conversations still holds.
/// An instance looks once a second at most.
#[utoipa::path(get, path = "/health", tag = "about", operation_id = "get_health",
    responses((status = OK, body = Health), (status = SERVICE_UNAVAILABLE, body = Health)))]
async fn health(extract::State(app): extract::State<App>) -> impl IntoResponse {
    let seen = app.standing.look(&app, app.limits.health_holds).await;
    let status = match &seen.database {
        Some(_) => StatusCode::OK,
        None => StatusCode::SERVICE_UNAVAILABLE,
    };
    let is_healthy = seen.database.is_some() && seen.history.degraded.is_none();
    let health = Health {
        status: if is_healthy { "healthy" } else { "degraded" },
        git_sha: GIT_SHA,
        git_tag: GIT_TAG,
        timestamp: OffsetDateTime::now_utc(),
        database: seen.database.as_ref().map_or_else(
            || "unreachable".to_owned(),
            |summary| format!("PostgreSQL {}", summary.server_version),
        ),
        environment: app.settings.environment().to_owned(),
        database_stats: DatabaseStats {
            items: seen.database.as_ref().map_or(0, |summary| summary.items),
        },
        history: seen.history.clone(),
    };
    (status, [caching::NEVER], Json(health))
}

/// That somebody is still there: keeps an instance and its connection warm.
#[derive(Debug, Serialize, ToSchema)]
pub struct Alive {
    /// `alive`.
    status: &'static str,
    #[serde(with = "rfc3339")]
    timestamp: OffsetDateTime,
}

/// Keeps the instance that answers, and its connection to the database, warm.
#[utoipa::path(post, path = "/keepalive", tag = "about", operation_id = "keep_alive",
    responses((status = OK, body = Alive)))]
async fn keepalive(
    extract::State(app): extract::State<App>,
    _: Caller,
) -> Result<Json<Alive>, Problem> {
    let mut connection = app.connection().await?;
    db::ping(&mut connection).await?;
    Ok(Json(Alive {
        status: "alive",
        timestamp: OffsetDateTime::now_utc(),
    }))
}

/// Which build it is.
#[utoipa::path(get, path = "/version", tag = "about", operation_id = "get_version",
    responses((status = OK, body = Version)))]
async fn version(extract::State(app): extract::State<App>) -> Json<Version> {
    Json(Version {
        git_sha: GIT_SHA,
        git_tag: GIT_TAG,
        git_branch: GIT_BRANCH,
        build_timestamp: BUILD_TIMESTAMP,
        environment: app.settings.environment().to_owned(),
    })
}
