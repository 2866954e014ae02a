//! OpenAI: `POST /v1/chat/completions`.

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

pub(crate) async fn completions(
    State(app): State<Arc<App>>,
    headers: HeaderMap,
    body: Body,
) -> Response {
    let response = match answer(&app, &headers, body).await {
        Ok(response) => response,
        Err(trouble) => Provider::OpenAi.refuse(&trouble),
    };
    with_header(response, "x-request-id", "req_local")
}

async fn answer(app: &Arc<App>, headers: &HeaderMap, body: Body) -> Result<Response, Trouble> {
    http::require_bearer(headers)?;
    let body = http::bytes(body).await?;
    let request: request::Request = http::json(&body)?;
    let streamed = request.stream;
    let with_usage = request.wants_usage();
    let most_tokens = request.most_tokens();
    let conversation = request.into_conversation()?;
    let completion = chat::complete(app, conversation, most_tokens, &body).await?;
    Ok(if streamed {
        stream::respond(stream::EVENTS, response::chunks(&completion, with_usage))
    } else {
        Json(response::completion(&completion)).into_response()
    })
}

pub(crate) fn error(trouble: &Trouble) -> (StatusCode, Value) {
    let (status, kind, code, message) = match trouble {
        Trouble::BadRequest(message) => (
            StatusCode::BAD_REQUEST,
            "invalid_request_error",
            Value::Null,
            message.as_str(),
        ),
        Trouble::Unauthorized => (
            StatusCode::UNAUTHORIZED,
            "invalid_request_error",
            json!("invalid_api_key"),
            "You didn't provide an API key in an Authorization header using Bearer auth.",
        ),
        Trouble::TooLarge => (
            StatusCode::PAYLOAD_TOO_LARGE,
            "invalid_request_error",
            Value::Null,
            trouble.message(),
        ),
        Trouble::RateLimited { .. } => (
            StatusCode::TOO_MANY_REQUESTS,
            "requests",
            json!("rate_limit_exceeded"),
            "Rate limit reached for requests. Please try again later.",
        ),
        Trouble::Internal => (
            StatusCode::INTERNAL_SERVER_ERROR,
            "server_error",
            Value::Null,
            "The server had an error while processing your request.",
        ),
        Trouble::Overloaded => (
            StatusCode::SERVICE_UNAVAILABLE,
            "service_unavailable",
            Value::Null,
            "The engine is currently overloaded, please try again later.",
        ),
    };
    let error = json!({"message": message, "type": kind, "param": null, "code": code});
    (status, json!({"error": error}))
}
