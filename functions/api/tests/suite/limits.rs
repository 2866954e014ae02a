//! What one instance takes on, and what it says of the rest.

use std::sync::Arc;
use std::time::Duration;

use api::limits::guard::guard;
use api::limits::{Limits, Rate};
use axum::body::Body;
use axum::http::{Request, StatusCode, header};
use axum::routing::get;
use axum::{Router, middleware};
use serde_json::json;
use tower::ServiceExt;
use wiremock::{Mock, ResponseTemplate, matchers};

use crate::world::{Answer, World, open};

/// A search that hangs in the embedding model for a while.
async fn slow_models(world: &World) {
    let slow = ResponseTemplate::new(500).set_delay(Duration::from_secs(2));
    Mock::given(matchers::any())
        .respond_with(slow)
        .mount(&world.models)
        .await;
}

async fn search(world: &World) -> Answer {
    let body = json!({"query": "beach", "search_type": "vector"});
    world.call("POST", "u", "/search", body).await
}

fn expect_problem(answer: &Answer, status: StatusCode, retry_after: &str) {
    assert_eq!(answer.status, status, "{}", answer.text);
    assert_eq!(answer.headers[header::RETRY_AFTER], retry_after);
    let kind = &answer.headers[header::CONTENT_TYPE];
    assert_eq!(kind, "application/problem+json");
    assert!(answer.headers.contains_key("x-request-id"));
}

#[tokio::test]
async fn who_sends_too_much_waits_and_nobody_else_does() {
    let world = World::limited(Limits {
        per_user: Rate {
            burst: 3,
            per_second: 1,
        },
        ..Limits::default()
    })
    .await;
    let mut taken = 0;
    // One a second is given back meanwhile.
    let refused = loop {
        let answer = world.get("ann", "/items").await;
        if answer.status != StatusCode::OK {
            break answer;
        }
        taken += 1;
        assert!(taken < 30, "nothing is refused");
    };
    assert!(taken >= 3, "{taken}");
    expect_problem(&refused, StatusCode::TOO_MANY_REQUESTS, "1");
    assert_eq!(world.get("bob", "/items").await.status, StatusCode::OK);
    assert_eq!(world.send(open("/health")).await.status, StatusCode::OK);
}

/// Longer than a busy machine needs to ask twice.
const HOLDS: Duration = Duration::from_secs(3);

#[tokio::test]
async fn who_asks_for_its_health_often_is_told_the_same_for_a_while() {
    let world = World::limited(Limits {
        health_holds: HOLDS,
        ..Limits::default()
    })
    .await;
    assert_eq!(world.send(open("/health")).await.status, StatusCode::OK);
    world.outage.begin();
    assert_eq!(world.send(open("/health")).await.status, StatusCode::OK);
    tokio::time::sleep(HOLDS).await;
    let health = world.send(open("/health")).await;
    assert_eq!(health.status, StatusCode::SERVICE_UNAVAILABLE);
}

#[tokio::test]
async fn what_is_too_much_at_once_is_turned_away_and_health_is_not() {
    let world = World::limited(Limits {
        at_once: 1,
        ..Limits::default()
    })
    .await;
    slow_models(&world).await;
    let world = Arc::new(world);
    let first = tokio::spawn({
        let world = world.clone();
        async move { search(&world).await }
    });
    while world.app.places.available_permits() > 0 {
        tokio::time::sleep(Duration::from_millis(5)).await;
    }
    let second = world.get("u", "/items").await;
    expect_problem(&second, StatusCode::SERVICE_UNAVAILABLE, "1");
    assert_eq!(world.send(open("/health")).await.status, StatusCode::OK);
    first.abort();
    while world.app.places.available_permits() == 0 {
        tokio::time::sleep(Duration::from_millis(5)).await;
    }
    assert_eq!(world.get("u", "/items").await.status, StatusCode::OK);
}

#[tokio::test]
async fn no_answer_takes_longer_than_allowed() {
    let world = World::limited(Limits {
        answer_within: Duration::from_millis(100),
        ..Limits::default()
    })
    .await;
    slow_models(&world).await;
    let answer = search(&world).await;
    expect_problem(&answer, StatusCode::SERVICE_UNAVAILABLE, "1");
}

async fn broken() -> &'static str {
    panic!("a defect")
}

#[tokio::test]
async fn a_panic_is_an_answer_and_the_next_request_goes_on() {
    let world = World::new().await;
    let places = world.app.places.available_permits();
    let router = Router::new()
        .route("/", get(broken))
        .layer(middleware::from_fn_with_state(world.app.clone(), guard));
    for _ in 0..2 {
        let request = Request::get("/").body(Body::empty()).unwrap();
        let answer = router.clone().oneshot(request).await.unwrap();
        assert_eq!(answer.status(), StatusCode::INTERNAL_SERVER_ERROR);
    }
    assert_eq!(world.app.places.available_permits(), places);
}
