//! Search over HTTP.

use std::time::Duration;

use api::limits::Limits;
use axum::http::StatusCode;
use collections_core::db::analyses::{self, NewAnalysis};
use collections_core::db::embeddings::{self, NewEmbedding};
use collections_core::domain::{AnalysisId, Description};
use serde_json::json;
use wiremock::matchers::path;
use wiremock::{Mock, ResponseTemplate};

use crate::models::{Line, always, sent};
use crate::world::World;

fn axis() -> Vec<f32> {
    let mut vector = vec![0.0; 1024];
    vector[0] = 1.0;
    vector
}

/// Uploads an image that was described and embedded.
pub async fn searchable(world: &World, user: &str, summary: &str) -> String {
    let id = world.item(user).await;
    let mut db = world.database.pool().acquire().await.unwrap();
    let description = json!({"category": "Travel", "summary": summary});
    let new = NewAnalysis {
        id: AnalysisId::of(&id.parse().unwrap(), "w"),
        item_id: id.parse().unwrap(),
        user_id: user.parse().unwrap(),
        description: Description::from_value(description).unwrap(),
        provider: "p",
        model: "m".into(),
        trace_id: None,
        input_tokens: 0,
        output_tokens: 0,
        cost_nanodollars: None,
        object_sequencer: None,
    };
    analyses::insert(&mut db, &new).await.unwrap();
    let embedding = NewEmbedding {
        item_id: new.item_id,
        analysis_id: new.id,
        user_id: new.user_id,
        vector: axis(),
        model: "m".into(),
        source: json!({}),
    };
    assert!(embeddings::upsert(&mut db, &embedding).await.unwrap());
    id
}

/// Lets the embedding model answer, and the one that talks.
pub async fn models_work(world: &World) {
    let body = json!({"data": [{"index": 0, "embedding": axis()}], "usage": {"total_tokens": 1}});
    let answer = ResponseTemplate::new(200).set_body_json(body);
    Mock::given(path("/v1/embeddings"))
        .respond_with(answer)
        .mount(&world.models)
        .await;
    always(&world.models, Line::Says("It is this one [Item 1].")).await;
}

#[tokio::test]
async fn each_type_finds_the_callers_items_alone() {
    let world = World::new().await;
    models_work(&world).await;
    let id = searchable(&world, "u", "A sandy beach.").await;
    searchable(&world, "other", "A sandy beach.").await;
    for (kind, score_type) in [
        ("bm25", "bm25"),
        ("vector", "similarity"),
        ("hybrid", "hybrid_rrf"),
    ] {
        let body = json!({"query": "beach", "search_type": kind});
        let answer = world.call("POST", "u", "/search", body).await;
        assert_eq!(answer.status, StatusCode::OK, "{}", answer.body);
        assert_eq!(answer.body["total_results"], 1, "{kind}");
        let result = &answer.body["results"][0];
        assert_eq!(
            (&result["item_id"], &result["rank"]),
            (&json!(id), &json!(1))
        );
        assert_eq!(result["score_type"], score_type);
    }
    // One text, one request: the vector of a query is kept.
    assert_eq!(sent(&world, "/v1/embeddings").await.len(), 1);
    let status = world.get("u", "/vector-index/status").await;
    assert_eq!(status.body, json!({"num_documents": 1, "num_items": 1}));
}

#[tokio::test]
async fn without_the_model_words_are_left_and_the_answer_says_so() {
    let world = World::new().await;
    searchable(&world, "u", "A sandy beach.").await;
    let answer = world
        .call("POST", "u", "/search", json!({"query": "beach"}))
        .await;
    assert_eq!(
        (answer.status, &answer.body["total_results"]),
        (StatusCode::OK, &json!(1))
    );
    assert!(answer.body["degraded"].is_string());
    let body = json!({"query": "beach", "search_type": "vector"});
    let answer = world.call("POST", "u", "/search", body).await;
    assert_eq!(answer.status, StatusCode::SERVICE_UNAVAILABLE);
}

#[tokio::test]
async fn a_model_that_hangs_is_not_waited_for() {
    let world = World::limited(Limits {
        embed_within: Duration::from_millis(100),
        ..Limits::default()
    })
    .await;
    let hangs = ResponseTemplate::new(200).set_delay(Duration::from_secs(60));
    Mock::given(path("/v1/embeddings"))
        .respond_with(hangs)
        .mount(&world.models)
        .await;
    let id = searchable(&world, "u", "A sandy beach.").await;
    let search = async |kind: &str| {
        let body = json!({"query": "beach", "search_type": kind, "include_answer": false});
        let answer = world.call("POST", "u", "/search", body);
        let answer = tokio::time::timeout(Duration::from_secs(5), answer).await;
        answer.expect("nobody waits for the model")
    };
    let hybrid = search("hybrid").await;
    assert_eq!(hybrid.status, StatusCode::OK, "{}", hybrid.text);
    assert_eq!(hybrid.body["results"][0]["item_id"], id);
    assert!(hybrid.body["degraded"].is_string(), "{}", hybrid.text);
    let vector = search("vector").await;
    assert_eq!(vector.status, StatusCode::SERVICE_UNAVAILABLE);
}

#[tokio::test]
async fn bad_searches_are_refused() {
    let world = World::new().await;
    for body in [
        json!({}),
        json!({"query": "ab"}),
        json!({"query": "x".repeat(1001)}),
        json!({"query": "beach", "top_k": 0}),
        json!({"query": "beach", "top_k": 51}),
        json!({"query": "beach", "search_type": "magic"}),
        json!({"query": "beach", "min_similarity_score": 1.5}),
        json!({"query": "beach", "user_id": "other"}),
        json!({"query": ["beach"]}),
    ] {
        let answer = world.call("POST", "u", "/search", body.clone()).await;
        assert!(answer.status.is_client_error(), "{body}: {}", answer.status);
        assert_eq!(answer.headers["content-type"], "application/problem+json");
    }
}
