//! One log line and one line of metrics per request, with the request's id and trace; the id is in
//! the answer as well, and the trace goes on with what the request sets off.

use std::sync::OnceLock;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration, Instant};

use axum::extract::{FromRequestParts, MatchedPath, Request, State};
use axum::http::request::Parts;
use axum::http::{HeaderMap, HeaderName, HeaderValue};
use axum::middleware::Next;
use axum::response::Response;
use collections_core::contract::functions::Api;
use collections_core::domain::UserId;
use collections_core::telemetry::{Metrics, Unit};
use collections_core::trace::{Span, header};
use lambda_http::Context;
use tracing::Instrument;

use crate::app::App;
use crate::problem::Problem;

static REQUEST_ID: HeaderName = HeaderName::from_static("x-request-id");
static INIT: OnceLock<Duration> = OnceLock::new();
static COLD: AtomicBool = AtomicBool::new(true);

/// Notes how long the start took, for the first request to tell.
pub fn started(at: Instant) {
    INIT.get_or_init(|| at.elapsed());
}

/// What a request is known by.
#[derive(Clone, Debug)]
pub struct Observed {
    /// Its id.
    pub request_id: String,
    /// Its trace, as a header for the events it puts.
    pub trace: String,
}

impl Observed {
    fn of(request: &Request) -> Self {
        let context = request.extensions().get::<Context>();
        let request_id = context.map(|context| context.request_id.clone());
        let given = context.and_then(|context| context.xray_trace_id.as_deref());
        let sent = |name| text(request.headers(), name).and_then(header::read);
        let trace = given
            .and_then(header::read)
            .or_else(|| sent("x-amzn-trace-id"))
            .or_else(|| sent("traceparent"));
        Self {
            request_id: request_id.unwrap_or_else(|| uuid::Uuid::new_v4().to_string()),
            trace: trace.unwrap_or_else(header::new),
        }
    }

    /// Begins work of this request that models have a part in.
    pub fn begin(&self, app: &App, name: &str, user: &UserId) -> Span {
        app.traces
            .begin(name)
            .about("request_id", self.request_id.as_str())
            .about("user_id", user.as_str())
    }
}

fn text<'h>(headers: &'h HeaderMap, name: &str) -> Option<&'h str> {
    headers.get(name)?.to_str().ok()
}

impl FromRequestParts<App> for Observed {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, _: &App) -> Result<Self, Problem> {
        let observed = parts.extensions.get::<Self>().cloned();
        observed.ok_or_else(|| anyhow::anyhow!("the request is not observed").into())
    }
}

/// The middleware.
pub async fn observe(State(app): State<App>, mut request: Request, next: Next) -> Response {
    let observed = Observed::of(&request);
    let request_id = observed.request_id.clone();
    let route = request
        .extensions()
        .get::<MatchedPath>()
        .map_or_else(|| "none".to_owned(), |path| path.as_str().to_owned());
    let method = request.method().clone();
    let span = tracing::info_span!(
        "request", request_id, trace = observed.trace, %method, route,
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
    request.extensions_mut().insert(observed);
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
    app.traces.flush().instrument(span).await;
    response
}
