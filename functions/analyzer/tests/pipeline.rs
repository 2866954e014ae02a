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
use collections_core::db::items::{self, NewItem, Processed, Recorded, Seen};
use collections_core::db::{Db, analyses};
use collections_core::domain::{Analysis, Item, ItemId, Status, UserId};
use collections_core::lambda::Invocation;
use collections_core::providers::http::Patience;
use collections_core::queue::{Answer, Delivery};
use collections_core::{Cloud, Settings};
use serde_json::{Value, json};
use testkit::events::{delivery, delivery_of, envelope, malformed};
use testkit::{FakeAws, TestDatabase};
use wiremock::matchers::{header, path};
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
            (EnvKey::LangsmithEndpoint, models.uri()),
            (EnvKey::LangsmithPromptName, "the-prompt".to_owned()),
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
            again: false,
        };
        let seen = Seen::Stored(None);
        items::set_processed(&mut db, &user_id, &id, &found, seen, async { Ok(()) })
            .await
            .unwrap();
    }

    /// What the image processor records of a version of the original.
    async fn store_version(&self, sequencer: &str) {
        let mut db = self.database.pool().acquire().await.unwrap();
        let (user, id) = ids();
        let found = Processed {
            thumbnail_path: "u/thumbnails/a.jpg".into(),
            file_size: 1,
            mime_type: "image/png",
            width: 1,
            height: 1,
            again: false,
        };
        let seen = Seen::Version(sequencer);
        let recorded = items::set_processed(&mut db, &user, &id, &found, seen, async { Ok(()) });
        assert_eq!(recorded.await.unwrap(), Recorded::Recorded);
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
            again: false,
        };
        let seen = Seen::Stored(None);
        items::set_processed(&mut db, &user, &id, &found, seen, async { Ok(()) })
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
        let invocation = Invocation {
            request_id: "r-1".to_owned(),
            ..Invocation::default()
        };
        self.analyzer.deliver(delivery, &invocation).await.unwrap()
    }

    /// LangSmith with this prompt, if any; the path of a prompt is asked for with the key.
    async fn langsmith(&self, prompt: ResponseTemplate) {
        self.aws.set_parameter("langsmith/api_key", "canary");
        self.aws.set_parameter("langsmith/project", "project");
        Mock::given(path("/commits/-/the-prompt/latest"))
            .and(header("x-api-key", "canary"))
            .respond_with(prompt)
            .mount(&self.models)
            .await;
        Mock::given(path("/otel/v1/traces"))
            .respond_with(ResponseTemplate::new(200))
            .mount(&self.models)
            .await;
    }

    /// The bodies of what was sent to a path.
    async fn sent(&self, path: &str) -> Vec<Value> {
        let requests = self.models.received_requests().await.unwrap();
        let sent = requests.iter().filter(|request| request.url.path() == path);
        sent.map(|request| request.body_json().unwrap_or_default())
            .collect()
    }

    /// What the item's latest analysis cost, as it is stored.
    async fn stored_cost(&self) -> Option<i64> {
        let sql = "SELECT cost_nanodollars FROM analyses WHERE user_id = 'u' ORDER BY version DESC";
        let row: (Option<i64>,) = sqlx::query_as(sql)
            .fetch_one(&self.database.pool())
            .await
            .unwrap();
        row.0
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
    assert_eq!(analyses[0].trace_id.as_ref().unwrap().len(), 32);
    let event = json!({"item_id": "a", "analysis_id": analyses[0].id, "user_id": "u"});
    assert_eq!(world.announced(), [event]);
    assert_eq!(world.item().await.status, Status::Analyzed);
    assert_eq!(world.models.received_requests().await.unwrap().len(), 1);
}

