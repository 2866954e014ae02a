//! Answers from what a search found, and searches by an agent.

use axum::http::StatusCode;
use serde_json::{Value, json};
use wiremock::matchers::{header, path};
use wiremock::{Mock, ResponseTemplate};

use crate::models::{Line, script, search, sent};
use crate::search::{models_work, searchable};
use crate::world::World;

async fn world(lines: impl IntoIterator<Item = Line>) -> (World, String) {
    let world = World::new().await;
    models_work(&world).await;
    script(&world.models, lines).await;
    let id = searchable(&world, "u", "A sandy beach.").await;
    (world, id)
}

async fn find(world: &World, body: Value) -> Value {
    let answer = world.call("POST", "u", "/search", body.clone()).await;
    assert_eq!(answer.status, StatusCode::OK, "{body}: {}", answer.text);
    answer.body
}

#[tokio::test]
async fn an_answer_cites_the_items_it_rests_on() {
    let (world, id) = world([Line::Says(
        "There is a sandy beach [Item 1]. It may be warm there.",
    )])
    .await;
    let found = find(&world, json!({"query": "beach"})).await;
    assert_eq!(
        found["answer"],
        "There is a sandy beach [Item 1]. It may be warm there."
    );
    assert_eq!(
        found["citations"],
        json!([{"number": 1, "item_id": id, "headline": "A sandy beach."}])
    );
    assert_eq!(found["answer_confidence"], 0.5);
    assert!(found["answer_time_ms"].is_u64() && found["retrieval_time_ms"].is_u64());
    assert_eq!(
        (&found["agent_reasoning"], &found["tools_used"]),
        (&json!([]), &json!([]))
    );
    let asked = &sent(&world, "/v1/messages").await[0];
    assert_eq!(
        asked["tool_choice"],
        json!({"type": "none"}),
        "all that is left is to answer"
    );
}

#[tokio::test]
async fn no_answer_is_made_where_none_is_wanted_or_nothing_was_found() {
    let (world, _) = world([Line::Says("never")]).await;
    for body in [
        json!({"query": "beach", "include_answer": false}),
        json!({"query": "beach", "category_filter": "Nothing"}),
        json!({"query": "zebra", "search_type": "bm25"}),
    ] {
        let found = find(&world, body).await;
        assert_eq!(
            (&found["answer"], &found["answer_confidence"]),
            (&Value::Null, &Value::Null)
        );
        assert_eq!(found["citations"], json!([]));
    }
    assert!(sent(&world, "/v1/messages").await.is_empty());
}

#[tokio::test]
async fn a_model_may_say_that_nothing_answers() {
    let (world, _) = world([Line::Says("NO_ANSWER")]).await;
    let found = find(&world, json!({"query": "beach"})).await;
    assert_eq!(
        (&found["answer"], &found["total_results"]),
        (&Value::Null, &json!(1))
    );
}

#[tokio::test]
async fn without_a_model_there_are_results_and_the_answer_says_what_is_missing() {
    let (world, _) = world([Line::Breaks(ResponseTemplate::new(401))]).await;
    for kind in ["hybrid", "agentic"] {
        let found = find(&world, json!({"query": "beach", "search_type": kind})).await;
        assert_eq!(
            (&found["total_results"], &found["answer"]),
            (&json!(1), &Value::Null)
        );
        assert!(
            found["degraded"]
                .as_str()
                .unwrap()
                .contains("no model answers"),
            "{kind}"
        );
    }
}

#[tokio::test]
async fn the_answering_model_can_be_chosen_among_those_that_are_configured() {
    let (world, _) = world([Line::Says("never")]).await;
    for name in ["gpt-4o", "evil-model", "ollama/llama3.1"] {
        let body = json!({"query": "beach", "answer_model": name});
        let answer = world.call("POST", "u", "/search", body).await;
        assert_eq!(
            answer.status,
            StatusCode::BAD_REQUEST,
            "{name}: {}",
            answer.text
        );
    }
    let (world, _) = self::world([Line::Says("never")]).await;
    world.aws.set_parameter("openai/api_key", "canary-openai");
    let stream = "data: {\"model\":\"gpt-4o-1\",\"choices\":[{\"delta\":{\"content\":\"By [Item 1].\"}}]}\n\ndata: [DONE]\n\n";
    Mock::given(path("/v1/chat/completions"))
        .and(header("authorization", "Bearer canary-openai"))
        .respond_with(ResponseTemplate::new(200).set_body_raw(stream, "text/event-stream"))
        .mount(&world.models)
        .await;
    let found = find(&world, json!({"query": "beach", "answer_model": "gpt-4o"})).await;
    assert_eq!(found["answer"], "By [Item 1].");
    assert_eq!(
        sent(&world, "/v1/chat/completions").await[0]["model"],
        "gpt-4o"
    );
}

#[tokio::test]
async fn an_agent_searches_again_only_for_a_reason() {
    let again = |query: &str, refine: Option<&str>| {
        let mut call = json!({"query": query});
        if let Some(reason) = refine {
            call["refine"] = json!(reason);
        }
        Line::Calls(vec![("search_collection", call)])
    };
    let (world, _) = world([
        again("beach", None),
        again("shore", None),
        again("coast", Some("off_topic")),
        Line::Says("The third beach [Item 3]."),
    ])
    .await;
    for _ in 0..3 {
        searchable(&world, "u", "A sandy beach.").await;
    }
    searchable(&world, "other", "A sandy beach.").await;
    let found = find(
        &world,
        json!({"query": "beach photos", "search_type": "agentic"}),
    )
    .await;
    assert_eq!(found["total_results"], 4);
    assert_eq!(
        found["results"][0]["number"], 3,
        "what the answer names comes first"
    );
    assert_eq!(found["answer"], "The third beach [Item 3].");
    assert_eq!(found["tools_used"], json!(["search_collection"]));
    let reasoning = found["agent_reasoning"].as_array().unwrap();
    assert_eq!(reasoning.len(), 3, "{reasoning:?}");
    assert!(
        reasoning[1].as_str().unwrap().contains("not used"),
        "{reasoning:?}"
    );
    assert_eq!(
        reasoning[2],
        "Searched the collection for \"coast\": 4 items"
    );
}

#[tokio::test]
async fn an_agent_that_finds_nothing_answers_nothing() {
    let lines = [search("zebra"), Line::Says("I imagine a zebra.")];
    let world = World::new().await;
    models_work(&world).await;
    script(&world.models, lines).await;
    let found = find(&world, json!({"query": "zebra", "search_type": "agentic"})).await;
    assert_eq!(
        (&found["answer"], &found["total_results"]),
        (&Value::Null, &json!(0))
    );
}
