//! Requests that the real providers refuse, refused in their words' shape.

use reqwest::Method;
use serde_json::{Value, json};

use crate::harness::{Server, every_route, message, messages};
use crate::images;

/// Where each provider puts the message of an error.
pub(crate) fn error_of<'a>(path: &str, body: &'a Value) -> &'a str {
    let message = match path {
        "/v1/messages" => {
            assert_eq!(body["type"], "error");
            assert!(body["error"]["type"].is_string() && body["request_id"].is_string());
            &body["error"]["message"]
        }
        "/v1/chat/completions" => {
            assert!(body["error"]["type"].is_string());
            assert!(body["error"].get("code").is_some() && body["error"].get("param").is_some());
            &body["error"]["message"]
        }
        "/v1/embeddings" => &body["detail"],
        "/search" => &body["detail"]["error"],
        _ => &body["error"],
    };
    message
        .as_str()
        .unwrap_or_else(|| panic!("{path}: no message in {body}"))
}

#[tokio::test]
async fn a_key_is_required_and_may_not_be_empty() {
    let server = Server::start().await;
    for (path, body) in every_route()
        .into_iter()
        .filter(|(path, _)| *path != "/api/chat")
    {
        let without = server
            .bare(Method::POST, path)
            .header("anthropic-version", "2023-06-01");
        let empty = server
            .bare(Method::POST, path)
            .header("anthropic-version", "2023-06-01")
            .header("x-api-key", "")
            .header("authorization", "Bearer ");
        for request in [without, empty] {
            let response = request.json(&body).send().await.unwrap();
            assert_eq!(response.status(), 401, "{path}");
            error_of(path, &response.json().await.unwrap());
        }
    }
    let (path, body) = every_route()[2].clone();
    let free = server
        .bare(Method::POST, path)
        .json(&body)
        .send()
        .await
        .unwrap();
    assert_eq!(free.status(), 200, "Ollama asks for no key");
}

#[tokio::test]
async fn broken_json_is_a_bad_request_everywhere() {
    let server = Server::start().await;
    for (path, _) in every_route() {
        let request = server.post(path, &json!({})).body("{\"input\": ");
        let response = request.send().await.unwrap();
        assert_eq!(response.status(), 400, "{path}");
        let body: Value = response.json().await.unwrap();
        assert!(error_of(path, &body).contains("not valid"), "{body}");
    }
}

async fn refused(path: &str, body: &Value, expected: &str) {
    let server = Server::start().await;
    let response = server.send(path, body).await;
    assert_eq!(response.status(), 400, "{body}");
    let answer: Value = response.json().await.unwrap();
    let message = error_of(path, &answer);
    assert!(message.contains(expected), "{message}");
}

#[tokio::test]
async fn anthropic_refuses_what_its_api_refuses() {
    let path = "/v1/messages";
    let broken = json!([images::block("image/png", b"\x89PNG\r\n\x1a\nno image")]);
    refused(path, &message(broken), "Could not process image").await;
    let mislabelled = json!([images::block("image/jpeg", &images::png(&[]))]);
    refused(path, &message(mislabelled), "appears to be a image/png").await;
    let linked = json!([{"type": "image", "source": {"type": "url", "url": "http://x"}}]);
    refused(path, &message(linked), "fetches no URLs").await;
    let unknown = json!([{"type": "hologram"}]);
    refused(path, &message(unknown), "messages.0.content.0").await;

    let result = json!([{"type": "tool_result", "tool_use_id": "t9", "content": "x"}]);
    refused(path, &message(result), "t9").await;
    let call = json!([{"type": "tool_use", "id": "t1", "name": "search", "input": {}}]);
    let unanswered = messages(&[
        ("user", json!("a")),
        ("assistant", call),
        ("user", json!("b")),
    ]);
    refused(path, &unanswered, "without `tool_result`").await;

    refused(path, &messages(&[]), "at least one message").await;
    refused(
        path,
        &messages(&[("assistant", json!("a"))]),
        "first message",
    )
    .await;
    let no_limit = json!({"model": "m", "messages": [{"role": "user", "content": "a"}]});
    refused(path, &no_limit, "max_tokens").await;
}

#[tokio::test]
async fn openai_refuses_what_its_api_refuses() {
    let path = "/v1/chat/completions";
    let body = |message: Value| json!({"model": "gpt-4o", "messages": [message]});
    let linked = json!([{"type": "image_url", "image_url": {"url": "https://example.com/a.png"}}]);
    refused(
        path,
        &body(json!({"role": "user", "content": linked})),
        "base64",
    )
    .await;
    let stray = json!({"role": "tool", "tool_call_id": "c1", "content": "x"});
    refused(path, &body(stray), "role 'tool'").await;
    refused(
        path,
        &json!({"model": "gpt-4o", "messages": []}),
        "empty array",
    )
    .await;
}

#[tokio::test]
async fn tavily_requires_a_query() {
    refused("/search", &json!({"query": " "}), "missing").await;
}

#[tokio::test]
async fn an_oversized_body_is_refused() {
    let server = Server::start().await;
    let large = "x".repeat(33 * 1024 * 1024);
    let response = server.send("/v1/messages", &message(large)).await;
    assert_eq!(response.status(), 413);
}
