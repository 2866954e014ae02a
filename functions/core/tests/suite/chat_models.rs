//! Talking with the providers: what is sent, what streams become, and how they fail.

use std::time::Duration;

use collections_core::Secret;
use collections_core::providers::anthropic::Anthropic;
use collections_core::providers::chat::{
    Arguments, ChatModel, ChatRequest, Completion, Message, Stop, ToolCall, ToolResult, ToolSpec,
};
use collections_core::providers::http::{Http, Patience};
use collections_core::providers::ollama::Ollama;
use collections_core::providers::openai::Openai;
use collections_core::providers::{ProviderError, Usage};
use serde_json::{Value, json};
use wiremock::matchers::method;
use wiremock::{Mock, MockServer, ResponseTemplate};

fn model(provider: &str, server: &MockServer) -> Box<dyn ChatModel> {
    let http = Http::new(Patience {
        connect: Duration::from_secs(10),
        answer: Duration::from_secs(30),
        backoff: Duration::from_millis(2),
        longest_pause: Duration::from_secs(1),
    })
    .unwrap();
    let (base_url, key, model) = (server.uri(), Secret::new("canary-key"), "m".to_owned());
    match provider {
        "anthropic" => Box::new(Anthropic {
            http,
            base_url,
            key,
            model,
        }),
        "openai" => Box::new(Openai {
            http,
            base_url,
            key,
            model,
        }),
        _ => Box::new(Ollama {
            http,
            base_url,
            model,
        }),
    }
}

const PROVIDERS: [&str; 3] = ["anthropic", "openai", "ollama"];

/// A stream of events, or of lines for Ollama.
fn stream(provider: &str, events: &[Value]) -> String {
    let lines = events.iter().map(|event| match provider {
        "ollama" => format!("{event}\n"),
        _ => format!("event: e\ndata: {event}\n\n"),
    });
    let mut body: String = lines.collect();
    if provider == "openai" {
        body.push_str("data: [DONE]\n\n");
    }
    body
}

/// The stream of an answer that says something and calls something.
fn answer(provider: &str) -> Vec<Value> {
    match provider {
        "anthropic" => vec![
            json!({"type": "message_start", "message": {"model": "m-1", "usage": {"input_tokens": 4, "cache_read_input_tokens": 3}}}),
            json!({"type": "content_block_start", "index": 0, "content_block": {"type": "text", "text": ""}}),
            json!({"type": "ping"}),
            json!({"type": "content_block_delta", "index": 0, "delta": {"type": "text_delta", "text": "Lóok"}}),
            json!({"type": "content_block_delta", "index": 0, "delta": {"type": "text_delta", "text": "ing"}}),
            json!({"type": "content_block_start", "index": 1, "content_block": {"type": "tool_use", "id": "t1", "name": "find"}}),
            json!({"type": "content_block_delta", "index": 1, "delta": {"type": "input_json_delta", "partial_json": "{\"q\": "}}),
            json!({"type": "content_block_delta", "index": 1, "delta": {"type": "input_json_delta", "partial_json": "\"sea\"}"}}),
            json!({"type": "message_delta", "delta": {"stop_reason": "tool_use"}, "usage": {"output_tokens": 5}}),
            json!({"type": "message_stop"}),
        ],
        "openai" => vec![
            json!({"model": "m-1", "choices": [{"delta": {"role": "assistant", "content": "Lóok"}}]}),
            json!({"model": "m-1", "choices": [{"delta": {"content": "ing"}}]}),
            json!({"choices": [{"delta": {"tool_calls": [{"index": 0, "id": "t1", "function": {"name": "find", "arguments": ""}}]}}]}),
            json!({"choices": [{"delta": {"tool_calls": [{"index": 0, "function": {"arguments": "{\"q\": \"sea\"}"}}]}}]}),
            json!({"choices": [{"delta": {}, "finish_reason": "tool_calls"}]}),
            json!({"choices": [], "usage": {"prompt_tokens": 7, "completion_tokens": 5}}),
        ],
        _ => vec![
            json!({"model": "m-1", "message": {"content": "Lóok"}, "done": false}),
            json!({"model": "m-1", "message": {"content": "ing"}, "done": false}),
            json!({"model": "m-1", "message": {"content": "", "tool_calls": [{"function": {"name": "find", "arguments": {"q": "sea"}}}]}, "done": false}),
            json!({"model": "m-1", "message": {"content": ""}, "done": true, "done_reason": "stop", "prompt_eval_count": 7, "eval_count": 5}),
        ],
    }
}

