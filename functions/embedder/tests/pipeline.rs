//! The embedder between a small AWS, a model server and a real PostgreSQL.
#![allow(clippy::unwrap_used)]

use std::time::{Duration, SystemTime};

use collections_core::contract::EnvKey;
use collections_core::contract::events::{AnalysisComplete, RebuildRequested};
use collections_core::contract::functions::Embedder as Function;
use collections_core::contract::parameters::prefix;
use collections_core::db::analyses::{self, NewAnalysis};
use collections_core::db::items::{self, NewItem};
use collections_core::db::{Db, embeddings};
use collections_core::domain::{AnalysisId, Description, Status, UserId};
use collections_core::lambda::Invocation;
use collections_core::providers::http::Patience;
use collections_core::queue::{Answer, Delivery};
use collections_core::{Cloud, Settings};
use embedder::{Embedder, batch};
use serde_json::{Value, json};
use testkit::events::{delivery, delivery_of, envelope, malformed};
use testkit::{FakeAws, TestDatabase};
use wiremock::{Mock, MockServer, Request, ResponseTemplate, matchers::path};

struct World {
    database: TestDatabase,
    models: MockServer,
    embedder: Embedder,
    _aws: FakeAws,
}

fn user() -> UserId {
    "u".parse().unwrap()
}

/// Embeds everything, but refuses a request with the word "poison" in it.
fn voyage(request: &Request) -> ResponseTemplate {
    let body: Value = serde_json::from_slice(&request.body).unwrap();
    let texts = body["input"].as_array().unwrap();
    if texts
        .iter()
        .any(|text| text.as_str().unwrap().contains("poison"))
    {
        return ResponseTemplate::new(400).set_body_json(json!({"detail": "cannot be embedded"}));
    }
    let mut vector = vec![0.0; 1024];
    vector[0] = 1.0;
    let data: Vec<_> = (0..texts.len())
        .map(|index| json!({"index": index, "embedding": vector}))
        .collect();
    ResponseTemplate::new(200).set_body_json(json!({"data": data, "usage": {"total_tokens": 5}}))
}

impl World {
    async fn new() -> Self {
        let (aws, database) = (FakeAws::start().await, testkit::database().await);
        let models = MockServer::start().await;
        Mock::given(path("/v1/embeddings"))
            .respond_with(voyage)
            .mount(&models)
            .await;
        aws.set_parameter("voyage/api_key", "key");
        aws.set_parameter("voyage/embedding_model", "voyage-3.5-lite");
        aws.set_parameter("voyage/embedding_dimensions", "1024");
        let settings = Settings::from_values([
            (EnvKey::ParameterPrefix, prefix("test")),
            (EnvKey::VoyageBaseUrl, models.uri()),
        ]);
        let cloud = Cloud::<Function>::new(settings, aws.config());
        let patience = Patience {
            backoff: Duration::from_millis(2),
            ..Patience::default()
        };
        let embedder = Embedder::over(&cloud, Db::over(database.pool()), patience).unwrap();
        Self {
            database,
            models,
            embedder,
            _aws: aws,
        }
    }

