//! Conversations, through the front door; and what is told while the database is down.

use std::collections::BTreeSet;
use std::time::Duration;

use axum::http::StatusCode;
use collections_core::chat::history::{Message, Metadata, Role, Turn};
use collections_core::domain::UserId;
use serde_json::{Value, json};
use time::OffsetDateTime;

use crate::world::{Answer, World, open};

/// A turn, as the chat keeps it.
async fn say(world: &World, id: &str, question: &str) {
    let at = OffsetDateTime::now_utc();
    let messages = vec![
        Message::new(Role::User, question, at),
        Message::new(Role::Assistant, format!("about {question}"), at),
    ];
    let turn = Turn::new(messages, Metadata::new()).unwrap();
    let (user, id) = ("anna".parse::<UserId>().unwrap(), id.parse().unwrap());
    let history = &world.app.history;
    history.append(&user, &id, &turn).await.unwrap();
}

async fn begin(world: &World, body: Value) -> Answer {
    world.call("POST", "anna", "/conversations", body).await
}

#[tokio::test]
async fn a_conversation_is_begun_named_listed_looked_at_and_removed() {
    let world = World::new().await;
    let begun = begin(&world, json!({})).await;
    assert_eq!(begun.status, StatusCode::CREATED, "{}", begun.text);
    let id = begun.body["conversation_id"].as_str().unwrap().to_owned();
    say(
        &world,
        &id,
        &"What is on the photo of the old harbour in the north? ".repeat(4),
    )
    .await;
    let listed = world.get("anna", "/conversations").await.body;
    assert_eq!(listed["history"], json!({"backend": "postgres"}));
    let [one] = &listed["conversations"].as_array().unwrap()[..] else {
        panic!("{listed}")
    };
    assert_eq!(
        one["title"],
        "What is on the photo of the old harbour in the nor…"
    );
    assert_eq!(one["message_count"], 2);
    assert_eq!(one["preview"].as_str().unwrap().chars().count(), 101);
    let path = format!("/conversations/{id}");
    let renamed = world
        .call("PATCH", "anna", &path, json!({"title": " Harbour "}))
        .await;
    assert_eq!(renamed.body["title"], "Harbour");
    let whole = world.get("anna", &path).await.body;
    assert_eq!(whole["title"], "Harbour");
    assert_eq!(whole["messages"].as_array().unwrap().len(), 2);
    assert_eq!(whole["messages"][1]["role"], "assistant");
    let removed = world.call("DELETE", "anna", &path, json!({})).await;
    assert_eq!(
        removed.body,
        json!({"status": "deleted", "conversation_id": id})
    );
    for method in ["GET", "DELETE"] {
        assert_eq!(
            world.call(method, "anna", &path, json!({})).await.status,
            404
        );
    }
}

#[tokio::test]
async fn beginning_a_conversation_twice_gives_back_the_first() {
    let world = World::new().await;
    let body = json!({"conversation_id": "mine", "title": "First"});
    assert_eq!(begin(&world, body).await.status, StatusCode::CREATED);
    let again = begin(
        &world,
        json!({"conversation_id": "mine", "title": "Second"}),
    )
    .await;
    assert_eq!(
        (again.status, &again.body["title"]),
        (StatusCode::OK, &json!("First"))
    );
    let other = world.call(
        "POST",
        "ben",
        "/conversations",
        json!({"conversation_id": "mine"}),
    );
    assert_eq!(other.await.status, StatusCode::CREATED);
}

#[tokio::test]
async fn pages_go_through_all_conversations_once() {
    let world = World::new().await;
    for n in 0..7 {
        say(&world, &format!("c{n}"), "q").await;
    }
    let (mut seen, mut path) = (Vec::new(), "/conversations?limit=3".to_owned());
    loop {
        let page = world.get("anna", &path).await.body;
        for one in page["conversations"].as_array().unwrap() {
            seen.push(one["conversation_id"].as_str().unwrap().to_owned());
        }
        let Some(cursor) = page["next_cursor"].as_str() else {
            break;
        };
        path = format!("/conversations?limit=3&cursor={cursor}");
    }
    assert_eq!(seen.len(), 7);
    assert_eq!(seen.iter().collect::<BTreeSet<_>>().len(), 7);
}

