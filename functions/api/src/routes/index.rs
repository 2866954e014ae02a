//! The vector index: how full it is, and filling it again.

use axum::extract::State;
use axum::http::StatusCode;
use axum::response::IntoResponse;
use collections_core::contract::events::RebuildRequested;
use collections_core::db::{embeddings, items};
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use crate::app::App;
use crate::body::Query;
use crate::identity::Caller;
use crate::observe::Observed;
use crate::problem::Problem;

pub(super) fn routes() -> OpenApiRouter<App> {
    OpenApiRouter::new()
        .routes(routes!(status))
        .routes(routes!(rebuild))
}

/// How full the index is.
#[derive(Debug, Serialize, ToSchema)]
pub struct IndexStatus {
    /// How many items are embedded.
    num_documents: i64,
    /// How many items there are.
    num_items: i64,
}

/// Which items to embed again.
#[derive(Debug, Default, Deserialize, IntoParams)]
#[serde(default, deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct RebuildQuery {
    /// The caller's own, `prod`. The golden items are those of the golden user, who embeds them
    /// again by the same request.
    #[param(inline, value_type = Option<String>, pattern = "^prod$")]
    database: Collection,
}

/// A collection, by the name of the database that it once had to itself.
#[derive(Clone, Copy, Debug, Default, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "lowercase")]
pub enum Collection {
    /// The caller's.
    #[default]
    Prod,
    /// The one that search is measured with.
    Golden,
}

const GOLDEN: &str = "the golden items belong to the golden user: sign in as that user and leave \
    `database` out, or run `cargo xtask seed golden`";

/// A rebuild that was asked for.
#[derive(Debug, Serialize, ToSchema)]
pub struct Rebuild {
    /// `accepted`.
    status: &'static str,
    /// `prod`.
    database: Collection,
    /// How many embeddings there were when it was asked for.
    num_documents: i64,
    /// What happens now.
    message: &'static str,
}

/// How many of the caller's items are embedded.
#[utoipa::path(get, path = "/vector-index/status", tag = "vector-index",
    operation_id = "get_index_status", responses((status = OK, body = IndexStatus)))]
async fn status(
    State(app): State<App>,
    Caller(user): Caller,
) -> Result<axum::Json<IndexStatus>, Problem> {
    let mut db = app.connection().await?;
    Ok(axum::Json(IndexStatus {
        num_documents: embeddings::count(&mut db, &user).await?,
        num_items: items::count(&mut db, &user, None).await?,
    }))
}

/// Asks for all of the caller's embeddings again.
#[utoipa::path(post, path = "/vector-index/rebuild", tag = "vector-index",
    operation_id = "rebuild_index", params(RebuildQuery), responses((status = ACCEPTED, body = Rebuild)))]
async fn rebuild(
    State(app): State<App>,
    Caller(user): Caller,
    observed: Observed,
    Query(query): Query<RebuildQuery>,
) -> Result<impl IntoResponse, Problem> {
    if matches!(query.database, Collection::Golden) {
        return Err(Problem::bad_request(GOLDEN));
    }
    let mut db = app.connection().await?;
    let num_documents = embeddings::count(&mut db, &user).await?;
    drop(db);
    let event = RebuildRequested {
        user_id: user.to_string(),
    };
    app.events.put(&[event], Some(&observed.trace)).await?;
    let body = Rebuild {
        status: "accepted",
        database: query.database,
        num_documents,
        message: "all embeddings are being made again; see /vector-index/status",
    };
    Ok((StatusCode::ACCEPTED, axum::Json(body)))
}
