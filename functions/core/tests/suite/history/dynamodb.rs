//! Checkpoints: what is written, when it expires, and what becomes of large states.

use std::sync::Arc;
use std::time::Duration;

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use collections_core::Settings;
use collections_core::chat::history::{Dynamodb, Error, History, Message, Metadata, Role, Turn};
use collections_core::clock::{Clock, ManualClock};
use collections_core::contract::EnvKey;
use collections_core::contract::functions::Api;
use collections_core::contract::parameters::prefix;
use serde_json::Value;
use testkit::FakeAws;

use super::conformance::{conforms, everything, id, moment, noise, questions, turn, user};

const HOUR: Duration = Duration::from_secs(3600);

struct World {
    aws: FakeAws,
    clock: Arc<ManualClock>,
    history: Dynamodb<Api>,
}

impl World {
    async fn new() -> Self {
        let aws = FakeAws::start().await;
        aws.set_parameter("checkpoint/ttl_hours", "4");
        let clock = Arc::new(ManualClock::default());
        Self {
            history: another(&aws, &clock),
            aws,
            clock,
        }
    }

    async fn append(&self, question: &str) -> Result<u64, Error> {
        let at = self.clock.now();
        let appended = self
            .history
            .append(&user("u"), &id("s"), &turn(question, at))
            .await;
        appended.map(|conversation| conversation.message_count)
    }

    async fn questions(&self) -> Option<Vec<String>> {
        let thread = self.history.load(&user("u"), &id("s")).await.unwrap()?;
        Some(questions(&thread).into_iter().map(str::to_owned).collect())
    }

    fn rows(&self) -> Vec<Value> {
        self.aws.state().rows.clone()
    }
}

/// A second instance on the same table.
fn another(aws: &FakeAws, clock: &Arc<ManualClock>) -> Dynamodb<Api> {
    let settings = Settings::from_values([
        (EnvKey::CheckpointTableName, "checkpoints".to_owned()),
        (EnvKey::BucketName, testkit::aws::BUCKET.to_owned()),
        (EnvKey::ParameterPrefix, prefix("test")),
    ]);
    Dynamodb::new(&aws.config(), &settings, clock.clone()).unwrap()
}

#[tokio::test]
async fn dynamodb_conforms() {
    let world = World::new().await;
    conforms(Arc::new(world.history)).await;
}

#[tokio::test]
async fn a_turn_is_one_write_and_resuming_is_one_query() {
    let world = World::new().await;
    for n in 1..=15 {
        let before = world.aws.state().item_writes;
        world.append(&format!("q{n}")).await.unwrap();
        assert_eq!(world.aws.state().item_writes, before + 1);
    }
    let before = world.aws.state().queries;
    assert_eq!(world.questions().await.unwrap().len(), 15);
    assert_eq!(world.aws.state().queries, before + 1);
}

#[tokio::test]
async fn every_checkpoint_has_what_the_index_and_the_expiry_need() {
    let world = World::new().await;
    world.append("first").await.unwrap();
    world.clock.pass(HOUR);
    world.append("second").await.unwrap();
    world
        .history
        .rename(&user("u"), &id("s"), "Named")
        .await
        .unwrap();
    assert!(world.history.delete(&user("u"), &id("s")).await.unwrap());
    world.append("third").await.unwrap();
    let rows = world.rows();
    assert!(rows.len() >= 2, "{rows:?}");
    for row in &rows {
        assert_eq!(row["thread_id"]["S"], "u#s");
        assert_eq!(row["user_id"]["S"], "u");
        let number = |name: &str| row[name]["N"].as_str().unwrap().parse::<f64>().unwrap();
        assert!(number("last_activity") > 1.7e9, "{row}");
        assert!(
            number("expires_at") >= number("last_activity") + 3.9 * 3600.0,
            "{row}"
        );
        assert!(
            number("created_at") > 1.7e9 && number("message_count") >= 0.0,
            "{row}"
        );
        let checkpoint = row["checkpoint_id"]["S"].as_str().unwrap();
        assert_eq!(
            uuid::Uuid::parse_str(checkpoint).unwrap().get_version_num(),
            7
        );
    }
    let ids: Vec<_> = rows
        .iter()
        .map(|row| row["checkpoint_id"]["S"].to_string())
        .collect();
    assert!(ids.is_sorted(), "{ids:?}");
}

#[tokio::test]
async fn activity_prolongs_a_conversation_and_silence_ends_it() {
    let world = World::new().await;
    world.append("one").await.unwrap();
    for question in ["two", "three"] {
        world.clock.pass(3 * HOUR);
        world.append(question).await.unwrap();
    }
    // Six hours after its beginning, and one after its last checkpoint expired.
    assert_eq!(world.questions().await.unwrap(), ["one", "two", "three"]);
    world.clock.pass(4 * HOUR);
    assert_eq!(world.questions().await, None);
    let (user, id) = (user("u"), id("s"));
    assert_eq!(world.history.list(&user, &everything()).await.unwrap(), []);
    assert_eq!(world.history.rename(&user, &id, "x").await.unwrap(), None);
    assert!(!world.history.delete(&user, &id).await.unwrap());
    assert_eq!(world.rows().len(), 3, "the table has not removed them");
    assert_eq!(world.append("anew").await.unwrap(), 2);
    assert_eq!(world.questions().await.unwrap(), ["anew"]);
    assert_eq!(
        world
            .history
            .list(&user, &everything())
            .await
            .unwrap()
            .len(),
        1
    );
}