fn said() -> Vec<Message> {
    let call = ToolCall {
        id: "t0".into(),
        name: "find".into(),
        arguments: Arguments::parse("{\"q\": \"hill\"}"),
    };
    let broken = ToolCall {
        id: "t9".into(),
        name: "find".into(),
        arguments: Arguments::parse("{\"q\": "),
    };
    let result = |id: &str| ToolResult {
        id: id.into(),
        name: "find".into(),
        text: format!("result of {id}"),
        failed: id == "t9",
    };
    vec![
        Message::user("hills?"),
        Message::calls("", [call, broken]),
        Message::results([result("t0"), result("t9")]),
        Message::assistant("None."),
        Message::user("sea?"),
    ]
}

async fn chat(
    model: &dyn ChatModel,
    may_call: bool,
) -> (Result<Completion, ProviderError>, Vec<String>) {
    let (messages, mut pieces) = (said(), Vec::new());
    let tools = [ToolSpec {
        name: "find",
        description: "finds".into(),
        parameters: json!({"type": "object"}),
    }];
    let request = ChatRequest {
        system: "be good",
        messages: &messages,
        tools: &tools,
        may_call,
        temperature: 0.1,
        max_tokens: 2048,
    };
    let answer = model
        .chat(&request, &mut |piece| pieces.push(piece.to_owned()))
        .await;
    (answer, pieces)
}

async fn serve(body: impl Into<Vec<u8>>) -> MockServer {
    let server = MockServer::start().await;
    Mock::given(method("POST"))
        .respond_with(ResponseTemplate::new(200).set_body_raw(body, "text/event-stream"))
        .mount(&server)
        .await;
    server
}

async fn sent(server: &MockServer) -> Value {
    let requests = server.received_requests().await.unwrap();
    serde_json::from_slice(&requests.last().unwrap().body).unwrap()
}

#[tokio::test]
async fn every_provider_streams_words_calls_and_usage() {
    for provider in PROVIDERS {
        let server = serve(stream(provider, &answer(provider))).await;
        let (answer, pieces) = chat(&*model(provider, &server), true).await;
        let answer = answer.unwrap();
        assert_eq!(pieces, ["Lóok", "ing"], "{provider}");
        assert_eq!(
            (answer.text.as_str(), answer.stop),
            ("Lóoking", Stop::Calls)
        );
        assert_eq!(answer.model, "m-1");
        assert_eq!(
            answer.usage,
            Usage {
                input_tokens: 7,
                output_tokens: 5
            },
            "{provider}"
        );
        assert_eq!(answer.calls[0].name, "find");
        assert_eq!(
            answer.calls[0].arguments,
            Arguments::parse("{\"q\":\"sea\"}")
        );
        assert!(!answer.calls[0].id.is_empty());
    }
}

