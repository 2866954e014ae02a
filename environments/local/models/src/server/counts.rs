//! Counts and logs requests: for tests that assert how often a provider was called.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Instant;

use axum::Json;
use axum::extract::{Request, State};
use axum::http::StatusCode;
use axum::middleware::Next;
use axum::response::Response;
use serde::Serialize;
use serde_json::{Value, json};

use super::App;

#[derive(Debug, Default)]
pub(super) struct Counts(Mutex<BTreeMap<String, Count>>);

/// `total` counts arrivals, `by_status` what was answered.
#[derive(Debug, Default, Clone, Serialize)]
struct Count {
    total: u64,
    by_status: BTreeMap<u16, u64>,
}

pub(super) async fn count(State(app): State<Arc<App>>, request: Request, next: Next) -> Response {
    let route = format!("{} {}", request.method(), request.uri().path());
    let started = Instant::now();
    app.counts
        .with(|counts| counts.entry(route.clone()).or_default().total += 1);

    let response = next.run(request).await;

    let status = response.status().as_u16();
    app.counts.with(|counts| {
        let count = counts.entry(route.clone()).or_default();
        *count.by_status.entry(status).or_default() += 1;
    });
    let milliseconds = started.elapsed().as_millis();
    tracing::info!(route, status, milliseconds, "request");
    response
}

pub(super) async fn list(State(app): State<Arc<App>>) -> Json<Value> {
    Json(json!({"requests": app.counts.with(|counts| counts.clone())}))
}

pub(super) async fn clear(State(app): State<Arc<App>>) -> StatusCode {
    app.counts.with(BTreeMap::clear);
    StatusCode::NO_CONTENT
}

impl Counts {
    fn with<T>(&self, use_counts: impl FnOnce(&mut BTreeMap<String, Count>) -> T) -> T {
        // A panic elsewhere leaves the numbers whole.
        use_counts(&mut self.0.lock().unwrap_or_else(PoisonError::into_inner))
    }
}
