//! Every fault, on every route, as a client meets it.

use std::time::{Duration, Instant};

use reqwest::Method;
use serde_json::{Value, json};

use crate::harness::{Server, every_route};
use crate::refusals::error_of;

async fn order(server: &Server, fault: Value) -> u16 {
    let request = server.bare(Method::POST, "/_local/faults").json(&fault);
    request.send().await.unwrap().status().as_u16()
}

#[tokio::test]
async fn errors_come_in_each_providers_format_and_pass() {
    let server = Server::start().await;
    for (path, body) in every_route() {
        let overloaded = if path == "/v1/messages" { 529 } else { 503 };
        for (kind, status) in [
            ("rate_limited", 429),
            ("server_error", 500),
            ("overloaded", overloaded),
        ] {
            let fault = json!({"path": path, "kind": kind, "times": 2, "retry_after": 7});
            assert_eq!(order(&server, fault).await, 201);
            for _ in 0..2 {
                let response = server.send(path, &body).await;
                assert_eq!(response.status(), status, "{path} {kind}");
                let after = response.headers().get("retry-after").cloned();
                assert_eq!(
                    after.is_some_and(|after| after == "7"),
                    kind == "rate_limited"
                );
                error_of(path, &response.json().await.unwrap());
            }
            server.ask(path, &body).await;
        }
    }
}

#[tokio::test]
async fn a_slow_answer_is_the_right_one() {
    let server = Server::start().await;
    for (path, body) in every_route() {
        order(
            &server,
            json!({"path": path, "kind": "slow", "delay_ms": 150}),
        )
        .await;
        let started = Instant::now();
        let slow = server.ask(path, &body).await;
        assert!(started.elapsed() >= Duration::from_millis(150), "{path}");
        assert_eq!(slow, server.ask(path, &body).await);
    }
}

#[tokio::test]
async fn a_cut_answer_begins_and_never_ends() {
    let server = Server::start().await;
    for (path, body) in every_route() {
        order(&server, json!({"path": path, "kind": "cut"})).await;
        let mut response = server.send(path, &body).await;
        assert_eq!(response.status(), 200, "{path}");
        let mut received = 0;
        let ended = loop {
            match response.chunk().await {
                Ok(Some(chunk)) => received += chunk.len(),
                Ok(None) => break true,
                Err(_) => break false,
            }
        };
        assert!(
            !ended && received > 0,
            "{path}: {received} bytes, ended: {ended}"
        );
        server.ask(path, &body).await;
    }
}

#[tokio::test]
async fn a_stream_can_be_cut() {
    let server = Server::start().await;
    order(&server, json!({"path": "/v1/messages", "kind": "cut"})).await;
    let (path, mut body) = every_route()[0].clone();
    body["stream"] = json!(true);
    let response = server.send(path, &body).await;
    assert!(response.text().await.is_err());
}

#[tokio::test]
async fn malformed_bodies_are_malformed() {
    let server = Server::start().await;
    for (path, body) in every_route() {
        order(&server, json!({"path": path, "kind": "malformed_json"})).await;
        let text = server.send(path, &body).await.text().await.unwrap();
        assert!(
            serde_json::from_str::<Value>(&text).is_err(),
            "{path}: {text}"
        );

        order(&server, json!({"path": path, "kind": "wrong_shape"})).await;
        let other = server.ask(path, &body).await;
        let whole = server.ask(path, &body).await;
        for key in whole.as_object().unwrap().keys() {
            assert!(other.get(key).is_none(), "{path}: {other}");
        }
    }
}

#[tokio::test]
async fn faults_are_seen_taken_back_and_hit_their_route_only() {
    let server = Server::start().await;
    let fault = json!({"path": "/search", "kind": "rate_limited", "times": 3});
    order(&server, fault.clone()).await;
    assert_eq!(server.get("/_local/faults").await["faults"], json!([fault]));
    server.ask("/v1/messages", &every_route()[0].1).await;

    assert_eq!(
        server
            .send("/search", &json!({"query": "x"}))
            .await
            .status(),
        429
    );
    assert_eq!(server.get("/_local/faults").await["faults"][0]["times"], 2);

    let clear = server
        .bare(Method::DELETE, "/_local/faults")
        .send()
        .await
        .unwrap();
    assert_eq!(clear.status(), 204);
    server.ask("/search", &json!({"query": "x"})).await;
}

#[tokio::test]
async fn an_order_with_a_mistake_is_refused() {
    let server = Server::start().await;
    for mistake in [
        json!({"path": "/health", "kind": "cut"}),
        json!({"path": "/search", "kind": "meteor"}),
        json!({"path": "/search", "kind": "cut", "tims": 2}),
        json!({"path": "/search", "kind": "cut", "times": 0}),
    ] {
        assert_eq!(order(&server, mistake.clone()).await, 400, "{mistake}");
    }
}

#[tokio::test]
async fn calls_are_counted_by_route_and_status() {
    let server = Server::start().await;
    order(&server, json!({"path": "/search", "kind": "server_error"})).await;
    for _ in 0..3 {
        server.send("/search", &json!({"query": "x"})).await;
    }
    let counted = server.get("/_local/requests").await;
    let expected = json!({"POST /search": {"total": 3, "by_status": {"200": 2, "500": 1}}});
    assert_eq!(counted["requests"], expected);

    server
        .bare(Method::DELETE, "/_local/requests")
        .send()
        .await
        .unwrap();
    assert_eq!(server.get("/_local/requests").await["requests"], json!({}));
}
