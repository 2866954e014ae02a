//! The vector index: how full it is, and filling it again.

use axum::extract::State;
use axum::http::StatusCode;
use axum::response::IntoResponse;
use collections_core::contract::events::RebuildRequested;
use collections_core::db::{embeddings, items};
use serde_json::{Value, json};

use crate::app::App;
use crate::identity::Caller;
use crate::observe::Observed;
use crate::problem::Problem;

/// How many of the caller's items are embedded.
pub async fn status(
    State(app): State<App>,
    Caller(user): Caller,
) -> Result<axum::Json<Value>, Problem> {
    let mut db = app.connection().await?;
    let documents = embeddings::count(&mut db, &user).await?;
    let items = items::count(&mut db, &user, None).await?;
    Ok(axum::Json(
        json!({"num_documents": documents, "num_items": items}),
    ))
}

/// Asks for all of the caller's embeddings again.
pub async fn rebuild(
    State(app): State<App>,
    Caller(user): Caller,
    observed: Observed,
) -> Result<impl IntoResponse, Problem> {
    let mut db = app.connection().await?;
    let documents = embeddings::count(&mut db, &user).await?;
    drop(db);
    let event = RebuildRequested {
        user_id: user.to_string(),
    };
    app.events.put(&[event], Some(&observed.trace)).await?;
    let body = json!({
        "status": "accepted", "num_documents": documents,
        "message": "all embeddings are being made again; see /vector-index/status",
    });
    Ok((StatusCode::ACCEPTED, axum::Json(body)))
}