#[tokio::test]
async fn the_hubs_prompt_is_used_and_the_call_is_told_to_langsmith() {
    let world = World::new().await;
    let mut answer: Value = serde_json::from_str(r#"{"model":"claude-sonnet-4-5"}"#).unwrap();
    answer["content"] = json!([{"type": "text", "text": GOOD}]);
    answer["usage"] = json!({"input_tokens": 1000, "output_tokens": 100});
    world
        .models_answer(ResponseTemplate::new(200).set_body_json(answer))
        .await;
    let template = json!({"id": ["PromptTemplate"], "kwargs": {"template": "From the hub {{}}"}});
    let system = json!({"id": ["SystemMessagePromptTemplate"], "kwargs": {"prompt": template}});
    let manifest = json!({"id": ["ChatPromptTemplate"], "kwargs": {"messages": [system]}});
    let commit = json!({"commit_hash": "0123456789", "manifest": manifest});
    world
        .langsmith(ResponseTemplate::new(200).set_body_json(commit))
        .await;
    assert_eq!(world.deliver(processed("e1")).await, Answer::default());
    assert_eq!(
        world.deliver(requested("e2", true, None)).await,
        Answer::default()
    );
    let asked = world.sent("/v1/messages").await;
    assert_eq!(asked[0]["system"], "From the hub {}");
    let looked_up = world.sent("/commits/-/the-prompt/latest").await;
    assert_eq!(looked_up.len(), 1, "a prompt is kept for a while");
    let told = world.sent("/otel/v1/traces").await;
    assert_eq!(told.len(), 2, "once per delivery");
    let text = told[0].to_string();
    let trace = world.analyses().await[1].trace_id.clone().unwrap();
    for part in [trace.as_str(), "\"r-1\"", "the-prompt:01234567", "0.0045"] {
        assert!(text.contains(part), "{part} is not in {text}");
    }
    for secret in ["canary", &STANDARD.encode(b"jpeg")] {
        assert!(!text.contains(secret), "{secret} is in {text}");
    }
    assert_eq!(world.stored_cost().await, Some(4_500_000));
}

#[tokio::test]
async fn a_hub_that_has_no_usable_prompt_or_is_away_stops_nothing() {
    let hangs = ResponseTemplate::new(200).set_delay(Duration::from_secs(60));
    let wants = json!({"id": ["PromptTemplate"], "kwargs": {"template": "Be {kind}"}});
    let unusable = json!({"commit_hash": "0", "manifest": wants});
    for prompt in [
        ResponseTemplate::new(404),
        ResponseTemplate::new(500),
        ResponseTemplate::new(200).set_body_string("no JSON"),
        ResponseTemplate::new(200).set_body_json(unusable),
        hangs,
    ] {
        let world = World::new().await;
        world.models_answer(message(GOOD)).await;
        world.langsmith(prompt).await;
        let begin = std::time::Instant::now();
        assert_eq!(world.deliver(processed("e")).await, Answer::default());
        assert!(begin.elapsed() < Duration::from_secs(30), "{begin:?}");
        let asked = world.sent("/v1/messages").await;
        let system = asked[0]["system"].as_str().unwrap();
        assert!(system.contains("You analyse images"), "{system}");
        assert_eq!(world.stored_cost().await, None, "claude-1 has no price");
    }
}

#[tokio::test]
async fn a_replaced_image_is_described_anew_and_never_by_what_was_seen_before() {
    let world = World::new().await;
    world.models_answer(message(GOOD)).await;
    world.store_version("01").await;
    assert_eq!(world.deliver(processed("e1")).await, Answer::default());
    world.store_version("02").await;
    assert_eq!(world.deliver(processed("e2")).await, Answer::default());
    assert_eq!(world.analyses().await.len(), 2, "another image");
    assert_eq!(world.deliver(processed("e3")).await, Answer::default());
    assert_eq!(world.analyses().await.len(), 2, "the same image");

    // Replaced while the model looks at the version before.
    let slow = message(GOOD).set_delay(Duration::from_secs(3));
    world.models_answer(slow).await;
    let replace = async {
        while world.sent("/v1/messages").await.is_empty() {
            tokio::time::sleep(Duration::from_millis(10)).await;
        }
        world.store_version("03").await;
    };
    let (answer, ()) = tokio::join!(world.deliver(requested("e4", true, None)), replace);
    assert_eq!(answer, Answer::default());
    assert_eq!(world.analyses().await.len(), 2, "it saw what is gone");
    assert_eq!(world.deliver(processed("e5")).await, Answer::default());
    assert_eq!(world.analyses().await.len(), 3);
    let announced = world.announced();
    assert_eq!(announced.len(), 4, "{announced:?}");
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

/// An account without credit, a model that takes other parameters: nothing is wrong with the image.
#[tokio::test]
async fn what_is_wrong_with_the_account_is_the_operators_and_refuses_no_image() {
    let world = World::new().await;
    for said in [
        "Your credit balance is too low to access the API.",
        "Unsupported parameter: 'max_tokens'",
        "This model does not support images",
    ] {
        let said = json!({"error": {"message": said}});
        world
            .models_answer(ResponseTemplate::new(400).set_body_json(said))
            .await;
        let answer = world.deliver(processed("e")).await;
        assert_eq!(answer.batch_item_failures.len(), 1);
        let item = world.item().await;
        assert_eq!((item.status, item.status_reason), (Status::Processed, None));
    }
    world.models_answer(message(GOOD)).await;
    assert_eq!(world.deliver(processed("e")).await, Answer::default());
    assert_eq!(world.item().await.status, Status::Analyzed);
}

#[tokio::test]
async fn an_item_that_is_described_stays_so_when_another_model_refuses_it() {
    let world = World::new().await;
    world.models_answer(message(GOOD)).await;
    assert_eq!(world.deliver(processed("e1")).await, Answer::default());
    let said = json!({"error": {"message": "Could not process image"}});
    world
        .models_answer(ResponseTemplate::new(400).set_body_json(said))
        .await;
    let again = requested("e2", true, None);
    assert_eq!(world.deliver(again).await, Answer::default());
    let item = world.item().await;
    assert_eq!(item.status, Status::Analyzed);
    let reason = item.status_reason.unwrap();
    assert!(reason.contains("Could not process image"), "{reason}");
}

#[tokio::test]
async fn a_choice_that_cannot_be_met_ends_at_once_and_is_told_to_the_owner() {
    let world = World::new().await;
    for provider in ["openai", "ollama", "nobody"] {
        let event = requested(provider, true, Some(provider));
        assert_eq!(world.deliver(event).await, Answer::default(), "{provider}");
        let item = world.item().await;
        assert_eq!(item.status, Status::Processed);
        let reason = item.status_reason.unwrap();
        assert!(reason.contains(provider), "{reason}");
    }
    let said = json!({"error": {"message": "model: no-such-model"}});
    world
        .models_answer(ResponseTemplate::new(404).set_body_json(said))
        .await;
    let event = requested("e", true, Some("anthropic"));
    assert_eq!(world.deliver(event).await, Answer::default());
    let reason = world.item().await.status_reason.unwrap();
    assert!(reason.contains("no-such-model"), "{reason}");
    // The same from the environment's own model is the operator's.
    let answer = world.deliver(processed("f")).await;
    assert_eq!(answer.batch_item_failures.len(), 1);
}

#[tokio::test]
async fn a_deleted_item_fails_nothing() {
    let world = World::new().await;
    let mut db = world.database.pool().acquire().await.unwrap();
    let (user, id) = ids();
    items::delete(&mut db, &user, &id).await.unwrap();
    assert_eq!(world.deliver(processed("e")).await, Answer::default());
    assert!(world.announced().is_empty());
}

#[tokio::test]
async fn no_malformed_event_stops_the_others_or_is_taken_for_handled() {
    let world = World::new().await;
    let good = processed("e");
    let mut bodies = malformed(&good, &["item_id", "user_id"]);
    let (broken, last) = (bodies.len(), good.to_string());
    bodies.push(last);
    let delivery: Delivery = serde_json::from_value(delivery_of(&bodies)).unwrap();
    let answer = {
        world.models_answer(message(GOOD)).await;
        let invocation = Invocation::default();
        world.analyzer.deliver(delivery, &invocation).await.unwrap()
    };
    let failed: Vec<_> = answer
        .batch_item_failures
        .iter()
        .map(|failure| failure.item_identifier.clone())
        .collect();
    let handled = (0..broken).filter(|n| !failed.contains(&format!("m{n}")));
    let handled: Vec<_> = handled.map(|n| &bodies[n]).collect();
    assert!(handled.is_empty(), "{handled:#?}");
    assert_eq!(failed.len(), broken);
    assert_eq!(world.announced().len(), 1, "the good one");
}
