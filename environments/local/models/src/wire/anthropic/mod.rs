//! Anthropic: `POST /v1/messages`.

mod request;
mod response;

use std::sync::Arc;

use axum::Json;
use axum::body::Body;
use axum::extract::State;
use axum::http::{HeaderMap, StatusCode};
use axum::response::{IntoResponse as _, Response};
use serde_json::{Value, json};

use super::request as http;
use super::{Provider, Trouble, chat, stream, with_header};
use crate::server::App;

/// What errors and responses name; nothing of a request is recorded under it.
const REQUEST_ID: &str = "req_local";

pub(crate) async fn messages(
    State(app): State<Arc<App>>,
    headers: HeaderMap,
    body: Body,
) -> Response {
    let response = match answer(&app, &headers, body).await {
        Ok(response) => response,
        Err(trouble) => Provider::Anthropic.refuse(&trouble),
    };
    with_header(response, "request-id", REQUEST_ID)
}

async fn answer(app: &Arc<App>, headers: &HeaderMap, body: Body) -> Result<Response, Trouble> {
    if !http::has(headers, "x-api-key") {
        http::require_bearer(headers)?;
    }
    if !http::has(headers, "anthropic-version") {
        return Err(Trouble::bad("anthropic-version: header is required"));
    }
    let body = http::bytes(body).await?;
    let request: request::Request = http::json(&body)?;
    let streamed = request.stream;
    let most_tokens = request.max_tokens;
    let conversation = request.into_conversation()?;
    let completion = chat::complete(app, conversation, Some(most_tokens), &body).await?;
    Ok(if streamed {
        stream::respond(stream::EVENTS, response::events(&completion))
    } else {
        Json(response::message(&completion)).into_response()
    })
}

pub(crate) fn error(trouble: &Trouble) -> (StatusCode, Value) {
    let overloaded = StatusCode::from_u16(529).unwrap_or(StatusCode::SERVICE_UNAVAILABLE);
    let (status, kind, message) = match trouble {
        Trouble::BadRequest(message) => (
            StatusCode::BAD_REQUEST,
            "invalid_request_error",
            message.as_str(),
        ),
        Trouble::Unauthorized => (
            StatusCode::UNAUTHORIZED,
            "authentication_error",
            "x-api-key header is required",
        ),
        Trouble::TooLarge => (
            StatusCode::PAYLOAD_TOO_LARGE,
            "request_too_large",
            "Request exceeds the maximum size",
        ),
        Trouble::RateLimited { .. } => (
            StatusCode::TOO_MANY_REQUESTS,
            "rate_limit_error",
            "This request would exceed your rate limit. Please try again later.",
        ),
        Trouble::Internal => (
            StatusCode::INTERNAL_SERVER_ERROR,
            "api_error",
            "Internal server error",
        ),
        Trouble::Overloaded => (overloaded, "overloaded_error", "Overloaded"),
    };
    let error = json!({"type": kind, "message": message});
    (
        status,
        json!({"type": "error", "error": error, "request_id": REQUEST_ID}),
    )
}
