//! The one shape of every error: RFC 9457 problem details. What went wrong inside stays inside.

use std::time::Duration;

use axum::Json;
use axum::http::{HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use serde::Serialize;
use utoipa::ToSchema;

/// An error as the caller sees it.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct Problem {
    /// Names the kind of error.
    #[serde(rename = "type")]
    kind: &'static str,
    /// The kind in words.
    title: &'static str,
    /// The HTTP status.
    status: u16,
    /// What is wrong in this case.
    #[serde(skip_serializing_if = "Option::is_none")]
    detail: Option<String>,
    /// Seconds after which the same request may do better.
    #[serde(skip)]
    retry_after: Option<u64>,
}

impl Problem {
    fn new(status: StatusCode, detail: Option<String>) -> Self {
        let title = status.canonical_reason().unwrap_or("Error");
        Self {
            kind: "about:blank",
            title,
            status: status.as_u16(),
            detail,
            retry_after: None,
        }
    }

    fn later(status: StatusCode, detail: Option<String>, seconds: u64) -> Self {
        Self {
            retry_after: Some(seconds),
            ..Self::new(status, detail)
        }
    }

    /// The request itself is wrong.
    pub fn bad_request(detail: impl Into<String>) -> Self {
        Self::new(StatusCode::BAD_REQUEST, Some(detail.into()))
    }

    /// A status with an explanation.
    pub fn because(status: StatusCode, detail: impl Into<String>) -> Self {
        Self::new(status, Some(detail.into()))
    }

    /// No valid token. Why it is invalid is logged, not told.
    pub fn unauthorized() -> Self {
        Self::new(
            StatusCode::UNAUTHORIZED,
            Some("a valid bearer token is required".to_owned()),
        )
    }

    /// Not there, or not the caller's: the two look the same.
    pub fn not_found() -> Self {
        Self::new(StatusCode::NOT_FOUND, None)
    }

    /// Something this needs is not there now.
    pub fn unavailable(error: &anyhow::Error) -> Self {
        tracing::error!(error = format!("{error:#}"), "unavailable");
        Self::later(StatusCode::SERVICE_UNAVAILABLE, None, 5)
    }

    /// Something this needs does not answer now; nothing was done, and it may be tried again.
    pub fn try_again(detail: &str, wait: Option<Duration>) -> Self {
        let seconds = wait.map_or(5, |wait| wait.as_secs().max(1));
        let detail = Some(detail.to_owned());
        Self::later(StatusCode::SERVICE_UNAVAILABLE, detail, seconds)
    }

    /// This instance has too much to do.
    pub fn busy(detail: &str) -> Self {
        let detail = Some(detail.to_owned());
        Self::later(StatusCode::SERVICE_UNAVAILABLE, detail, 1)
    }

    /// The user has used up what is allowed, until so much time has passed.
    pub fn too_many(wait: Duration) -> Self {
        let seconds = wait.as_secs() + u64::from(wait.subsec_nanos() > 0);
        let detail = format!("too many requests; try again after {seconds} s");
        Self::later(StatusCode::TOO_MANY_REQUESTS, Some(detail), seconds)
    }

    /// The user has as many of something as allowed; some may be gone after so much time.
    pub fn enough(detail: impl Into<String>, wait: Duration) -> Self {
        let detail = Some(detail.into());
        Self::later(StatusCode::TOO_MANY_REQUESTS, detail, wait.as_secs())
    }

    /// Something went wrong inside.
    pub fn internal() -> Self {
        Self::new(StatusCode::INTERNAL_SERVER_ERROR, None)
    }
}

impl From<anyhow::Error> for Problem {
    fn from(error: anyhow::Error) -> Self {
        tracing::error!(error = format!("{error:#}"), "the request failed");
        Self::internal()
    }
}

impl IntoResponse for Problem {
    fn into_response(self) -> Response {
        let status = StatusCode::from_u16(self.status).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
        let retry_after = self.retry_after;
        let mut response = (status, Json(self)).into_response();
        let headers = response.headers_mut();
        let problem = HeaderValue::from_static("application/problem+json");
        headers.insert(header::CONTENT_TYPE, problem);
        if status == StatusCode::UNAUTHORIZED {
            headers.insert(header::WWW_AUTHENTICATE, HeaderValue::from_static("Bearer"));
        }
        if let Some(seconds) = retry_after {
            headers.insert(header::RETRY_AFTER, seconds.into());
        }
        response
    }
}