#[tokio::test]
async fn what_does_not_fit_is_refused_in_words() {
    let world = World::new().await;
    begin(&world, json!({"conversation_id": "c"})).await;
    for (method, path, body) in [
        ("POST", "/conversations", json!({"conversation_id": "a#b"})),
        (
            "POST",
            "/conversations",
            json!({"conversation_id": "x".repeat(129)}),
        ),
        ("POST", "/conversations", json!({"title": " "})),
        ("POST", "/conversations", json!({"titel": "typo"})),
        (
            "PATCH",
            "/conversations/c",
            json!({"title": "x".repeat(501)}),
        ),
        ("PATCH", "/conversations/c", json!({"title": "a\u{0}b"})),
        ("PATCH", "/conversations/c", json!({})),
    ] {
        let answer = world.call(method, "anna", path, body.clone()).await;
        assert_eq!(
            answer.status,
            StatusCode::BAD_REQUEST,
            "{body}: {}",
            answer.text
        );
        assert!(answer.body["detail"].is_string(), "{body}: {}", answer.text);
    }
    for path in [
        "/conversations?limit=0",
        "/conversations?limit=101",
        "/conversations?cursor=x",
    ] {
        assert_eq!(
            world.get("anna", path).await.status,
            StatusCode::BAD_REQUEST,
            "{path}"
        );
    }
    assert_eq!(
        world.get("anna", "/conversations/a%23b").await.status,
        StatusCode::NOT_FOUND
    );
}

#[tokio::test]
async fn while_the_database_is_down_it_is_said_and_afterwards_nothing_is_missing() {
    let world = World::new().await;
    say(&world, "c", "before").await;
    let healthy = world.send(open("/health")).await;
    assert_eq!(healthy.body["status"], "healthy");
    assert_eq!(healthy.body["history"], json!({"backend": "postgres"}));

    world.outage.begin();
    say(&world, "c", "during").await;
    let health = world.send(open("/health")).await;
    assert_eq!(health.status, StatusCode::SERVICE_UNAVAILABLE);
    assert_eq!(health.body["status"], "degraded");
    assert_eq!(health.body["database"], "unreachable");
    assert_eq!(health.body["history"]["backend"], "json");
    let listed = world.get("anna", "/conversations").await;
    assert_eq!(listed.status, StatusCode::OK, "{}", listed.text);
    let why = listed.body["history"]["degraded"].as_str().unwrap();
    assert!(why.contains("will be added to it when it is back"), "{why}");
    let whole = world.get("anna", "/conversations/c").await;
    assert_eq!(whole.body["messages"].as_array().unwrap().len(), 2);
    // Whether there is such a one, nobody knows now.
    let unknown = world.get("anna", "/conversations/unknown").await;
    assert_eq!(unknown.status, StatusCode::SERVICE_UNAVAILABLE);

    world.outage.end();
    for _ in 0..100 {
        tokio::time::sleep(Duration::from_millis(100)).await;
        if world.send(open("/health")).await.body["status"] == "healthy" {
            break;
        }
    }
    let whole = world.get("anna", "/conversations/c").await.body;
    let said = whole["messages"].as_array().unwrap().iter();
    let asked: Vec<_> = said
        .filter(|m| m["role"] == "user")
        .map(|m| &m["content"])
        .collect();
    assert_eq!(asked, ["before", "during"]);
    assert_eq!(whole["history"], json!({"backend": "postgres"}));
    assert_eq!(
        world.get("anna", "/conversations/unknown").await.status,
        404
    );
}
