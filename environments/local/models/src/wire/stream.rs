//! Streamed responses: the pieces of a text, and frames sent one by one.

use std::convert::Infallible;

use axum::body::Body;
use axum::http::header;
use axum::response::{IntoResponse as _, Response};
use futures::stream;
use serde_json::Value;

pub(super) const EVENTS: &str = "text/event-stream; charset=utf-8";
pub(super) const JSON_LINES: &str = "application/x-ndjson";

/// Shorter than most answers, so that clients see more than one piece.
const PIECE: usize = 24;

/// The text in pieces of some words; together they are the text again.
pub(super) fn pieces(text: &str) -> Vec<&str> {
    let mut pieces = Vec::new();
    let mut start = 0;
    for (at, character) in text.char_indices() {
        if character == ' ' && at - start >= PIECE {
            pieces.push(&text[start..at]);
            start = at;
        }
    }
    pieces.push(&text[start..]);
    pieces
}

/// One server-sent event, with or without a name.
pub(super) fn event(name: Option<&str>, data: &Value) -> String {
    match name {
        Some(name) => format!("event: {name}\ndata: {data}\n\n"),
        None => format!("data: {data}\n\n"),
    }
}

pub(super) fn respond(content_type: &'static str, frames: Vec<String>) -> Response {
    let frames = stream::iter(frames.into_iter().map(Ok::<_, Infallible>));
    let headers = [
        (header::CONTENT_TYPE, content_type),
        (header::CACHE_CONTROL, "no-cache"),
    ];
    (headers, Body::from_stream(frames)).into_response()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_pieces_are_the_text() {
        for text in [
            "",
            "short",
            &"some words of a longer answer, ünd more. ".repeat(9),
        ] {
            assert_eq!(pieces(text).concat(), text);
        }
        assert!(pieces(&"word ".repeat(30)).len() > 3);
    }
}
