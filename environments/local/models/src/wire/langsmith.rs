//! LangSmith's side of traces: takes spans in OTLP's JSON encoding. It has no prompts, as a new
//! account has none.

use axum::Json;
use axum::http::{HeaderMap, StatusCode};
use serde_json::{Value, json};

/// Takes an export request, as long as it is one and comes with a key.
pub(crate) async fn traces(
    headers: HeaderMap,
    Json(request): Json<Value>,
) -> (StatusCode, Json<Value>) {
    if !headers.contains_key("x-api-key") {
        return refuse(StatusCode::UNAUTHORIZED, "x-api-key is missing");
    }
    let resources = request["resourceSpans"].as_array();
    let scopes = resources.into_iter().flatten();
    let scopes = scopes.flat_map(|resource| resource["scopeSpans"].as_array());
    let spans = scopes.flatten().flat_map(|scope| scope["spans"].as_array());
    let spans: Vec<&Value> = spans.flatten().collect();
    let named = |span: &&Value| is_id(&span["traceId"], 32) && is_id(&span["spanId"], 16);
    if spans.is_empty() || !spans.iter().all(named) {
        return refuse(StatusCode::BAD_REQUEST, "there are no spans with ids");
    }
    (StatusCode::OK, Json(json!({})))
}

fn refuse(status: StatusCode, detail: &str) -> (StatusCode, Json<Value>) {
    (status, Json(json!({"detail": detail})))
}

fn is_id(value: &Value, length: usize) -> bool {
    let text = value.as_str().unwrap_or_default();
    text.len() == length && text.bytes().all(|byte| byte.is_ascii_hexdigit())
}
