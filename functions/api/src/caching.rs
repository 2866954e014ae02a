//! What may be kept of an answer, and for how long; and the answer "as before" where it is.
//!
//! An answer that says nothing itself may be kept by the caller's own browser, which must ask each
//! time whether it still holds. Answers to anything but GET, and errors, are not kept at all.

use axum::body::{Body, HttpBody, to_bytes};
use axum::extract::Request;
use axum::http::header::{
    AUTHORIZATION, CACHE_CONTROL, CONTENT_LENGTH, CONTENT_TYPE, ETAG, IF_NONE_MATCH, VARY,
    X_CONTENT_TYPE_OPTIONS,
};
use axum::http::{HeaderMap, HeaderValue, Method, StatusCode};
use axum::middleware::Next;
use axum::response::Response;
use sha2::{Digest, Sha256};

/// For what is never the same twice.
pub const NEVER: (axum::http::HeaderName, &str) = (CACHE_CONTROL, "no-store");
/// For an address that works for an hour.
pub const MINUTES: (axum::http::HeaderName, &str) = (CACHE_CONTROL, "private, max-age=600");

const ASK_AGAIN: HeaderValue = HeaderValue::from_static("private, no-cache");
const NOT_AT_ALL: HeaderValue = HeaderValue::from_static("no-store");
/// Larger answers are not held in memory for it.
const MAX_TAGGED: usize = 2 * 1024 * 1024;

/// The middleware.
pub async fn caching(request: Request, next: Next) -> Response {
    let method = request.method().clone();
    let known = request.headers().get(IF_NONE_MATCH).cloned();
    let mut response = next.run(request).await;
    let kept = matches!(method, Method::GET | Method::HEAD) && response.status() == StatusCode::OK;
    let headers = response.headers_mut();
    headers.insert(X_CONTENT_TYPE_OPTIONS, HeaderValue::from_static("nosniff"));
    let says = headers.entry(CACHE_CONTROL);
    says.or_insert(if kept { ASK_AGAIN } else { NOT_AT_ALL });
    if headers[CACHE_CONTROL] == NOT_AT_ALL {
        return response;
    }
    headers.append(VARY, HeaderValue::from(AUTHORIZATION));
    // The body of a HEAD is gone already.
    if method == Method::GET && is_whole(&response) {
        return tagged(response, known.as_ref()).await;
    }
    response
}

/// Whether all of the body is there and small: not so for streams.
fn is_whole(response: &Response) -> bool {
    let size = response.body().size_hint().exact();
    size.and_then(|size| usize::try_from(size).ok())
        .is_some_and(|size| size <= MAX_TAGGED)
}

/// Adds a tag; leaves out the body if the caller has it. The tag is weak, for the same body may
/// travel compressed or not.
async fn tagged(response: Response, known: Option<&HeaderValue>) -> Response {
    let (mut parts, body) = response.into_parts();
    let Ok(bytes) = to_bytes(body, MAX_TAGGED).await else {
        // It was whole and small a moment ago.
        parts.status = StatusCode::INTERNAL_SERVER_ERROR;
        return Response::from_parts(parts, Body::empty());
    };
    let tag = format!("W/\"{}\"", hex::encode(&Sha256::digest(&bytes)[..16]));
    let same = known.is_some_and(|known| names(known, &tag));
    if let Ok(value) = HeaderValue::from_str(&tag) {
        parts.headers.insert(ETAG, value);
    }
    if !same {
        return Response::from_parts(parts, Body::from(bytes));
    }
    parts.status = StatusCode::NOT_MODIFIED;
    without_body(&mut parts.headers);
    Response::from_parts(parts, Body::empty())
}

fn without_body(headers: &mut HeaderMap) {
    headers.remove(CONTENT_TYPE);
    headers.remove(CONTENT_LENGTH);
}

/// Whether an `If-None-Match` names the tag, strong or weak.
fn names(known: &HeaderValue, tag: &str) -> bool {
    let plain = |text: &str| text.trim().trim_start_matches("W/").to_owned();
    let tags = known.to_str().unwrap_or_default().split(',');
    tags.map(plain).any(|it| it == "*" || it == plain(tag))
}
