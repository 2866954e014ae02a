//! The analyzer between a small AWS, a model server and a real PostgreSQL.
#![allow(clippy::unwrap_used)]

use std::time::Duration;

use analyzer::Analyzer;
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use collections_core::contract::EnvKey;
use collections_core::contract::events::{AnalysisRequested, ImageProcessed};
use collections_core::contract::functions::Analyzer as Function;
use collections_core::contract::parameters::prefix;
use collections_core::db::items::{self, NewItem, Processed};
use collections_core::db::{Db, analyses};
use collections_core::domain::{Analysis, Item, ItemId, Status, UserId};
use collections_core::lambda::Invocation;
use collections_core::providers::http::Patience;
use collections_core::queue::{self, Answer, Delivery};
use collections_core::{Cloud, Settings};
use serde_json::{Value, json};
use testkit::events::{delivery, envelope};
use testkit::{FakeAws, TestDatabase};
use wiremock::matchers::path;
use wiremock::{Mock, MockServer, ResponseTemplate};

const GOOD: &str = "```json\n{\"category\":\"Travel\",\"summary\":\"A beach.\"}\n```";

struct World {
    aws: FakeAws,
    database: TestDatabase,
    models: MockServer,
    analyzer: Analyzer,
}

fn ids() -> (UserId, ItemId) {
    ("u".parse().unwrap(), "a".parse().unwrap())
}

fn processed(id: &str) -> Value {
    envelope(
        id,
        &ImageProcessed {
            item_id: "a".into(),
            user_id: "u".into(),
            bucket: "images".into(),
            original_key: "u/images/a.png".into(),
            thumbnail_key: "u/thumbnails/a.jpg".into(),
        },
    )
}

fn requested(id: &str, force: bool, provider: Option<&str>) -> Value {
    envelope(
        id,
        &AnalysisRequested {
            item_id: "a".into(),
            user_id: "u".into(),
            force,
            provider: provider.map(str::to_owned),
            model: None,
        },
    )
}

fn message(text: &str) -> ResponseTemplate {
    ResponseTemplate::new(200).set_body_json(json!({"model": "claude-1",
        "content": [{"type": "text", "text": text}], "usage": {"input_tokens": 9, "output_tokens": 4}}))
}

impl World {
    async fn new() -> Self {
        let (aws, database) = (FakeAws::start().await, testkit::database().await);
        let models = MockServer::start().await;
        aws.set_parameter("anthropic/api_key", "key");
        aws.state()
            .objects
            .insert("u/thumbnails/a.jpg".to_owned(), b"jpeg".to_vec());
        let settings = Settings::from_values([
            (EnvKey::BucketName, testkit::aws::BUCKET.to_owned()),
            (EnvKey::ParameterPrefix, prefix("test")),
            (EnvKey::AnthropicBaseUrl, models.uri()),
        ]);
        let cloud = Cloud::<Function>::new(settings, aws.config());
        let patience = Patience {
            backoff: Duration::from_millis(2),
            ..Patience::default()
        };
        let analyzer = Analyzer::over(&cloud, Db::over(database.pool()), patience).unwrap();
        let world = Self {
            aws,
            database,
            models,
            analyzer,
        };
        world.add_item().await;
        world
    }

    async fn add_item(&self) {
        let mut db = self.database.pool().acquire().await.unwrap();
        let (user_id, id) = ids();
        let item = NewItem {
            id: id.clone(),
            user_id: user_id.clone(),
            filename: "a.png".into(),
            original_filename: None,
            file_path: "u/images/a.png".into(),
            file_size: None,
            mime_type: None,
            status: Status::Uploaded,
        };
        items::insert(&mut db, &item).await.unwrap();
        let found = Processed {
            thumbnail_path: "u/thumbnails/a.jpg".into(),
            file_size: 1,
            mime_type: "image/png",
            width: 1,
            height: 1,
        };
        items::set_processed(&mut db, &user_id, &id, &found, None)
            .await
            .unwrap();
    }

