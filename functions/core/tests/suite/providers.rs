//! Model providers: what is sent, what is asked again, what is given up.

use std::time::{Duration, Instant, SystemTime};

use collections_core::Secret;
use collections_core::contract::functions::Embedder;
use collections_core::providers::anthropic::Anthropic;
use collections_core::providers::http::{Http, Patience};
use collections_core::providers::ollama::Ollama;
use collections_core::providers::openai::Openai;
use collections_core::providers::prompt::Prompt;
use collections_core::providers::voyage::{Input, Voyage};
use collections_core::providers::{Image, ProviderError, Usage, VisionModel};
use collections_core::trace::Span;
use serde_json::{Value, json};
use wiremock::matchers::{body_partial_json, header, method, path};
use wiremock::{Mock, MockServer, ResponseTemplate};

fn http() -> Http {
    waiting(Duration::from_secs(30))
}

fn waiting(answer: Duration) -> Http {
    Http::new(Patience {
        connect: Duration::from_secs(10),
        answer,
        backoff: Duration::from_millis(4),
        longest_pause: Duration::from_secs(2),
    })
    .unwrap()
}

fn image() -> Image {
    Image {
        bytes: "pixels".into(),
        mime_type: "image/jpeg".into(),
    }
}

fn anthropic(server: &MockServer) -> Anthropic {
    let (base_url, key) = (server.uri(), Secret::new("canary-key"));
    Anthropic {
        http: http(),
        base_url,
        key,
        model: "claude".into(),
    }
}

fn message() -> Value {
    json!({"model": "claude-1", "content": [{"type": "text", "text": "{}"}],
        "usage": {"input_tokens": 10, "output_tokens": 3}})
}

async fn first(server: &MockServer, times: u64, answer: ResponseTemplate) {
    Mock::given(method("POST"))
        .respond_with(answer)
        .up_to_n_times(times)
        .mount(server)
        .await;
}

async fn describe(model: &dyn VisionModel) -> Result<Usage, ProviderError> {
    model
        .describe(&image(), &Prompt::built_in())
        .await
        .map(|answer| answer.usage)
}

#[tokio::test]
async fn each_provider_gets_image_prompt_and_key_where_it_expects_them() {
    let server = MockServer::start().await;
    let expected = Usage {
        input_tokens: 10,
        output_tokens: 3,
    };
    Mock::given(path("/v1/messages"))
        .and(header("x-api-key", "canary-key"))
        .and(body_partial_json(
            json!({"model": "claude", "max_tokens": 1024, "messages": [
            {"content": [{"source": {"media_type": "image/jpeg", "data": "cGl4ZWxz"}}]}]}),
        ))
        .respond_with(ResponseTemplate::new(200).set_body_json(message()))
        .mount(&server)
        .await;
    Mock::given(path("/v1/chat/completions"))
        .and(header("authorization", "Bearer canary-key"))
        .respond_with(ResponseTemplate::new(200).set_body_json(json!({
            "model": "gpt", "choices": [{"message": {"content": "{}"}}],
            "usage": {"prompt_tokens": 10, "completion_tokens": 3}})))
        .mount(&server)
        .await;
    Mock::given(path("/api/chat"))
        .and(body_partial_json(json!({"stream": false, "messages": [{}, {"images": ["cGl4ZWxz"]}]})))
        .respond_with(ResponseTemplate::new(200).set_body_json(json!({
            "model": "llama", "message": {"content": "{}"}, "prompt_eval_count": 10, "eval_count": 3})))
        .mount(&server)
        .await;
    let (base_url, key) = (server.uri(), Secret::new("canary-key"));
    assert_eq!(describe(&anthropic(&server)).await.unwrap(), expected);
    let openai = Openai {
        http: http(),
        base_url: base_url.clone(),
        key,
        model: "gpt".into(),
    };
    assert_eq!(describe(&openai).await.unwrap(), expected);
    let ollama = Ollama {
        http: http(),
        base_url,
        model: "llama".into(),
    };
    assert_eq!(describe(&ollama).await.unwrap(), expected);
}

#[tokio::test]
async fn a_busy_provider_is_asked_again_after_the_pause_it_wants() {
    let server = MockServer::start().await;
    first(
        &server,
        1,
        ResponseTemplate::new(429).insert_header("retry-after", "1"),
    )
    .await;
    first(&server, 1, ResponseTemplate::new(529)).await;
    first(
        &server,
        1,
        ResponseTemplate::new(200).set_body_json(message()),
    )
    .await;
    let begin = std::time::Instant::now();
    describe(&anthropic(&server)).await.unwrap();
    assert!(begin.elapsed() >= Duration::from_secs(1));
    assert_eq!(server.received_requests().await.unwrap().len(), 3);
}

/// A busy provider that names the time at which it wants to be asked again.
async fn busy_until(time: SystemTime) -> MockServer {
    let server = MockServer::start().await;
    let busy = ResponseTemplate::new(429);
    let busy = busy.insert_header("retry-after", httpdate::fmt_http_date(time));
    first(&server, 1, busy).await;
    let answer = ResponseTemplate::new(200).set_body_json(message());
    first(&server, 1, answer).await;
    server
}

