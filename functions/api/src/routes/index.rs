//! The vector index: how full it is, and filling it again.

use axum::extract::State;
use axum::http::StatusCode;
use axum::response::IntoResponse;
use collections_core::contract::events::RebuildRequested;
use collections_core::db::{embeddings, items};
use serde::Serialize;
use utoipa::ToSchema;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use crate::app::App;
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

/// A rebuild that was asked for.
#[derive(Debug, Serialize, ToSchema)]
pub struct Rebuild {
    /// `accepted`.
    status: &'static str,
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
    operation_id = "rebuild_index", responses((status = ACCEPTED, body = Rebuild)))]
async fn rebuild(
    State(app): State<App>,
    Caller(user): Caller,
    observed: Observed,
) -> Result<impl IntoResponse, Problem> {
    let mut db = app.connection().await?;
    let num_documents = embeddings::count(&mut db, &user).await?;
    drop(db);
    let event = RebuildRequested {
        user_id: user.to_string(),
    };
    app.events.put(&[event], Some(&observed.trace)).await?;
    let body = Rebuild {
        status: "accepted",
        num_documents,
        message: "all embeddings are being made again; see /vector-index/status",
    };
    Ok((StatusCode::ACCEPTED, axum::Json(body)))
}
