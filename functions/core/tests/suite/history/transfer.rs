//! Moving conversations between back ends: all of them, once, compared, and again where it stopped.

use std::sync::Arc;

use collections_core::Settings;
use collections_core::chat::history::transfer::{self, Movable, Moved};
use collections_core::chat::history::{AuroraDataApi, Dynamodb, History, Json, Postgres};
use collections_core::clock::ManualClock;
use collections_core::contract::EnvKey;
use collections_core::contract::functions::Ops;
use collections_core::contract::parameters::prefix;
use collections_core::db::Db;
use serde_json::json;
use sqlx::Executor;
use testkit::rds_data::{CLUSTER, SECRET};
use testkit::{FakeAws, RdsData, TestDatabase};

use super::conformance::{everything, id, moment, questions, turn, user};

/// Sixty conversations of one user, more than a step takes, and one of another.
async fn filled(store: &dyn History) {
    for n in 0..60 {
        let (user, id) = (user("u"), id(&format!("c{n}")));
        for question in ["one", "two"] {
            let mut said = turn(&format!("{question} of {n}"), moment(n));
            said.metadata
                .insert("n".into(), json!({"n": n, "half": 0.5}));
            store.append(&user, &id, &said).await.unwrap();
        }
        if n % 10 == 0 {
            store.rename(&user, &id, "Named").await.unwrap();
        }
    }
    store
        .append(&user("v"), &id("c1"), &turn("v's", moment(0)))
        .await
        .unwrap();
}

/// All steps of a move, added up.
async fn moved(from: &dyn Movable, to: &dyn Movable, dry_run: bool) -> Moved {
    let mut all = Moved::default();
    for user in from.users().await.unwrap() {
        let mut after = None;
        loop {
            let step = transfer::step(from, to, &user, after, dry_run)
                .await
                .unwrap();
            all.conversations += step.conversations;
            all.messages += step.messages;
            all.copied += step.copied;
            all.already += step.already;
            assert!(dry_run || step.source == step.target);
            after = step.next;
            if after.is_none() {
                break;
            }
        }
    }
    all
}

async fn same(one: &dyn History, other: &dyn History) {
    for name in ["u", "v"] {
        let listed = one.list(&user(name), &everything()).await.unwrap();
        assert_eq!(
            listed,
            other.list(&user(name), &everything()).await.unwrap()
        );
        for conversation in listed {
            let id = conversation.conversation_id;
            let thread = one.load(&user(name), &id).await.unwrap();
            assert_eq!(thread, other.load(&user(name), &id).await.unwrap());
        }
    }
}

struct Stores {
    database: TestDatabase,
    _folder: tempfile::TempDir,
    all: Vec<Arc<dyn Movable>>,
}

/// One of each; the Data API has a database of its own.
async fn stores() -> Stores {
    let (database, other) = (testkit::database().await, testkit::database().await);
    let api = RdsData::start(&other).await;
    let aws = FakeAws::start().await;
    let folder = tempfile::tempdir().unwrap();
    let settings = Settings::<Ops>::from_values([
        (EnvKey::DbClusterArn, CLUSTER.to_owned()),
        (EnvKey::DbSecretArn, SECRET.to_owned()),
        (EnvKey::DbName, api.database().to_owned()),
        (EnvKey::CheckpointTableName, "checkpoints".to_owned()),
        (EnvKey::BucketName, testkit::aws::BUCKET.to_owned()),
        (EnvKey::ParameterPrefix, prefix("test")),
    ]);
    let clock = Arc::new(ManualClock::default());
    let db = Arc::new(Db::<Ops>::over(database.pool()));
    let dynamodb = Dynamodb::new(&aws.config(), &settings, clock.clone()).unwrap();
    let aurora = AuroraDataApi::new(&api.config(), &settings, clock).unwrap();
    Stores {
        database,
        all: vec![
            Arc::new(Json::new(folder.path())),
            Arc::new(dynamodb),
            Arc::new(Postgres::new(db)),
            Arc::new(aurora),
        ],
        _folder: folder,
    }
}

#[tokio::test]
async fn conversations_go_round_all_back_ends_and_come_back_the_same() {
    let stores = stores().await;
    filled(&*stores.all[0]).await;
    for pair in stores.all.windows(2) {
        let all = moved(&*pair[0], &*pair[1], false).await;
        assert_eq!(
            (all.conversations, all.messages),
            (61, 242),
            "{:?}",
            pair[1]
        );
        assert_eq!((all.copied, all.already), (61, 0), "{:?}", pair[1]);
        same(&*pair[0], &*pair[1]).await;
    }
    same(&*stores.all[0], &*stores.all[3]).await;
    let again = moved(&*stores.all[3], &*stores.all[0], false).await;
    assert_eq!((again.copied, again.already), (0, 61), "it is all there");
}

#[tokio::test]
async fn a_dry_run_says_what_there_is_to_do_and_does_nothing() {
    let stores = stores().await;
    let (from, to) = (&*stores.all[0], &*stores.all[2]);
    filled(from).await;
    let all = moved(from, to, true).await;
    assert_eq!((all.conversations, all.copied), (61, 61));
    assert_eq!(to.users().await.unwrap(), []);
}

#[tokio::test]
async fn a_move_that_was_cut_off_goes_on_and_what_was_said_meanwhile_is_taken_along() {
    let stores = stores().await;
    let (from, to) = (&*stores.all[0], &*stores.all[2]);
    filled(from).await;
    // Cut off within a conversation, after one of its two turns.
    let half = from.load(&user("u"), &id("c7")).await.unwrap().unwrap();
    to.append(&user("u"), &id("c7"), &half.turns[0])
        .await
        .unwrap();
    transfer::step(from, to, &user("u"), None, false)
        .await
        .unwrap();
    from.append(&user("u"), &id("c3"), &turn("late", moment(99)))
        .await
        .unwrap();
    to.append(&user("u"), &id("c4"), &turn("in the new place", moment(99)))
        .await
        .unwrap();
    let all = moved(from, to, false).await;
    assert!(all.already >= 49 && all.copied >= 11, "{all:?}");
    let thread = to.load(&user("u"), &id("c3")).await.unwrap().unwrap();
    assert_eq!(questions(&thread), ["one of 3", "two of 3", "late"]);
    let thread = to.load(&user("u"), &id("c4")).await.unwrap().unwrap();
    assert_eq!(thread.turns.len(), 3, "what is in the target alone stays");
    assert_eq!(
        to.load(&user("u"), &id("c7"))
            .await
            .unwrap()
            .unwrap()
            .turns
            .len(),
        2
    );
    assert_eq!(moved(from, to, false).await.copied, 0);
}

#[tokio::test]
async fn what_comes_back_otherwise_is_noticed() {
    let stores = stores().await;
    let (from, to) = (&*stores.all[0], &*stores.all[2]);
    from.append(&user("u"), &id("s"), &turn("true", moment(0)))
        .await
        .unwrap();
    moved(from, to, false).await;
    let mut admin = stores.database.pool().acquire().await.unwrap();
    let sql = "UPDATE chat_history SET message = jsonb_set(message, '{content}', '\"false\"')";
    admin.execute(sql).await.unwrap();
    let dry = transfer::step(from, to, &user("u"), None, true)
        .await
        .unwrap();
    assert_eq!(dry.copied, 1);
    assert_ne!(dry.source, dry.target);
    let error = transfer::step(from, to, &user("u"), None, false)
        .await
        .unwrap_err();
    assert!(error.to_string().contains("other content"), "{error}");
}