    /// An item with an analysis, and the event that tells of it.
    async fn analyzed(&self, id: &str, summary: &str) -> Value {
        let mut db = self.database.pool().acquire().await.unwrap();
        let item = NewItem {
            id: id.parse().unwrap(),
            user_id: user(),
            filename: "f".into(),
            original_filename: None,
            file_path: "p".into(),
            file_size: None,
            mime_type: None,
            status: Status::Uploaded,
        };
        items::insert(&mut db, &item).await.unwrap();
        let description = json!({"category": "C", "summary": summary});
        let new = NewAnalysis {
            id: AnalysisId::of(&item.id, "w"),
            item_id: item.id.clone(),
            user_id: user(),
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
        envelope(
            id,
            &AnalysisComplete {
                item_id: id.into(),
                analysis_id: new.id.to_string(),
                user_id: "u".into(),
            },
        )
    }

    async fn deliver(&self, events: &[Value]) -> Answer {
        let delivery: Delivery = serde_json::from_value(delivery(events)).unwrap();
        batch::handle(&self.embedder, delivery, &Invocation::default())
            .await
            .unwrap()
    }

    async fn count(&self) -> i64 {
        let mut db = self.database.pool().acquire().await.unwrap();
        embeddings::count(&mut db, &user()).await.unwrap()
    }

    async fn requests(&self) -> usize {
        self.models.received_requests().await.unwrap().len()
    }
}

#[tokio::test]
async fn a_delivery_is_embedded_with_one_request_and_a_second_one_with_none() {
    let world = World::new().await;
    let mut events = Vec::new();
    for n in 0..5 {
        events.push(world.analyzed(&format!("i{n}"), "text").await);
    }
    assert_eq!(world.deliver(&events).await, Answer::default());
    assert_eq!((world.count().await, world.requests().await), (5, 1));
    assert_eq!(world.deliver(&events).await, Answer::default());
    assert_eq!((world.count().await, world.requests().await), (5, 1));
}

#[tokio::test]
async fn one_bad_text_fails_alone() {
    let world = World::new().await;
    let events = [
        world.analyzed("a", "good").await,
        world.analyzed("b", "poison").await,
        world.analyzed("c", "good").await,
    ];
    let answer = world.deliver(&events).await;
    assert_eq!(answer.batch_item_failures.len(), 1);
    assert_eq!(answer.batch_item_failures[0].item_identifier, "m1");
    assert_eq!(world.count().await, 2);
}

#[tokio::test]
async fn a_busy_model_is_not_asked_again_for_each_of_a_delivery() {
    let world = World::new().await;
    world.models.reset().await;
    Mock::given(path("/v1/embeddings"))
        .respond_with(ResponseTemplate::new(429))
        .mount(&world.models)
        .await;
    let mut events = Vec::new();
    for n in 0..5 {
        events.push(world.analyzed(&format!("i{n}"), "text").await);
    }
    let answer = world.deliver(&events).await;
    assert_eq!(answer.batch_item_failures.len(), 5);
    assert!(world.requests().await < 5, "once, with its repetitions");
}

#[tokio::test]
async fn a_rebuild_leaves_out_what_cannot_be_embedded_and_comes_to_its_end() {
    let world = World::new().await;
    for (id, summary) in [("a", "text"), ("b", "poison"), ("c", "text"), ("d", "text")] {
        world.analyzed(id, summary).await;
    }
    let mut db = world.database.pool().acquire().await.unwrap();
    for sql in [
        // As an old database had it: said in columns alone.
        "UPDATE analyses SET raw_response = '{\"headline\": \"h\"}' WHERE item_id = 'c'",
        "UPDATE analyses SET raw_response = '\"no object\"' WHERE item_id = 'd'",
    ] {
        sqlx::query(sql).execute(&mut *db).await.unwrap();
    }
    assert_eq!(world.deliver(&[rebuild()]).await, Answer::default());
    let embedded: Vec<String> = sqlx::query_scalar("SELECT item_id FROM embeddings ORDER BY 1")
        .fetch_all(&mut *db)
        .await
        .unwrap();
    assert_eq!(embedded, ["a", "c"]);
}

#[tokio::test]
async fn a_rebuild_that_runs_out_of_time_fails_alone_and_goes_on_later() {
    let world = World::new().await;
    world.analyzed("old", "text").await;
    let events = [rebuild(), world.analyzed("new", "text").await];
    let delivery: Delivery = serde_json::from_value(delivery(&events)).unwrap();
    let hurried = Invocation {
        deadline: Some(SystemTime::now() + Duration::from_secs(1)),
        ..Invocation::default()
    };
    let answer = batch::handle(&world.embedder, delivery, &hurried).await;
    let failures = answer.unwrap().batch_item_failures;
    assert_eq!((failures.len(), world.count().await), (1, 1));
    assert_eq!(failures[0].item_identifier, "m0");
    assert_eq!(world.deliver(&events[..1]).await, Answer::default());
    assert_eq!(world.count().await, 2);
}

fn rebuild() -> Value {
    let user_id = "u".into();
    let mut request = envelope("r", &RebuildRequested { user_id });
    request["time"] = json!("2000-01-01T00:00:00Z");
    request
}

#[tokio::test]
async fn a_rebuild_embeds_all_again_in_batches_and_once() {
    let world = World::new().await;
    for n in 0..130 {
        world.analyzed(&format!("i{n}"), "text").await;
    }
    let request = rebuild();
    assert_eq!(
        world.deliver(std::slice::from_ref(&request)).await,
        Answer::default()
    );
    assert_eq!((world.count().await, world.requests().await), (130, 2));
    assert_eq!(world.deliver(&[request]).await, Answer::default());
    assert_eq!(
        world.requests().await,
        2,
        "what was rebuilt since is not rebuilt again"
    );
}

#[tokio::test]
async fn no_malformed_event_stops_the_others_or_is_taken_for_handled() {
    let world = World::new().await;
    let good = world.analyzed("a", "text").await;
    let mut bodies = malformed(&good, &["analysis_id", "user_id"]);
    let (broken, last) = (bodies.len(), good.to_string());
    bodies.push(last);
    let delivery: Delivery = serde_json::from_value(delivery_of(&bodies)).unwrap();
    let answer = batch::handle(&world.embedder, delivery, &Invocation::default())
        .await
        .unwrap();
    let failed: Vec<_> = answer
        .batch_item_failures
        .iter()
        .map(|failure| failure.item_identifier.clone())
        .collect();
    let handled = (0..broken).filter(|n| !failed.contains(&format!("m{n}")));
    let handled: Vec<_> = handled.map(|n| &bodies[n]).collect();
    assert!(handled.is_empty(), "{handled:#?}");
    assert_eq!(failed.len(), broken);
    assert_eq!(world.count().await, 1, "the good one");
}
