//! Around every request that does work: a place to run in, a time limit, and a floor under panics.

use std::any::Any;
use std::panic::AssertUnwindSafe;
use std::sync::Arc;

use axum::extract::{FromRequestParts, Request, State};
use axum::http::request::Parts;
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};
use futures::FutureExt;
use tokio::sync::OwnedSemaphorePermit;

use crate::app::App;
use crate::problem::Problem;

/// The place that a request runs in. It is free again when nobody has it any longer: work that goes
/// on after the answer has begun takes it along.
#[derive(Clone, Debug)]
pub struct Place {
    _permit: Arc<OwnedSemaphorePermit>,
}

impl Place {
    pub(crate) fn of(permit: OwnedSemaphorePermit) -> Self {
        Self {
            _permit: Arc::new(permit),
        }
    }
}

impl FromRequestParts<App> for Place {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, _: &App) -> Result<Self, Problem> {
        let place = parts.extensions.get::<Self>().cloned();
        place.ok_or_else(|| anyhow::anyhow!("the request has no place").into())
    }
}

/// The middleware.
pub async fn guard(State(app): State<App>, mut request: Request, next: Next) -> Response {
    let Ok(permit) = Arc::clone(&app.places).try_acquire_owned() else {
        tracing::warn!("too many requests at once");
        return Problem::busy("too many requests at once").into_response();
    };
    let place = Place::of(permit);
    request.extensions_mut().insert(place.clone());
    let work = unpanicked(next.run(request));
    match tokio::time::timeout(app.limits.answer_within, work).await {
        Ok(Ok(response)) => response,
        Ok(Err(problem)) => problem.into_response(),
        Err(_) => {
            tracing::error!("the request took too long");
            Problem::busy("the answer took too long").into_response()
        }
    }
}

/// Does work whose panics are problems.
pub async fn unpanicked<T>(work: impl Future<Output = T>) -> Result<T, Problem> {
    let told = |_: Box<dyn Any + Send>| {
        // What it said went to stderr by the panic's own way.
        tracing::error!("the request panicked");
        Problem::internal()
    };
    AssertUnwindSafe(work).catch_unwind().await.map_err(told)
}