    /// The item's original, of so many pixels across.
    async fn original(&self, bytes: &[u8], width: i32) {
        let key = "u/images/a.png".to_owned();
        self.aws.state().objects.insert(key, bytes.to_vec());
        let mut db = self.database.pool().acquire().await.unwrap();
        let (user, id) = ids();
        let found = Processed {
            thumbnail_path: "u/thumbnails/a.jpg".into(),
            file_size: 1,
            mime_type: "image/png",
            width,
            height: 1,
        };
        items::set_processed(&mut db, &user, &id, &found, None)
            .await
            .unwrap();
    }

    /// Type and bytes of the image that the last call of a model had.
    async fn shown(&self) -> (String, Vec<u8>) {
        let requests = self.models.received_requests().await.unwrap();
        let body: Value = requests.last().unwrap().body_json().unwrap();
        let content = body["messages"][0]["content"].as_array().unwrap().clone();
        let source = &content.iter().find(|part| part["type"] == "image").unwrap()["source"];
        let bytes = STANDARD.decode(source["data"].as_str().unwrap()).unwrap();
        (source["media_type"].as_str().unwrap().to_owned(), bytes)
    }

    async fn models_answer(&self, answer: ResponseTemplate) {
        self.models.reset().await;
        Mock::given(path("/v1/messages"))
            .respond_with(answer)
            .mount(&self.models)
            .await;
    }

    async fn deliver(&self, event: Value) -> Answer {
        let delivery: Delivery = serde_json::from_value(delivery(&[event])).unwrap();
        let handle = |envelope| self.analyzer.handle(envelope);
        queue::each(delivery, &Invocation::default(), handle)
            .await
            .unwrap()
    }

    async fn analyses(&self) -> Vec<Analysis> {
        let mut db = self.database.pool().acquire().await.unwrap();
        let (user, id) = ids();
        analyses::of_item(&mut db, &user, &id).await.unwrap()
    }

    async fn item(&self) -> Item {
        let mut db = self.database.pool().acquire().await.unwrap();
        let (user, id) = ids();
        items::get(&mut db, &user, &id).await.unwrap().unwrap()
    }

    fn announced(&self) -> Vec<Value> {
        self.aws.events("AnalysisComplete")
    }
}

#[tokio::test]
async fn a_processed_image_is_described_once_and_announced() {
    let world = World::new().await;
    world.models_answer(message(GOOD)).await;
    assert_eq!(world.deliver(processed("e1")).await, Answer::default());
    assert_eq!(world.deliver(processed("e1")).await, Answer::default());
    let analyses = world.analyses().await;
    assert_eq!(analyses.len(), 1);
    assert_eq!(analyses[0].category.as_deref(), Some("Travel"));
    assert_eq!(analyses[0].provider_used.as_deref(), Some("anthropic"));
    assert_eq!(analyses[0].model_used.as_deref(), Some("claude-1"));
    assert_eq!(analyses[0].trace_id.as_deref(), Some("Root=1-test"));
    let event = json!({"item_id": "a", "analysis_id": analyses[0].id, "user_id": "u"});
    assert_eq!(world.announced(), [event]);
    assert_eq!(world.item().await.status, Status::Analyzed);
    assert_eq!(world.models.received_requests().await.unwrap().len(), 1);
}