#[tokio::test]
async fn every_provider_gets_the_conversation_as_it_expects_it() {
    for (provider, expected) in [
        (
            "anthropic",
            json!({
                "model": "m", "max_tokens": 2048, "temperature": 0.1, "system": "be good", "stream": true,
                "tools": [{"name": "find", "description": "finds", "input_schema": {"type": "object"}}],
                "tool_choice": {"type": "auto"},
                "messages": [
                    {"role": "user", "content": [{"type": "text", "text": "hills?"}]},
                    {"role": "assistant", "content": [
                        {"type": "tool_use", "id": "t0", "name": "find", "input": {"q": "hill"}},
                        {"type": "tool_use", "id": "t9", "name": "find", "input": {}}]},
                    {"role": "user", "content": [
                        {"type": "tool_result", "tool_use_id": "t0", "content": "result of t0", "is_error": false},
                        {"type": "tool_result", "tool_use_id": "t9", "content": "result of t9", "is_error": true}]},
                    {"role": "assistant", "content": [{"type": "text", "text": "None."}]},
                    {"role": "user", "content": [{"type": "text", "text": "sea?"}]}],
            }),
        ),
        (
            "openai",
            json!({
                "model": "m", "max_completion_tokens": 2048, "temperature": 0.1, "stream": true,
                "stream_options": {"include_usage": true}, "tool_choice": "auto",
                "tools": [{"type": "function", "function": {"name": "find", "description": "finds", "parameters": {"type": "object"}}}],
                "messages": [
                    {"role": "system", "content": "be good"},
                    {"role": "user", "content": "hills?"},
                    {"role": "assistant", "content": null, "tool_calls": [
                        {"id": "t0", "type": "function", "function": {"name": "find", "arguments": "{\"q\":\"hill\"}"}},
                        {"id": "t9", "type": "function", "function": {"name": "find", "arguments": "{\"q\": "}}]},
                    {"role": "tool", "tool_call_id": "t0", "content": "result of t0"},
                    {"role": "tool", "tool_call_id": "t9", "content": "result of t9"},
                    {"role": "assistant", "content": "None."},
                    {"role": "user", "content": "sea?"}],
            }),
        ),
        (
            "ollama",
            json!({
                "model": "m", "stream": true, "options": {"num_predict": 2048, "temperature": 0.1},
                "tools": [{"type": "function", "function": {"name": "find", "description": "finds", "parameters": {"type": "object"}}}],
                "messages": [
                    {"role": "system", "content": "be good"},
                    {"role": "user", "content": "hills?"},
                    {"role": "assistant", "content": "", "tool_calls": [
                        {"function": {"name": "find", "arguments": {"q": "hill"}}},
                        {"function": {"name": "find", "arguments": {}}}]},
                    {"role": "tool", "tool_name": "find", "content": "result of t0"},
                    {"role": "tool", "tool_name": "find", "content": "result of t9"},
                    {"role": "assistant", "content": "None."},
                    {"role": "user", "content": "sea?"}],
            }),
        ),
    ] {
        let server = serve(stream(provider, &answer(provider))).await;
        chat(&*model(provider, &server), true).await.0.unwrap();
        assert_eq!(sent(&server).await, expected, "{provider}");
        chat(&*model(provider, &server), false).await.0.unwrap();
        let forced = sent(&server).await;
        let choice = match provider {
            "anthropic" => json!({"type": "none"}),
            "openai" => json!("none"),
            _ => Value::Null,
        };
        assert_eq!(forced["tool_choice"], choice, "{provider}");
        assert_eq!(forced["tools"].is_null(), provider == "ollama");
    }
}

#[tokio::test]
async fn a_stream_that_is_cut_anywhere_is_an_error_and_never_half_an_answer() {
    for provider in PROVIDERS {
        let whole = stream(provider, &answer(provider));
        let end = whole.trim_end().len();
        for at in (0..end - 6).step_by(23) {
            let at = whole.floor_char_boundary(at);
            let server = serve(&whole.as_bytes()[..at]).await;
            let error = chat(&*model(provider, &server), true).await.0.unwrap_err();
            let cut = matches!(error, ProviderError::Cut { .. });
            assert!(cut && error.is_transient(), "{provider} at {at}: {error}");
        }
    }
}

async fn fails(provider: &str, events: &[Value]) -> ProviderError {
    let server = serve(stream(provider, events)).await;
    chat(&*model(provider, &server), true).await.0.unwrap_err()
}

