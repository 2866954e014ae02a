//! A response of the Messages API, whole or as the events of a stream.

use serde_json::{Value, json};

use super::super::chat::{Completion, MODEL};
use super::super::stream::{event, pieces};
use crate::conversation::Reply;

pub(super) fn message(completion: &Completion) -> Value {
    let mut message = opening(completion);
    message["content"] = json!([content(completion)]);
    message["stop_reason"] = json!(stop_reason(completion));
    message["usage"]["output_tokens"] = json!(completion.output_tokens);
    message
}

/// The events in the order of the API, each by its name.
pub(super) fn events(completion: &Completion) -> Vec<String> {
    let mut events = vec![
        json!({"type": "message_start", "message": opening(completion)}),
        json!({"type": "content_block_start", "index": 0, "content_block": empty_block(completion)}),
        json!({"type": "ping"}),
    ];
    let delta = |delta| json!({"type": "content_block_delta", "index": 0, "delta": delta});
    match &completion.reply {
        Reply::Text(text) => {
            for piece in pieces(text) {
                events.push(delta(json!({"type": "text_delta", "text": piece})));
            }
        }
        Reply::ToolCall { input, .. } => {
            for piece in pieces(&input.to_string()) {
                events.push(delta(
                    json!({"type": "input_json_delta", "partial_json": piece}),
                ));
            }
        }
    }
    events.push(json!({"type": "content_block_stop", "index": 0}));
    events.push(json!({
        "type": "message_delta",
        "delta": {"stop_reason": stop_reason(completion), "stop_sequence": null},
        "usage": {"output_tokens": completion.output_tokens},
    }));
    events.push(json!({"type": "message_stop"}));
    events
        .iter()
        .map(|data| event(data["type"].as_str(), data))
        .collect()
}

/// The message before anything is said.
fn opening(completion: &Completion) -> Value {
    json!({
        "id": format!("msg_local_{}", completion.id),
        "type": "message",
        "role": "assistant",
        "model": MODEL,
        "content": [],
        "stop_reason": null,
        "stop_sequence": null,
        "usage": {
            "input_tokens": completion.input_tokens,
            "cache_creation_input_tokens": 0,
            "cache_read_input_tokens": 0,
            "output_tokens": 0,
        },
    })
}

fn content(completion: &Completion) -> Value {
    let mut block = empty_block(completion);
    match &completion.reply {
        Reply::Text(text) => block["text"] = json!(text),
        Reply::ToolCall { input, .. } => block["input"] = input.clone(),
    }
    block
}

fn empty_block(completion: &Completion) -> Value {
    match &completion.reply {
        Reply::Text(_) => json!({"type": "text", "text": ""}),
        Reply::ToolCall { name, .. } => json!({
            "type": "tool_use",
            "id": format!("toolu_local_{}", completion.id),
            "name": name,
            "input": {},
        }),
    }
}

fn stop_reason(completion: &Completion) -> &'static str {
    match &completion.reply {
        Reply::ToolCall { .. } => "tool_use",
        Reply::Text(_) if completion.cut => "max_tokens",
        Reply::Text(_) => "end_turn",
    }
}
