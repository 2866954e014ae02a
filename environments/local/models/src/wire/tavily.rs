//! Tavily: `POST /search`. There is no web here, and the answer says so.

use axum::Json;
use axum::body::Body;
use axum::http::{HeaderMap, StatusCode};
use axum::response::{IntoResponse as _, Response};
use serde::Deserialize;
use serde_json::{Value, json};

use super::{Provider, Trouble, request};

const NOTE: &str = "The local environment searches no web: there are no results.";

#[derive(Deserialize)]
struct Request {
    #[serde(default)]
    query: String,
    /// Where older clients put their key.
    #[serde(default)]
    api_key: String,
}

pub(crate) async fn search(headers: HeaderMap, body: Body) -> Response {
    match answer(&headers, body).await {
        Ok(body) => Json(body).into_response(),
        Err(trouble) => Provider::Tavily.refuse(&trouble),
    }
}

async fn answer(headers: &HeaderMap, body: Body) -> Result<Value, Trouble> {
    let request: Request = request::json(&request::bytes(body).await?)?;
    if request.api_key.is_empty() {
        request::require_bearer(headers)?;
    }
    if request.query.trim().is_empty() {
        return Err(Trouble::bad("Query is missing."));
    }
    Ok(json!({
        "query": request.query,
        "follow_up_questions": null,
        "answer": NOTE,
        "images": [],
        "results": [],
        "response_time": 0.0,
        "request_id": "local",
    }))
}

pub(crate) fn error(trouble: &Trouble) -> (StatusCode, Value) {
    let (status, message) = match trouble {
        Trouble::BadRequest(message) => (StatusCode::BAD_REQUEST, message.as_str()),
        Trouble::Unauthorized => (
            StatusCode::UNAUTHORIZED,
            "Unauthorized: missing or invalid API key.",
        ),
        Trouble::TooLarge => (StatusCode::PAYLOAD_TOO_LARGE, trouble.message()),
        Trouble::RateLimited { .. } => (
            StatusCode::TOO_MANY_REQUESTS,
            "Your request has been blocked due to excessive requests.",
        ),
        Trouble::Internal => (StatusCode::INTERNAL_SERVER_ERROR, "Internal Server Error"),
        Trouble::Overloaded => (StatusCode::SERVICE_UNAVAILABLE, "Service Unavailable"),
    };
    (status, json!({"detail": {"error": message}}))
}
