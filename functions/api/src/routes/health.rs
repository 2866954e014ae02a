//! Whether it runs, and which build it is.

use axum::Json;
use axum::extract::State;
use axum::response::IntoResponse;
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

/// Whether it runs: healthy is who can answer from the database.
#[utoipa::path(get, path = "/health", tag = "about", operation_id = "get_health",
    responses((status = OK, body = Health)))]
async fn health(State(app): State<App>) -> Result<impl IntoResponse, Problem> {
    let mut connection = app.connection().await?;
    let summary = db::summary(&mut connection).await?;
    let health = Health {
        status: "healthy",
        git_sha: GIT_SHA,
        git_tag: GIT_TAG,
        timestamp: OffsetDateTime::now_utc(),
        database: format!("PostgreSQL {}", summary.server_version),
        environment: app.settings.environment().to_owned(),
        database_stats: DatabaseStats {
            items: summary.items,
        },
    };
    Ok(([caching::NEVER], Json(health)))
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
async fn keepalive(State(app): State<App>, _: Caller) -> Result<Json<Alive>, Problem> {
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
async fn version(State(app): State<App>) -> Json<Version> {
    Json(Version {
        git_sha: GIT_SHA,
        git_tag: GIT_TAG,
        git_branch: GIT_BRANCH,
        build_timestamp: BUILD_TIMESTAMP,
        environment: app.settings.environment().to_owned(),
    })
}