#[tokio::test]
async fn a_small_original_is_shown_as_it_is_and_a_large_one_as_its_thumbnail() {
    let world = World::new().await;
    let png = b"\x89PNG\r\n\x1a\n and a caption";
    let gif = b"GIF89a and many frames";
    let thumbnail = ("image/jpeg".to_owned(), b"jpeg".to_vec());
    let located = b"\x89PNG\r\n\x1a\n eXIf with a place";
    let large = [png.as_slice(), &[0; 3_500_000]].concat();
    let cases = [
        (png.as_slice(), 1568, ("image/png".to_owned(), png.to_vec())),
        (png.as_slice(), 1569, thumbnail.clone()),
        (gif.as_slice(), 100, thumbnail.clone()),
        (located.as_slice(), 100, thumbnail.clone()),
        (large.as_slice(), 100, thumbnail),
    ];
    for (number, (bytes, width, shown)) in cases.into_iter().enumerate() {
        world.original(bytes, width).await;
        world.models_answer(message(GOOD)).await;
        let event = requested(&format!("e{number}"), true, None);
        assert_eq!(world.deliver(event).await, Answer::default());
        assert_eq!(world.shown().await, shown, "case {number}");
    }
}

#[tokio::test]
async fn an_analysis_is_reused_unless_a_new_one_is_forced() {
    let world = World::new().await;
    world.models_answer(message(GOOD)).await;
    for event in [
        processed("e1"),
        requested("e2", false, None),
        requested("e3", true, None),
    ] {
        assert_eq!(world.deliver(event).await, Answer::default());
    }
    assert_eq!(
        world.deliver(requested("e3", true, None)).await,
        Answer::default()
    );
    let versions: Vec<_> = world.analyses().await.iter().map(|a| a.version).collect();
    assert_eq!(versions, [2, 1]);
    assert_eq!(world.announced().len(), 3);
}

#[tokio::test]
async fn a_crash_between_row_and_event_costs_no_second_call_of_the_model() {
    let world = World::new().await;
    world.models_answer(message(GOOD)).await;
    world.aws.state().refuse_events = vec![vec![0]; 4];
    assert_eq!(
        world
            .deliver(requested("e", true, None))
            .await
            .batch_item_failures
            .len(),
        1
    );
    assert_eq!(
        world.deliver(requested("e", true, None)).await,
        Answer::default()
    );
    assert_eq!(
        (world.analyses().await.len(), world.announced().len()),
        (1, 1)
    );
    assert_eq!(world.models.received_requests().await.unwrap().len(), 1);
}

#[tokio::test]
async fn what_the_model_cannot_do_now_is_delivered_again() {
    let world = World::new().await;
    for answer in [
        ResponseTemplate::new(503),
        message("Sorry."),
        ResponseTemplate::new(401),
    ] {
        world.models_answer(answer).await;
        assert_eq!(
            world
                .deliver(processed("e"))
                .await
                .batch_item_failures
                .len(),
            1
        );
    }
    assert_eq!(world.item().await.status, Status::Processed);
    world.models_answer(message(GOOD)).await;
    assert_eq!(world.deliver(processed("e")).await, Answer::default());
    assert_eq!(world.announced().len(), 1);
}

#[tokio::test]
async fn what_the_model_refuses_is_told_to_the_owner() {
    let world = World::new().await;
    let said = json!({"error": {"message": "Could not process image"}});
    world
        .models_answer(ResponseTemplate::new(400).set_body_json(said))
        .await;
    assert_eq!(world.deliver(processed("e")).await, Answer::default());
    let item = world.item().await;
    assert_eq!(item.status, Status::Refused);
    assert!(
        item.status_reason
            .unwrap()
            .contains("Could not process image")
    );
    assert!(world.announced().is_empty());
}

#[tokio::test]
async fn a_provider_that_is_not_configured_fails_and_a_deleted_item_does_not() {
    let world = World::new().await;
    for provider in ["openai", "ollama", "nobody"] {
        let answer = world
            .deliver(requested(provider, true, Some(provider)))
            .await;
        assert_eq!(answer.batch_item_failures.len(), 1, "{provider}");
    }
    let mut db = world.database.pool().acquire().await.unwrap();
    let (user, id) = ids();
    items::delete(&mut db, &user, &id).await.unwrap();
    assert_eq!(world.deliver(processed("e")).await, Answer::default());
    assert!(world.announced().is_empty());
}
