//! The wire formats of the providers, each a translation to and from the same conversation.

pub(crate) mod anthropic;
mod base64_data;
mod chat;
pub(crate) mod langsmith;
pub(crate) mod ollama;
pub(crate) mod openai;
mod request;
mod stream;
pub(crate) mod tavily;
mod trouble;
pub(crate) mod voyage;

pub(crate) use trouble::Trouble;

use axum::Json;
use axum::http::{HeaderName, HeaderValue, StatusCode, header};
use axum::response::{IntoResponse as _, Response};
use serde_json::Value;

/// Whose API a route speaks.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Provider {
    Anthropic,
    OpenAi,
    Ollama,
    Voyage,
    Tavily,
}

impl Provider {
    /// Every route that stands in for a provider; all are POST.
    pub(crate) const ROUTES: [(&'static str, Self); 5] = [
        ("/v1/messages", Self::Anthropic),
        ("/v1/chat/completions", Self::OpenAi),
        ("/api/chat", Self::Ollama),
        ("/v1/embeddings", Self::Voyage),
        ("/search", Self::Tavily),
    ];

    pub(crate) fn of_path(path: &str) -> Option<Self> {
        Self::ROUTES
            .iter()
            .find(|(route, _)| *route == path)
            .map(|(_, provider)| *provider)
    }

    /// The trouble as this provider would report it.
    pub(crate) fn refuse(self, trouble: &Trouble) -> Response {
        let (status, body): (StatusCode, Value) = match self {
            Self::Anthropic => anthropic::error(trouble),
            Self::OpenAi => openai::error(trouble),
            Self::Ollama => ollama::error(trouble),
            Self::Voyage => voyage::error(trouble),
            Self::Tavily => tavily::error(trouble),
        };
        let mut response = (status, Json(body)).into_response();
        if let Trouble::RateLimited { retry_after } = trouble {
            response
                .headers_mut()
                .insert(header::RETRY_AFTER, HeaderValue::from(*retry_after));
        }
        response
    }
}

/// A header of a response whose value comes from us.
fn with_header(mut response: Response, name: &'static str, value: &str) -> Response {
    if let Ok(value) = HeaderValue::from_str(value) {
        let name = HeaderName::from_static(name);
        response.headers_mut().insert(name, value);
    }
    response
}
