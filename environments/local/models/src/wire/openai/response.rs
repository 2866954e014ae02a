//! A response of the Chat Completions API, whole or as the chunks of a stream.

use serde_json::{Value, json};

use super::super::chat::{CREATED, Completion, MODEL};
use super::super::stream::{event, pieces};
use crate::conversation::Reply;

pub(super) fn completion(completion: &Completion) -> Value {
    let mut message = json!({"role": "assistant", "content": null, "refusal": null});
    match &completion.reply {
        Reply::Text(text) => message["content"] = json!(text),
        Reply::ToolCall { name, input } => {
            message["tool_calls"] = json!([call(completion, name, &input.to_string())]);
        }
    }
    let mut response = envelope(completion, "chat.completion");
    response["choices"] = json!([{
        "index": 0,
        "message": message,
        "logprobs": null,
        "finish_reason": finish_reason(completion),
    }]);
    response["usage"] = usage(completion);
    response
}

/// The chunks in the order of the API, with the mark of the end.
pub(super) fn chunks(completion: &Completion, with_usage: bool) -> Vec<String> {
    let mut deltas = vec![json!({"role": "assistant", "content": ""})];
    match &completion.reply {
        Reply::Text(text) => {
            deltas.extend(
                pieces(text)
                    .into_iter()
                    .map(|piece| json!({"content": piece})),
            );
        }
        Reply::ToolCall { name, input } => {
            let mut start = call(completion, name, "");
            start["index"] = json!(0);
            deltas[0] = json!({"role": "assistant", "content": null, "tool_calls": [start]});
            deltas.extend(pieces(&input.to_string()).into_iter().map(
                |piece| json!({"tool_calls": [{"index": 0, "function": {"arguments": piece}}]}),
            ));
        }
    }
    let mut chunks: Vec<Value> = deltas
        .into_iter()
        .map(|delta| chunk(completion, &delta, None))
        .collect();
    chunks.push(chunk(
        completion,
        &json!({}),
        Some(finish_reason(completion)),
    ));
    if with_usage {
        let mut last = envelope(completion, "chat.completion.chunk");
        last["choices"] = json!([]);
        last["usage"] = usage(completion);
        chunks.push(last);
    }
    let mut frames: Vec<String> = chunks.iter().map(|chunk| event(None, chunk)).collect();
    frames.push("data: [DONE]\n\n".to_owned());
    frames
}

fn chunk(completion: &Completion, delta: &Value, finish_reason: Option<&str>) -> Value {
    let mut chunk = envelope(completion, "chat.completion.chunk");
    chunk["choices"] = json!([{
        "index": 0,
        "delta": delta,
        "logprobs": null,
        "finish_reason": finish_reason,
    }]);
    chunk
}

fn envelope(completion: &Completion, object: &str) -> Value {
    json!({
        "id": format!("chatcmpl-local-{}", completion.id),
        "object": object,
        "created": CREATED,
        "model": MODEL,
        "system_fingerprint": null,
    })
}

fn call(completion: &Completion, name: &str, arguments: &str) -> Value {
    json!({
        "id": format!("call_local_{}", completion.id),
        "type": "function",
        "function": {"name": name, "arguments": arguments},
    })
}

fn finish_reason(completion: &Completion) -> &'static str {
    match &completion.reply {
        Reply::ToolCall { .. } => "tool_calls",
        Reply::Text(_) if completion.cut => "length",
        Reply::Text(_) => "stop",
    }
}

fn usage(completion: &Completion) -> Value {
    json!({
        "prompt_tokens": completion.input_tokens,
        "completion_tokens": completion.output_tokens,
        "total_tokens": completion.input_tokens + completion.output_tokens,
    })
}
