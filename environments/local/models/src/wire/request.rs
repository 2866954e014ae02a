//! Reads what all requests have: a key, a bounded body, JSON.

use axum::body::{Body, Bytes, to_bytes};
use axum::http::{HeaderMap, header};
use serde::de::DeserializeOwned;

use super::Trouble;

/// What Anthropic accepts; the others accept no more.
const LARGEST_BODY: usize = 32 * 1024 * 1024;

pub(super) async fn bytes(body: Body) -> Result<Bytes, Trouble> {
    to_bytes(body, LARGEST_BODY)
        .await
        .map_err(|_| Trouble::TooLarge)
}

pub(super) fn json<T: DeserializeOwned>(body: &[u8]) -> Result<T, Trouble> {
    // May quote the request, so it goes back to the caller alone and into no log.
    serde_json::from_slice(body)
        .map_err(|error| Trouble::bad(format!("The request body is not valid: {error}")))
}

/// Requires `Authorization: Bearer <something>`. Which key it is does not matter here.
pub(super) fn require_bearer(headers: &HeaderMap) -> Result<(), Trouble> {
    let key = headers
        .get(header::AUTHORIZATION)
        .and_then(|value| value.to_str().ok())
        .and_then(|value| value.strip_prefix("Bearer "));
    match key {
        Some(key) if !key.trim().is_empty() => Ok(()),
        _ => Err(Trouble::Unauthorized),
    }
}

pub(super) fn has(headers: &HeaderMap, name: &str) -> bool {
    headers.get(name).is_some_and(|value| !value.is_empty())
}