#[tokio::test]
async fn the_pause_can_be_the_time_at_which_it_ends() {
    let begin = Instant::now();
    // Whole seconds alone are written, so up to one is lost.
    let server = busy_until(SystemTime::now() + Duration::from_millis(1950)).await;
    describe(&anthropic(&server)).await.unwrap();
    assert!(
        begin.elapsed() >= Duration::from_millis(900),
        "{:?}",
        begin.elapsed()
    );

    let begin = Instant::now();
    let server = busy_until(SystemTime::now() - Duration::from_secs(60)).await;
    describe(&anthropic(&server)).await.unwrap();
    assert!(
        begin.elapsed() < Duration::from_millis(900),
        "{:?}",
        begin.elapsed()
    );

    let server = busy_until(SystemTime::now() + Duration::from_secs(60)).await;
    let error = describe(&anthropic(&server)).await.unwrap_err();
    let wished = error.retry_after().unwrap().as_secs();
    assert!((50..=60).contains(&wished), "{wished}");
    assert_eq!(server.received_requests().await.unwrap().len(), 1);
}

#[tokio::test]
async fn what_is_refused_is_not_asked_again_and_no_key_is_in_the_error() {
    for status in [400, 401, 403, 404, 413, 422] {
        let server = MockServer::start().await;
        let said = json!({"error": {"type": "e", "message": "bad image"}});
        first(
            &server,
            9,
            ResponseTemplate::new(status).set_body_json(said),
        )
        .await;
        let error = describe(&anthropic(&server)).await.unwrap_err();
        assert!(matches!(&error, ProviderError::Refused { message, .. } if message == "bad image"));
        assert!(
            !format!("{error} {error:?}").contains("canary"),
            "{error:?}"
        );
        assert_eq!(
            server.received_requests().await.unwrap().len(),
            1,
            "{status}"
        );
    }
}

#[tokio::test]
async fn a_provider_that_stays_busy_wants_too_long_or_hangs_is_given_up() {
    let server = MockServer::start().await;
    first(&server, 9, ResponseTemplate::new(503)).await;
    assert!(
        describe(&anthropic(&server))
            .await
            .unwrap_err()
            .is_transient()
    );
    assert_eq!(server.received_requests().await.unwrap().len(), 4);

    let server = MockServer::start().await;
    first(
        &server,
        9,
        ResponseTemplate::new(429).insert_header("retry-after", "60"),
    )
    .await;
    assert!(
        describe(&anthropic(&server))
            .await
            .unwrap_err()
            .is_transient()
    );
    assert_eq!(server.received_requests().await.unwrap().len(), 1);

    let server = MockServer::start().await;
    let slow = ResponseTemplate::new(200).set_delay(Duration::from_secs(60));
    first(&server, 9, slow).await;
    let hurried = Anthropic {
        http: waiting(Duration::from_millis(400)),
        ..anthropic(&server)
    };
    let error = describe(&hurried).await.unwrap_err();
    assert!(
        matches!(&error, ProviderError::Unreachable { .. }),
        "{error:?}"
    );
    assert!(!error.to_string().contains(&server.uri()), "{error}");
}

#[tokio::test]
async fn an_answer_of_another_shape_is_an_error() {
    for body in ["", "[]", "{}", "not json", r#"{"model":1}"#] {
        let server = MockServer::start().await;
        first(&server, 1, ResponseTemplate::new(200).set_body_string(body)).await;
        let error = describe(&anthropic(&server)).await.unwrap_err();
        assert!(
            matches!(error, ProviderError::Shape { .. }),
            "{body}: {error:?}"
        );
    }
}

fn work() -> Span {
    Span::detached::<Embedder>("test")
}

fn voyage(server: &MockServer) -> Voyage {
    let (base_url, key) = (server.uri(), Secret::new("k"));
    Voyage {
        http: http(),
        base_url,
        key,
        model: "voyage-3.5-lite".into(),
        dimensions: 2,
    }
}

#[tokio::test]
async fn embeddings_are_put_in_the_order_of_the_texts() {
    let server = MockServer::start().await;
    let answer = json!({"data": [{"index": 1, "embedding": [0.0, 1.0]},
        {"index": 0, "embedding": [1.0, 0.0]}], "usage": {"total_tokens": 4}});
    Mock::given(body_partial_json(
        json!({"input": ["a", "b"], "input_type": "query",
            "output_dimension": 2, "truncation": true}),
    ))
    .respond_with(ResponseTemplate::new(200).set_body_json(answer))
    .mount(&server)
    .await;
    let texts = ["a".to_owned(), "b".to_owned()];
    let embedded = voyage(&server)
        .embed(&texts, Input::Query, &work())
        .await
        .unwrap();
    assert_eq!(embedded.vectors, [vec![1.0, 0.0], vec![0.0, 1.0]]);
    assert_eq!(embedded.tokens, 4);
}

#[tokio::test]
async fn vectors_that_cannot_be_compared_are_refused() {
    for data in [
        json!([]),
        json!([{"index": 0, "embedding": [1.0]}]),
        json!([{"index": 1, "embedding": [1.0, 0.0]}]),
        json!([{"index": 0, "embedding": [0.0, 0.0]}]),
        json!([{"index": 0, "embedding": [1.0, 0.0]}, {"index": 0, "embedding": [1.0, 0.0]}]),
    ] {
        let server = MockServer::start().await;
        let answer = json!({"data": data, "usage": {"total_tokens": 4}});
        first(&server, 1, ResponseTemplate::new(200).set_body_json(answer)).await;
        let error = voyage(&server)
            .embed(&["a".to_owned()], Input::Document, &work())
            .await
            .unwrap_err();
        assert!(matches!(error, ProviderError::Shape { .. }), "{error:?}");
    }
}
