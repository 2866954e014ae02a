//! Streams: the event sequences of the real APIs, adding up to the whole answer.

use serde_json::{Value, json};

use crate::harness::{Server, message};

async fn stream(server: &Server, path: &str, body: &Value) -> String {
    let response = server.send(path, body).await;
    assert_eq!(response.status(), 200);
    response.text().await.unwrap()
}

/// The name and the data of each event.
fn events(text: &str) -> Vec<(String, Value)> {
    text.split_terminator("\n\n")
        .map(|event| {
            let (name, data) = event.split_once("\ndata: ").unwrap();
            let name = name.strip_prefix("event: ").unwrap().to_owned();
            (name, serde_json::from_str(data).unwrap())
        })
        .collect()
}

#[tokio::test]
async fn anthropic_streams_text() {
    let server = Server::start().await;
    let mut body = message("hello");
    let whole = server.block(&body).await;
    body["stream"] = json!(true);
    let events = events(&stream(&server, "/v1/messages", &body).await);

    let names: Vec<&str> = events.iter().map(|(name, _)| name.as_str()).collect();
    assert_eq!(names[..3], ["message_start", "content_block_start", "ping"]);
    assert_eq!(
        names[names.len() - 3..],
        ["content_block_stop", "message_delta", "message_stop"]
    );
    assert!(
        events
            .iter()
            .all(|(name, data)| data["type"] == name.as_str())
    );

    let deltas = events
        .iter()
        .filter_map(|(_, data)| data["delta"]["text"].as_str());
    assert_eq!(deltas.collect::<String>(), whole["text"].as_str().unwrap());
    let (_, last) = &events[events.len() - 2];
    assert_eq!(last["delta"]["stop_reason"], "end_turn");
    assert!(last["usage"]["output_tokens"].as_u64().unwrap() > 0);
    assert_eq!(events[0].1["message"]["model"], "local/assistant");
}

#[tokio::test]
async fn anthropic_streams_a_tool_call() {
    let server = Server::start().await;
    let mut body = message("Where are the boats of last summer?");
    body["tools"] = json!([{"name": "search", "input_schema": {"type": "object"}}]);
    body["stream"] = json!(true);
    let events = events(&stream(&server, "/v1/messages", &body).await);
    assert_eq!(events[1].1["content_block"]["name"], "search");
    assert_eq!(events[1].1["content_block"]["input"], json!({}));
    let deltas = events
        .iter()
        .filter_map(|(_, data)| data["delta"]["partial_json"].as_str());
    let input: Value = serde_json::from_str(&deltas.collect::<String>()).unwrap();
    assert_eq!(input["query"], "Where are the boats of last summer?");
    assert_eq!(
        events[events.len() - 2].1["delta"]["stop_reason"],
        "tool_use"
    );
}

fn chunks(text: &str) -> Vec<Value> {
    let mut frames: Vec<&str> = text.split_terminator("\n\n").collect();
    assert_eq!(frames.pop(), Some("data: [DONE]"));
    frames
        .iter()
        .map(|frame| serde_json::from_str(frame.strip_prefix("data: ").unwrap()).unwrap())
        .collect()
}

#[tokio::test]
async fn openai_streams_text_and_usage() {
    let server = Server::start().await;
    let mut body = json!({"model": "gpt-4o", "messages": [{"role": "user", "content": "hello"}]});
    let whole = server.ask("/v1/chat/completions", &body).await;
    body["stream"] = json!(true);
    body["stream_options"] = json!({"include_usage": true});
    let chunks = chunks(&stream(&server, "/v1/chat/completions", &body).await);

    assert!(
        chunks
            .iter()
            .all(|chunk| chunk["object"] == "chat.completion.chunk")
    );
    assert_eq!(chunks[0]["choices"][0]["delta"]["role"], "assistant");
    let deltas = chunks
        .iter()
        .filter_map(|chunk| chunk["choices"][0]["delta"]["content"].as_str());
    assert_eq!(
        deltas.collect::<String>(),
        whole["choices"][0]["message"]["content"].as_str().unwrap()
    );
    assert_eq!(
        chunks[chunks.len() - 2]["choices"][0]["finish_reason"],
        "stop"
    );
    let usage = &chunks[chunks.len() - 1]["usage"];
    assert_eq!(usage, &whole["usage"]);
    let parts = ["prompt_tokens", "completion_tokens"].map(|part| usage[part].as_u64().unwrap());
    assert_eq!(usage["total_tokens"], parts[0] + parts[1]);
}

#[tokio::test]
async fn openai_streams_a_tool_call() {
    let server = Server::start().await;
    let tools = json!([{"type": "function", "function": {"name": "search"}}]);
    let question = json!([{"role": "user", "content": "Where are the boats of last summer?"}]);
    let body = json!({"model": "gpt-4o", "messages": question, "tools": tools, "stream": true});
    let chunks = chunks(&stream(&server, "/v1/chat/completions", &body).await);
    let call = |chunk: &Value| chunk["choices"][0]["delta"]["tool_calls"][0].clone();
    assert_eq!(call(&chunks[0])["function"]["name"], "search");
    let deltas: String = chunks
        .iter()
        .filter_map(|chunk| Some(call(chunk)["function"]["arguments"].as_str()?.to_owned()))
        .collect();
    let arguments: Value = serde_json::from_str(&deltas).unwrap();
    assert_eq!(arguments["query"], "Where are the boats of last summer?");
    assert_eq!(
        chunks[chunks.len() - 1]["choices"][0]["finish_reason"],
        "tool_calls"
    );
}

#[tokio::test]
async fn ollama_streams_lines_unless_told_otherwise() {
    let server = Server::start().await;
    let body = json!({"model": "llama", "messages": [{"role": "user", "content": "hello"}]});
    let text = stream(&server, "/api/chat", &body).await;
    let lines: Vec<Value> = text
        .lines()
        .map(|line| serde_json::from_str(line).unwrap())
        .collect();
    let (last, parts) = lines.split_last().unwrap();
    assert!(parts.len() > 2 && parts.iter().all(|part| part["done"] == false));
    assert_eq!(
        (&last["done"], &last["done_reason"]),
        (&json!(true), &json!("stop"))
    );
    assert!(last["eval_count"].as_u64().unwrap() > 0);
    let said: String = parts
        .iter()
        .filter_map(|part| part["message"]["content"].as_str())
        .collect();
    assert!(said.contains("local stand-in"));
}
