//! S3: objects of one bucket.

use std::sync::{Arc, Mutex};

use axum::body::Bytes;
use axum::extract::{Path, State as Shared};
use axum::http::{HeaderMap, StatusCode, header};
use axum::response::{IntoResponse, Response};

use super::State;

type Fake = Shared<Arc<Mutex<State>>>;

const TRACE: &str = "x-amz-meta-trace";
const ABSENT: &str = "<Error><Code>NoSuchKey</Code><Message>no such key</Message></Error>";
const FAILED: &str = "<Error><Code>InternalError</Code><Message>injected</Message></Error>";

/// Whether this request shall fail, which is then one fewer.
pub(super) fn fails(state: &mut State) -> bool {
    let fails = state.failures > 0;
    state.failures -= usize::from(fails);
    fails
}

fn failed() -> Response {
    (StatusCode::INTERNAL_SERVER_ERROR, FAILED).into_response()
}

pub(super) async fn get(Shared(state): Fake, Path(key): Path<String>) -> Response {
    let (response, held) = {
        let mut state = state.lock().unwrap();
        (read(&mut state, &key), state.hold_read.take())
    };
    if let Some(held) = held {
        held.notified().await;
    }
    response
}

fn read(state: &mut State, key: &str) -> Response {
    if fails(state) {
        return failed();
    }
    state.object_reads += 1;
    match state.objects.get(key) {
        Some(bytes) => {
            let mut response = bytes.clone().into_response();
            if let Some(trace) = state.traces.get(key) {
                let trace = trace.parse().unwrap();
                response.headers_mut().insert(TRACE, trace);
            }
            response
        }
        None => {
            let xml = [(header::CONTENT_TYPE, "application/xml")];
            (StatusCode::NOT_FOUND, xml, ABSENT).into_response()
        }
    }
}

pub(super) async fn put(
    Shared(state): Fake,
    Path(key): Path<String>,
    headers: HeaderMap,
    body: Bytes,
) -> Response {
    let mut state = state.lock().unwrap();
    if fails(&mut state) {
        return failed();
    }
    if let Some(trace) = headers.get(TRACE) {
        let trace = trace.to_str().unwrap().to_owned();
        state.traces.insert(key.clone(), trace);
    }
    state.objects.insert(key, body.to_vec());
    StatusCode::OK.into_response()
}

pub(super) async fn delete(Shared(state): Fake, Path(key): Path<String>) -> Response {
    state.lock().unwrap().objects.remove(&key);
    StatusCode::NO_CONTENT.into_response()
}
