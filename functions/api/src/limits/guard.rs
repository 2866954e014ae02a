//! Around every request that does work: a place to run in, a time limit, and a floor under panics.

use std::panic::AssertUnwindSafe;

use axum::extract::{Request, State};
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};
use futures::FutureExt;

use crate::app::App;
use crate::problem::Problem;

/// The middleware.
pub async fn guard(State(app): State<App>, request: Request, next: Next) -> Response {
    let Ok(_place) = app.places.try_acquire() else {
        tracing::warn!("too many requests at once");
        return Problem::busy("too many requests at once").into_response();
    };
    let work = AssertUnwindSafe(next.run(request)).catch_unwind();
    match tokio::time::timeout(app.limits.answer_within, work).await {
        Ok(Ok(response)) => response,
        Ok(Err(_)) => {
            // What it said went to stderr by the panic's own way.
            tracing::error!("the request panicked");
            Problem::internal().into_response()
        }
        Err(_) => {
            tracing::error!("the request took too long");
            Problem::busy("the answer took too long").into_response()
        }
    }
}