#[tokio::test]
async fn the_life_of_a_checkpoint_is_the_parameter() {
    let world = World::new().await;
    world.aws.set_parameter("checkpoint/ttl_hours", "1");
    world.append("short").await.unwrap();
    world.clock.pass(HOUR);
    assert_eq!(world.questions().await, None);
    for wrong in ["0", "721", "4h"] {
        world.aws.set_parameter("checkpoint/ttl_hours", wrong);
        let history = another(&world.aws, &world.clock);
        let said = turn("q", moment(0));
        let error = history
            .append(&user("u"), &id("s"), &said)
            .await
            .unwrap_err();
        assert!(
            error
                .to_string()
                .contains("checkpoint/ttl_hours must be from 1 to 720"),
            "{error}"
        );
    }
}

#[tokio::test]
async fn instances_that_write_at_once_lose_nothing() {
    let world = World::new().await;
    let writers = (0..8).map(|n| {
        let history = another(&world.aws, &world.clock);
        tokio::spawn(async move {
            let said = turn(&format!("q{n}"), moment(0));
            history.append(&user("u"), &id("s"), &said).await.unwrap();
        })
    });
    for writer in writers.collect::<Vec<_>>() {
        writer.await.unwrap();
    }
    let mut found = world.questions().await.unwrap();
    found.sort();
    assert_eq!(found, (0..8).map(|n| format!("q{n}")).collect::<Vec<_>>());
}

/// The text of a message that makes a state of about that size.
#[allow(clippy::needless_pass_by_value, reason = "made for the call")]
fn long(text: String) -> Turn {
    let at = moment(0);
    let message = |text: &str| Message::new(Role::User, text, at);
    let half = text.len() / 2;
    let messages = vec![message(&text[..half]), message(&text[half..])];
    Turn::new(messages, Metadata::new()).unwrap()
}

#[tokio::test]
async fn a_large_state_is_compressed_and_a_larger_one_is_in_the_bucket() {
    let world = World::new().await;
    let (user, id) = (user("u"), id("s"));
    let text = "All work and no play. ".repeat(20_000);
    world
        .history
        .append(&user, &id, &long(text.clone()))
        .await
        .unwrap();
    let row = world.rows().pop().unwrap();
    assert_eq!(row["encoding"]["S"], "gzip");
    let bytes = STANDARD
        .decode(row["checkpoint"]["B"].as_str().unwrap())
        .unwrap();
    assert!(bytes.len() < 10_000 && bytes.starts_with(&[0x1f, 0x8b]));
    assert!(world.aws.state().objects.is_empty());
    world
        .history
        .append(&user, &id, &long(noise(500_000, 1)))
        .await
        .unwrap();
    let row = world.rows().pop().unwrap();
    assert_eq!(row["encoding"]["S"], "object");
    assert_eq!(row.get("checkpoint"), None);
    let objects: Vec<_> = world.aws.state().objects.keys().cloned().collect();
    let object = row["object_id"]["S"].as_str().unwrap();
    assert_eq!(objects, [format!("u/checkpoints/{object}.gz")]);
    let thread = world.history.load(&user, &id).await.unwrap().unwrap();
    let said: String = thread.messages().map(|m| m.content.as_str()).collect();
    assert!(said == text + &noise(500_000, 1), "the messages differ");
    assert!(world.history.delete(&user, &id).await.unwrap());
    assert!(
        world.aws.state().objects.is_empty(),
        "the state was left behind"
    );
    assert_eq!(world.rows().len(), 1, "only the mark of the removal stays");
}

#[tokio::test]
async fn checkpoints_that_were_replaced_go_from_time_to_time_with_their_objects() {
    let world = World::new().await;
    let (user, id) = (user("u"), id("s"));
    world
        .history
        .append(&user, &id, &long(noise(500_000, 2)))
        .await
        .unwrap();
    for n in 0..40 {
        world.append(&format!("q{n}")).await.unwrap();
        let state = world.aws.state();
        assert!(state.rows.len() <= 17, "{} after {n}", state.rows.len());
        assert_eq!(state.rows.len(), state.objects.len());
    }
    assert_eq!(world.questions().await.unwrap().len(), 42);
    assert_eq!(
        world
            .history
            .list(&user, &everything())
            .await
            .unwrap()
            .len(),
        1
    );
}

#[tokio::test]
async fn a_state_whose_object_is_gone_is_an_error_and_not_an_empty_conversation() {
    let world = World::new().await;
    let (user, id) = (user("u"), id("s"));
    world
        .history
        .append(&user, &id, &long(noise(500_000, 3)))
        .await
        .unwrap();
    world.aws.state().objects.clear();
    let error = world.history.load(&user, &id).await.unwrap_err();
    assert!(error.to_string().contains("is gone"), "{error}");
    assert!(world.append("over it").await.is_err());
}
