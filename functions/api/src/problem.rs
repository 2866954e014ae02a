//! The one shape of every error: RFC 9457 problem details. What went wrong inside stays inside.

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
}

impl Problem {
    fn new(status: StatusCode, detail: Option<String>) -> Self {
        let title = status.canonical_reason().unwrap_or("Error");
        Self {
            kind: "about:blank",
            title,
            status: status.as_u16(),
            detail,
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
        Self::new(StatusCode::SERVICE_UNAVAILABLE, None)
    }
}

impl From<anyhow::Error> for Problem {
    fn from(error: anyhow::Error) -> Self {
        tracing::error!(error = format!("{error:#}"), "the request failed");
        Self::new(StatusCode::INTERNAL_SERVER_ERROR, None)
    }
}

impl IntoResponse for Problem {
    fn into_response(self) -> Response {
        let status = StatusCode::from_u16(self.status).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
        let mut response = (status, Json(self)).into_response();
        let headers = response.headers_mut();
        let problem = HeaderValue::from_static("application/problem+json");
        headers.insert(header::CONTENT_TYPE, problem);
        if status == StatusCode::UNAUTHORIZED {
            headers.insert(header::WWW_AUTHENTICATE, HeaderValue::from_static("Bearer"));
        }
        if status == StatusCode::SERVICE_UNAVAILABLE {
            headers.insert(header::RETRY_AFTER, HeaderValue::from_static("5"));
        }
        response
    }
}
