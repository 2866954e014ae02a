//! One log line and one line of metrics per request, and the request id in both and in the answer.

use std::sync::OnceLock;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration, Instant};

use axum::extract::{MatchedPath, Request};
use axum::http::{HeaderName, HeaderValue};
use axum::middleware::Next;
use axum::response::Response;
use collections_core::contract::functions::Api;
use collections_core::telemetry::{Metrics, Unit};
use lambda_http::Context;
use tracing::Instrument;

static REQUEST_ID: HeaderName = HeaderName::from_static("x-request-id");
static INIT: OnceLock<Duration> = OnceLock::new();
static COLD: AtomicBool = AtomicBool::new(true);

/// Notes how long the start took, for the first request to tell.
pub fn started(at: Instant) {
    INIT.get_or_init(|| at.elapsed());
}

/// The middleware.
pub async fn observe(request: Request, next: Next) -> Response {
    let context = request.extensions().get::<Context>();
    let request_id = context.map_or_else(
        || uuid::Uuid::new_v4().to_string(),
        |context| context.request_id.clone(),
    );
    let route = request
        .extensions()
        .get::<MatchedPath>()
        .map_or_else(|| "none".to_owned(), |path| path.as_str().to_owned());
    let method = request.method().clone();
    let span = tracing::info_span!(
        "request", request_id, %method, route,
        user_id = tracing::field::Empty, item_id = tracing::field::Empty
    );
    let cold = COLD.swap(false, Ordering::Relaxed);
    let mut metrics = Metrics::of::<Api>().with("cold_start", cold);
    if let Some(init) = INIT.get().filter(|_| cold) {
        metrics = metrics.add(
            "InitDuration",
            Unit::Milliseconds,
            init.as_secs_f64() * 1000.0,
        );
    }
    let mut response = next.run(request).instrument(span.clone()).await;
    let status = response.status();
    span.in_scope(|| tracing::info!(status = status.as_u16(), "answered"));
    metrics
        .with("request_id", request_id.as_str())
        .with("route", format!("{method} {route}"))
        .with("status", status.as_u16())
        .add(
            "ServerErrors",
            Unit::Count,
            f64::from(u8::from(status.is_server_error())),
        )
        .duration("Duration")
        .write();
    if let Ok(value) = HeaderValue::from_str(&request_id) {
        response.headers_mut().insert(REQUEST_ID.clone(), value);
    }
    response
}