#[tokio::test]
async fn refusals_of_the_model_are_told_from_failures_of_the_provider() {
    for (provider, event) in [
        (
            "anthropic",
            json!({"type": "message_delta", "delta": {"stop_reason": "refusal"}}),
        ),
        (
            "openai",
            json!({"choices": [{"delta": {"refusal": "I cannot"}}]}),
        ),
        (
            "openai",
            json!({"choices": [{"delta": {}, "finish_reason": "content_filter"}]}),
        ),
    ] {
        let error = fails(provider, &[event]).await;
        assert!(matches!(error, ProviderError::Declined { .. }), "{error}");
        assert!(!error.is_transient());
    }
    for (provider, event) in [
        (
            "anthropic",
            json!({"type": "error", "error": {"type": "overloaded_error", "message": "x"}}),
        ),
        ("openai", json!({"error": {"message": "x"}})),
        ("ollama", json!({"error": "x"})),
    ] {
        let error = fails(provider, &[event]).await;
        assert!(matches!(error, ProviderError::Busy { .. }), "{error}");
    }
}

#[tokio::test]
async fn answers_without_end_are_cut_off_and_long_ones_say_so() {
    let words = "word ".repeat(2_000);
    let endless: Vec<_> = (0..40)
        .map(|_| json!({"message": {"content": words}, "done": false}))
        .collect();
    let error = fails("ollama", &endless).await;
    assert!(matches!(error, ProviderError::TooLong { .. }), "{error}");
    let many: Vec<_> = (0..40)
        .map(|at| json!({"choices": [{"delta": {"tool_calls": [{"index": at, "function": {"name": "f"}}]}}]}))
        .collect();
    let error = fails("openai", &many).await;
    assert!(matches!(error, ProviderError::TooLong { .. }), "{error}");
    let line = [vec![b'x'; 2 * 1024 * 1024], b"\n".to_vec()].concat();
    let server = serve(line).await;
    let error = chat(&*model("openai", &server), true).await.0.unwrap_err();
    assert!(matches!(error, ProviderError::TooLong { .. }), "{error}");
    let length = [
        json!({"message": {"content": "half a"}, "done": false}),
        json!({"message": {"content": ""}, "done": true, "done_reason": "length"}),
    ];
    let server = serve(stream("ollama", &length)).await;
    let answer = chat(&*model("ollama", &server), true).await.0.unwrap();
    assert_eq!(
        (answer.text.as_str(), answer.stop),
        ("half a", Stop::Length)
    );
}

#[tokio::test]
async fn arguments_that_are_no_object_are_kept_as_they_came() {
    let event = json!({"choices": [{"delta": {"tool_calls": [{"index": 0, "id": "t", "function": {"name": "find", "arguments": "[1]"}}]}}]});
    let server = serve(stream("openai", &[event])).await;
    let answer = chat(&*model("openai", &server), true).await.0.unwrap();
    assert_eq!(
        answer.calls[0].arguments,
        Arguments::Malformed("[1]".to_owned())
    );
}

#[tokio::test]
async fn a_busy_provider_is_asked_again_and_a_key_is_in_no_error() {
    let server = MockServer::start().await;
    for status in [429, 529] {
        Mock::given(method("POST"))
            .respond_with(ResponseTemplate::new(status))
            .up_to_n_times(1)
            .mount(&server)
            .await;
    }
    let body = stream("anthropic", &answer("anthropic"));
    Mock::given(method("POST"))
        .respond_with(ResponseTemplate::new(200).set_body_raw(body, "text/event-stream"))
        .mount(&server)
        .await;
    chat(&*model("anthropic", &server), true).await.0.unwrap();
    assert_eq!(server.received_requests().await.unwrap().len(), 3);
    server.reset().await;
    Mock::given(method("POST"))
        .respond_with(
            ResponseTemplate::new(401).set_body_json(json!({"error": {"message": "bad"}})),
        )
        .mount(&server)
        .await;
    for provider in PROVIDERS {
        let error = chat(&*model(provider, &server), true).await.0.unwrap_err();
        assert!(matches!(error, ProviderError::Refused { status: 401, .. }));
        assert!(!format!("{error} {error:?}").contains("canary"));
    }
}
