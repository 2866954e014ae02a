//! Voyage: `POST /v1/embeddings`.

use std::sync::Arc;

use axum::Json;
use axum::body::Body;
use axum::extract::State;
use axum::http::{HeaderMap, StatusCode};
use axum::response::{IntoResponse as _, Response};
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use serde::Deserialize;
use serde_json::{Value, json};

use super::{Provider, Trouble, request};
use crate::embedding::{CONTEXT_TOKENS, DIMENSIONS, MODEL};
use crate::server::App;

/// The list Voyage's first models took; its newer ones take more.
const MOST_INPUTS: usize = 128;
/// What voyage-3.5-lite returns if not asked otherwise.
const DEFAULT_WIDTH: usize = 1024;
const WIDTHS: [usize; 4] = [256, 512, 1024, 2048];

#[derive(Deserialize)]
struct Request {
    input: Input,
    #[serde(rename = "model")]
    _model: String,
    /// Checked by name only: MiniLM embeds both kinds alike.
    #[serde(rename = "input_type")]
    _input_type: Option<InputType>,
    truncation: Option<bool>,
    output_dimension: Option<usize>,
    output_dtype: Option<String>,
    encoding_format: Option<String>,
}

#[derive(Deserialize)]
#[serde(untagged)]
enum Input {
    One(String),
    Many(Vec<String>),
}

#[derive(Deserialize)]
#[serde(rename_all = "lowercase")]
enum InputType {
    Query,
    Document,
}

/// A request that keeps every limit.
struct Asked {
    texts: Vec<String>,
    truncate: bool,
    width: usize,
    base64: bool,
}

pub(crate) async fn embeddings(
    State(app): State<Arc<App>>,
    headers: HeaderMap,
    body: Body,
) -> Response {
    match embed(app, &headers, body).await {
        Ok(body) => Json(body).into_response(),
        Err(trouble) => Provider::Voyage.refuse(&trouble),
    }
}

async fn embed(app: Arc<App>, headers: &HeaderMap, body: Body) -> Result<Value, Trouble> {
    request::require_bearer(headers)?;
    let asked = checked(request::json(&request::bytes(body).await?)?)?;
    // One forward pass uses every core; a second beside it would only double the memory.
    let turn = app.embedding_turn().await?;
    tokio::task::spawn_blocking(move || {
        let _turn = turn;
        respond(&app, &asked)
    })
    .await
    .map_err(|_| Trouble::Internal)?
}

fn checked(request: Request) -> Result<Asked, Trouble> {
    let texts = match request.input {
        Input::One(text) => vec![text],
        Input::Many(texts) => texts,
    };
    if texts.is_empty() || texts.iter().any(String::is_empty) {
        return Err(Trouble::bad(
            "Input cannot contain empty strings or empty lists",
        ));
    }
    if texts.len() > MOST_INPUTS {
        return Err(Trouble::bad(format!(
            "The batch size limit is {MOST_INPUTS}. Your batch size is {}.",
            texts.len()
        )));
    }
    if !matches!(request.output_dtype.as_deref(), None | Some("float")) {
        return Err(Trouble::bad(
            "Value for output_dtype is not supported: the local model returns 'float' only.",
        ));
    }
    Ok(Asked {
        texts,
        truncate: request.truncation.unwrap_or(true),
        width: width(request.output_dimension)?,
        base64: is_base64(request.encoding_format.as_deref())?,
    })
}

fn width(asked: Option<usize>) -> Result<usize, Trouble> {
    let width = asked.unwrap_or(DEFAULT_WIDTH);
    if !WIDTHS.contains(&width) {
        return Err(Trouble::bad(format!(
            "Value for output_dimension is not supported: expected one of {WIDTHS:?}."
        )));
    }
    if width < DIMENSIONS {
        return Err(Trouble::bad(format!(
            "Value for output_dimension is not supported: the local model has {DIMENSIONS} \
             dimensions, which do not fit into {width}."
        )));
    }
    Ok(width)
}

fn is_base64(format: Option<&str>) -> Result<bool, Trouble> {
    match format {
        None => Ok(false),
        Some("base64") => Ok(true),
        Some(_) => Err(Trouble::bad(
            "Value for encoding_format is not supported: expected null or 'base64'.",
        )),
    }
}

fn respond(app: &App, asked: &Asked) -> Result<Value, Trouble> {
    let total_tokens = count(app, asked)?;
    let vectors = app.embedder.embed(&asked.texts).map_err(|error| {
        tracing::error!(error = format!("{error:#}"), "embedding failed");
        Trouble::Internal
    })?;
    let data: Vec<Value> = vectors
        .into_iter()
        .enumerate()
        .map(|(index, mut vector)| {
            // Zeros change neither length nor cosine.
            vector.resize(asked.width, 0.0);
            let embedding = if asked.base64 {
                encoded(&vector)
            } else {
                json!(vector)
            };
            json!({"object": "embedding", "embedding": embedding, "index": index})
        })
        .collect();
    Ok(json!({
        "object": "list",
        "data": data,
        "model": MODEL,
        "usage": {"total_tokens": total_tokens},
    }))
}

/// The tokens of all texts as far as they are read.
fn count(app: &App, asked: &Asked) -> Result<usize, Trouble> {
    let mut total = 0;
    for (index, text) in asked.texts.iter().enumerate() {
        let tokens = app.embedder.tokens().count(text);
        // Two marks stand around every text.
        let room = CONTEXT_TOKENS - 2;
        if tokens > room && !asked.truncate {
            return Err(Trouble::bad(format!(
                "The example at index {index} in your batch has too many tokens and does not fit \
                 into the model's context window of {room} tokens. Please lower the number of \
                 tokens in the listed example(s) or use truncation."
            )));
        }
        total += tokens.min(room);
    }
    Ok(total)
}

/// Little-endian floats.
fn encoded(vector: &[f32]) -> Value {
    let bytes: Vec<u8> = vector
        .iter()
        .flat_map(|value| value.to_le_bytes())
        .collect();
    Value::from(STANDARD.encode(bytes))
}

pub(crate) fn error(trouble: &Trouble) -> (StatusCode, Value) {
    let (status, detail) = match trouble {
        Trouble::BadRequest(message) => (StatusCode::BAD_REQUEST, message.as_str()),
        Trouble::Unauthorized => (StatusCode::UNAUTHORIZED, "Provided API key is invalid."),
        Trouble::TooLarge => (StatusCode::PAYLOAD_TOO_LARGE, trouble.message()),
        Trouble::RateLimited { .. } => (
            StatusCode::TOO_MANY_REQUESTS,
            "You have exceeded your rate limit. Please wait before the next request.",
        ),
        Trouble::Internal => (
            StatusCode::INTERNAL_SERVER_ERROR,
            "Internal server error. Please try again later.",
        ),
        Trouble::Overloaded => (
            StatusCode::SERVICE_UNAVAILABLE,
            "The server is overloaded. Please try again later.",
        ),
    };
    (status, json!({"detail": detail}))
}
