//! The back end over the Data API: transactions, a cluster that wakes up, limits.

use std::sync::Arc;
use std::time::Duration;

use collections_core::Settings;
use collections_core::chat::history::{
    AuroraDataApi, Backend, Error, History, Message, Metadata, Role, Turn,
};
use collections_core::clock::{Clock, ManualClock};
use collections_core::contract::EnvKey;
use collections_core::contract::functions::Api;
use testkit::rds_data::{CLUSTER, SECRET};
use testkit::{RdsData, TestDatabase};

use super::conformance::{conforms, everything, id, moment, noise, questions, turn, user};

struct World {
    api: RdsData,
    clock: Arc<ManualClock>,
    history: AuroraDataApi,
    _database: TestDatabase,
}

impl World {
    async fn new() -> Self {
        let database = testkit::database().await;
        let api = RdsData::start(&database).await;
        let settings = Settings::<Api>::from_values([
            (EnvKey::DbClusterArn, CLUSTER.to_owned()),
            (EnvKey::DbSecretArn, SECRET.to_owned()),
            (EnvKey::DbName, api.database().to_owned()),
        ]);
        let clock = Arc::new(ManualClock::default());
        let history = AuroraDataApi::new(&api.config(), &settings, clock.clone()).unwrap();
        Self {
            api,
            clock,
            history,
            _database: database,
        }
    }

    async fn append(&self, question: &str) -> Result<u64, Error> {
        let mut said = turn(question, moment(0));
        said.metadata.insert("k".into(), question.into());
        let appended = self.history.append(&user("u"), &id("s"), &said).await;
        appended.map(|conversation| conversation.message_count)
    }

    async fn questions(&self) -> Vec<String> {
        let thread = self.history.load(&user("u"), &id("s")).await.unwrap();
        let thread = thread.into_iter();
        thread
            .flat_map(|thread| {
                questions(&thread)
                    .into_iter()
                    .map(str::to_owned)
                    .collect::<Vec<_>>()
            })
            .collect()
    }
}

#[tokio::test]
async fn aurora_data_api_conforms() {
    let world = World::new().await;
    conforms(Arc::new(world.history.clone())).await;
    assert_eq!(world.history.state().backend, Backend::AuroraDataApi);
    assert_eq!(world.api.open().await, 0, "transactions were left open");
}

#[tokio::test]
async fn whichever_statement_fails_nothing_of_the_turn_is_kept() {
    let world = World::new().await;
    world.append("before").await.unwrap();
    let statements = 5;
    for failing in 0..statements {
        world.api.faults().fail_statement = Some(failing);
        let error = world
            .append(&format!("lost at {failing}"))
            .await
            .unwrap_err();
        assert!(matches!(error, Error::Other(_)), "{failing}: {error}");
        assert_eq!(world.questions().await, ["before"], "{failing}");
        let thread = world
            .history
            .load(&user("u"), &id("s"))
            .await
            .unwrap()
            .unwrap();
        assert_eq!(thread.conversation.message_count, 2, "{failing}");
        assert_eq!(thread.metadata["k"], "before", "{failing}");
    }
    assert_eq!(world.api.counts().rollbacks, statements);
    // One more than there are, so none of the turn's own: then it is kept.
    world.api.faults().fail_statement = Some(statements);
    assert_eq!(world.append("kept").await.unwrap(), 4);
    world.api.faults().fail_statement = None;
    assert_eq!(world.questions().await, ["before", "kept"]);
    assert_eq!(world.api.counts().commits, 2);
}

#[tokio::test]
async fn a_cluster_that_wakes_up_is_waited_for() {
    let world = World::new().await;
    let begun = world.clock.now();
    world.api.faults().resuming = 10;
    assert_eq!(world.append("patient").await.unwrap(), 2);
    assert_eq!(world.clock.now() - begun, Duration::from_secs(50));
    assert_eq!(world.history.state().degraded, None);
}

#[tokio::test]
async fn a_cluster_that_does_not_wake_up_is_given_up_and_told() {
    let world = World::new().await;
    world.api.faults().resuming = 11;
    let error = world.append("too early").await.unwrap_err();
    assert!(matches!(error, Error::Unavailable(_)), "{error}");
    assert!(error.to_string().contains("resuming"), "{error}");
    assert!(world.history.state().degraded.is_some());
    assert_eq!(world.api.counts().requests, 11);
    assert_eq!(world.history.check().await.degraded, None);
    assert_eq!(world.history.state().degraded, None);
}

#[tokio::test]
async fn whoever_is_refused_does_not_ask_again() {
    let world = World::new().await;
    world.api.faults().forbidden = true;
    let begun = world.clock.now();
    let error = world.append("refused").await.unwrap_err();
    assert!(matches!(error, Error::Denied(_)), "{error}");
    assert_eq!(world.api.counts().requests, 1);
    assert_eq!(world.clock.now(), begun);
}

#[tokio::test]
async fn more_than_a_request_may_have_is_refused_before_it_is_sent() {
    let world = World::new().await;
    let at = moment(0);
    let message = |n| Message::new(Role::User, noise(250_000, n), at);
    let said = Turn::new((0..17).map(message).collect(), Metadata::new()).unwrap();
    let error = world
        .history
        .append(&user("u"), &id("s"), &said)
        .await
        .unwrap_err();
    assert!(
        matches!(
            error,
            Error::TooLarge {
                limit: 4_194_304,
                ..
            }
        ),
        "{error}"
    );
    assert_eq!(world.questions().await, [""; 0]);
    assert_eq!(
        world.history.list(&user("u"), &everything()).await.unwrap(),
        []
    );
}

#[tokio::test]
async fn a_transaction_that_was_idle_too_long_keeps_nothing() {
    let world = World::new().await;
    world.append("before").await.unwrap();
    world.api.faults().idle = Duration::ZERO;
    let error = world.append("slow").await.unwrap_err();
    assert!(error.to_string().contains("not found"), "{error}");
    world.api.faults().idle = Duration::from_secs(60);
    assert_eq!(world.questions().await, ["before"]);
}

#[tokio::test]
async fn what_a_caller_that_hangs_up_began_is_done_to_its_end() {
    let world = World::new().await;
    world.append("before").await.unwrap();
    let (user, id) = (user("u"), id("s"));
    for n in 0..20 {
        let said = turn(&format!("hung up {n}"), moment(0));
        let append = world.history.append(&user, &id, &said);
        let patience = Duration::from_micros(500 * n);
        let _ = tokio::time::timeout(patience, append).await;
    }
    world.append("after").await.unwrap();
    for _ in 0..3_000 {
        if world.api.open().await == 0 && world.questions().await.len() == 22 {
            break;
        }
        tokio::time::sleep(Duration::from_millis(10)).await;
    }
    assert_eq!(world.api.open().await, 0);
    assert_eq!(world.questions().await.len(), 22);
}
