//! What may be kept of an answer, and how it travels.

use std::io::Read;

use axum::body::Body;
use axum::http::{StatusCode, header};
use serde_json::json;

use crate::world::{Answer, World, open, request};

async fn get_with(world: &World, path: &str, name: header::HeaderName, value: &str) -> Answer {
    let request = request("GET", path, "u").header(name, value);
    world.send(request.body(Body::empty()).unwrap()).await
}

#[tokio::test]
async fn what_is_as_before_is_not_sent_again() {
    let world = World::new().await;
    let first = world.get("u", "/items").await;
    assert_eq!(first.headers[header::CACHE_CONTROL], "private, no-cache");
    assert!(
        first
            .headers
            .get_all(header::VARY)
            .iter()
            .any(|by| by == "authorization")
    );
    let tag = first.headers[header::ETAG].to_str().unwrap().to_owned();
    for known in [
        &tag,
        "*",
        &format!("\"other\", {}", tag.trim_start_matches("W/")),
    ] {
        let again = get_with(&world, "/items", header::IF_NONE_MATCH, known).await;
        assert_eq!(again.status, StatusCode::NOT_MODIFIED, "{known}");
        assert_eq!(
            (again.text.as_str(), &again.headers[header::ETAG]),
            ("", &first.headers[header::ETAG])
        );
        assert!(again.headers.contains_key("x-request-id"));
    }
    world.item("u").await;
    let changed = get_with(&world, "/items", header::IF_NONE_MATCH, &tag).await;
    assert_eq!(
        (changed.status, changed.body["total"].as_i64()),
        (StatusCode::OK, Some(1))
    );
    let head = request("HEAD", "/items", "u").body(Body::empty()).unwrap();
    assert_eq!(world.send(head).await.headers.get(header::ETAG), None);
}

#[tokio::test]
async fn errors_actions_and_health_are_not_kept() {
    let world = World::new().await;
    let answers = [
        world.send(open("/health")).await,
        world.get("u", "/items/absent").await,
        world.send(open("/items")).await,
        world
            .call(
                "POST",
                "u",
                "/search",
                json!({"query": "beach", "search_type": "bm25"}),
            )
            .await,
    ];
    for answer in answers {
        assert_eq!(
            answer.headers[header::CACHE_CONTROL],
            "no-store",
            "{}",
            answer.text
        );
        assert_eq!(answer.headers.get(header::ETAG), None);
    }
    let id = world.item("u").await;
    let image = world.get("u", &format!("/items/{id}/image")).await;
    assert_eq!(image.headers[header::CACHE_CONTROL], "private, max-age=600");
}

#[tokio::test]
async fn large_answers_are_compressed_for_who_can_read_that() {
    let world = World::new().await;
    for _ in 0..10 {
        world.item("u").await;
    }
    let plain = world.get("u", "/items").await;
    assert_eq!(plain.headers.get(header::CONTENT_ENCODING), None);
    let packed = get_with(&world, "/items", header::ACCEPT_ENCODING, "gzip").await;
    assert_eq!(packed.headers[header::CONTENT_ENCODING], "gzip");
    assert!(packed.bytes.len() < plain.bytes.len() / 3);
    let mut text = String::new();
    flate2::read::GzDecoder::new(&*packed.bytes)
        .read_to_string(&mut text)
        .unwrap();
    assert_eq!(text, plain.text);
    assert_eq!(packed.headers[header::ETAG], plain.headers[header::ETAG]);
    let small = get_with(&world, "/items?limit=1", header::ACCEPT_ENCODING, "gzip").await;
    assert_eq!(small.headers.get(header::CONTENT_ENCODING), None);
}
