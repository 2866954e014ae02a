//! Answers that come word by word.

use std::time::Duration;

use api::limits::Limits;
use axum::body::Body;
use axum::http::{Request, StatusCode, header};
use http_body_util::BodyExt;
use serde_json::{Value, json};
use tower::ServiceExt;
use wiremock::ResponseTemplate;

use crate::chat::{said, world};
use crate::models::{Line, script, search};
use crate::search::{models_work, searchable};
use crate::world::{World, request};

async fn streaming(world: &World, session: &str) -> Request<Body> {
    let body = json!({"message": "Any beaches?", "session_id": session});
    searchable(world, "u", "A sandy beach.").await;
    request("POST", "/chat", "u")
        .header(header::CONTENT_TYPE, "application/json")
        .header(header::ACCEPT, "text/event-stream")
        .body(Body::from(body.to_string()))
        .unwrap()
}

fn events(text: &str) -> Vec<(String, Value)> {
    let events = text
        .split("\n\n")
        .filter(|event| event.starts_with("event: "));
    events
        .map(|event| {
            let (name, data) = event.split_once('\n').unwrap();
            let data = data.strip_prefix("data: ").unwrap();
            let name = name.strip_prefix("event: ").unwrap();
            (name.to_owned(), serde_json::from_str(data).unwrap())
        })
        .collect()
}

#[tokio::test]
async fn who_accepts_a_stream_sees_the_answer_come() {
    let world = world([search("beach"), Line::Says("A beach\n\n[Item 1].")]).await;
    let request = streaming(&world, "s").await;
    let answer = world.send(request).await;
    assert_eq!(answer.headers[header::CONTENT_TYPE], "text/event-stream");
    assert_eq!(answer.headers[header::CACHE_CONTROL], "no-store");
    let events = events(&answer.text);
    let names: Vec<_> = events.iter().map(|(name, _)| name.as_str()).collect();
    assert_eq!(names, ["session", "tool", "text", "text", "answer"]);
    assert_eq!(events[0].1, json!({"session_id": "s"}));
    assert_eq!(
        (&events[1].1["round"], &events[1].1["name"]),
        (&json!(1), &json!("search_collection"))
    );
    assert_eq!(events[2].1["round"], 2);
    let whole = &events[4].1;
    assert_eq!(whole["message"]["content"], "A beach\n\n[Item 1].");
    assert_eq!(whole["citations"][0]["number"], 1);
    assert_eq!(said(&world, "u", "s").await.len(), 2);
}

#[tokio::test]
async fn a_stream_tells_of_trouble_and_the_gateway_of_functions_gets_it_whole() {
    let world = world([Line::Declines, Line::Says("Whole.")]).await;
    let request = streaming(&world, "s").await;
    let (last, problem) = events(&world.send(request).await.text).pop().unwrap();
    assert_eq!(
        (last.as_str(), &problem["status"]),
        ("problem", &json!(422))
    );
    let mut request = streaming(&world, "s").await;
    request
        .extensions_mut()
        .insert(lambda_http::Context::default());
    let whole = world.send(request).await;
    assert_eq!(whole.headers[header::CONTENT_TYPE], "application/json");
    assert_eq!(whole.body["message"]["content"], "Whole.");
}

#[tokio::test]
async fn an_open_stream_keeps_its_place_until_its_end() {
    let world = World::limited(Limits {
        at_once: 1,
        ..Limits::default()
    })
    .await;
    models_work(&world).await;
    let slow = late(Duration::from_millis(700));
    script(&world.models, [Line::Breaks(slow)]).await;
    let request = streaming(&world, "s").await;
    let first = world.router.clone().oneshot(request).await.unwrap();
    assert_eq!(first.status(), StatusCode::OK, "it has begun");
    let second = world.get("u", "/items").await;
    assert_eq!(second.status, StatusCode::SERVICE_UNAVAILABLE);
    assert_eq!(second.headers[header::RETRY_AFTER], "1");
    let whole = first.into_body().collect().await.unwrap().to_bytes();
    let whole = String::from_utf8(whole.to_vec()).unwrap();
    assert_eq!(events(&whole).pop().unwrap().0, "answer", "{whole}");
    assert_eq!(world.get("u", "/items").await.status, StatusCode::OK);
}

/// A model that answers late.
fn late(delay: Duration) -> ResponseTemplate {
    let said = "data: {\"type\": \"content_block_delta\", \"delta\": {\"text\": \"Late.\"}}\n\n\
        data: {\"type\": \"message_stop\"}\n\n";
    ResponseTemplate::new(200)
        .set_delay(delay)
        .set_body_raw(said, "text/event-stream")
}

#[tokio::test]
async fn who_hangs_up_finds_the_turn_kept() {
    let world = world([Line::Breaks(late(Duration::from_millis(150)))]).await;
    let request = streaming(&world, "s").await;
    let response = world.router.clone().oneshot(request).await.unwrap();
    let mut body = response.into_body();
    let first = body.frame().await.unwrap().unwrap();
    assert!(first.into_data().unwrap().starts_with(b"event: session"));
    drop(body);
    for _ in 0..600 {
        if said(&world, "u", "s").await.len() == 2 {
            return;
        }
        tokio::time::sleep(Duration::from_millis(50)).await;
    }
    panic!("the turn was not kept");
}
