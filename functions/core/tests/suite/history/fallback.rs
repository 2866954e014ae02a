//! The database down: files stand in, it is said, and it is told of all when it is back.

use std::path::Path;
use std::sync::Arc;
use std::time::Duration;

use collections_core::chat::history::{
    Backend, Fallback, History, Json, NewConversation, Postgres, Thread,
};
use collections_core::clock::ManualClock;
use collections_core::contract::functions::Api;
use collections_core::db::Db;
use sqlx::postgres::{PgConnectOptions, PgPoolOptions};
use testkit::{Outage, TestDatabase};

use super::conformance::{conforms, everything, id, moment, questions, turn, user};

struct World {
    database: TestDatabase,
    outage: Outage,
    clock: Arc<ManualClock>,
    folder: tempfile::TempDir,
}

impl World {
    async fn new() -> Self {
        let database = testkit::database().await;
        let outage = Outage::before(&database).await;
        Self {
            database,
            outage,
            clock: Arc::default(),
            folder: tempfile::tempdir().unwrap(),
        }
    }

    /// An instance of its own, as a new process is.
    fn instance(&self, backs_up: bool) -> Fallback {
        let files = Json::new(self.folder.path());
        Fallback::new(
            over(self.outage.options()),
            files,
            backs_up,
            self.clock.clone(),
        )
    }

    /// The database as it really is.
    fn truth(&self) -> Arc<dyn History> {
        over(self.database.options())
    }

    async fn true_thread(&self) -> Option<Thread> {
        self.truth().load(&user("u"), &id("s")).await.unwrap()
    }

    fn later(&self) {
        self.clock.pass(Duration::from_secs(6));
    }
}

fn over(options: PgConnectOptions) -> Arc<dyn History> {
    let pool = PgPoolOptions::new()
        .acquire_timeout(Duration::from_secs(20))
        .connect_lazy_with(options);
    Arc::new(Postgres::new(Arc::new(Db::<Api>::over(pool))))
}

fn kept(folder: &Path) -> usize {
    let entries = std::fs::read_dir(folder.join(".pending")).unwrap();
    let names = entries.map(|entry| entry.unwrap().file_name());
    names
        .filter(|name| name.to_string_lossy().ends_with(".json"))
        .count()
}

async fn ask(history: &Fallback, question: &str) {
    let said = turn(question, moment(0));
    history.append(&user("u"), &id("s"), &said).await.unwrap();
}

#[tokio::test]
async fn with_its_database_up_it_conforms() {
    let world = World::new().await;
    conforms(Arc::new(world.instance(true))).await;
}

#[tokio::test]
async fn while_the_database_is_down_files_answer_and_it_is_said_and_replayed() {
    let world = World::new().await;
    let history = world.instance(false);
    ask(&history, "before").await;
    assert_eq!(history.state().backend, Backend::Postgres);
    world.outage.begin();
    ask(&history, "during").await;
    let state = history.state();
    assert_eq!(state.backend, Backend::Json);
    assert!(
        state
            .degraded
            .unwrap()
            .contains("postgres cannot be reached")
    );
    assert_eq!(history.check().await.backend, Backend::Json);
    let thread = history.load(&user("u"), &id("s")).await.unwrap().unwrap();
    assert_eq!(questions(&thread), ["during"], "its past is out of reach");
    assert_eq!(
        history.list(&user("u"), &everything()).await.unwrap().len(),
        1
    );
    assert_eq!(questions(&world.true_thread().await.unwrap()), ["before"]);

    world.outage.end();
    world.later();
    assert_eq!(history.check().await.degraded, None);
    assert_eq!(history.state().backend, Backend::Postgres);
    let thread = world.true_thread().await.unwrap();
    assert_eq!(questions(&thread), ["before", "during"]);
    assert_eq!(thread.conversation.title, "before");
    assert_eq!(kept(world.folder.path()), 0);
    ask(&history, "after").await;
    let thread = history.load(&user("u"), &id("s")).await.unwrap().unwrap();
    assert_eq!(questions(&thread), ["before", "during", "after"]);

    world.outage.begin();
    ask(&history, "again").await;
    let thread = history.load(&user("u"), &id("s")).await.unwrap().unwrap();
    assert_eq!(
        questions(&thread),
        ["again"],
        "what was replayed does not come back from files"
    );
}

#[tokio::test]
async fn what_is_made_renamed_and_removed_meanwhile_is_replayed_in_order() {
    let world = World::new().await;
    let history = world.instance(true);
    let user = user("u");
    for name in ["kept", "removed"] {
        history
            .append(&user, &id(name), &turn(name, moment(0)))
            .await
            .unwrap();
    }
    world.outage.begin();
    history
        .rename(&user, &id("kept"), "Renamed")
        .await
        .unwrap()
        .unwrap();
    assert!(history.delete(&user, &id("removed")).await.unwrap());
    assert!(!history.delete(&user, &id("removed")).await.unwrap());
    history
        .create(&user, &NewConversation::new(id("made")))
        .await
        .unwrap();
    history
        .append(&user, &id("made"), &turn("in it", moment(1)))
        .await
        .unwrap();
    world.outage.end();
    world.later();
    history.list(&user, &everything()).await.unwrap();
    let truth = world.truth();
    let kept = truth.load(&user, &id("kept")).await.unwrap().unwrap();
    assert_eq!(kept.conversation.title, "Renamed");
    assert_eq!(truth.load(&user, &id("removed")).await.unwrap(), None);
    let made = truth.load(&user, &id("made")).await.unwrap().unwrap();
    assert_eq!(questions(&made), ["in it"]);
}

#[tokio::test]
async fn with_a_backup_the_past_is_there_while_the_database_is_down() {
    let world = World::new().await;
    world
        .truth()
        .append(&user("u"), &id("s"), &turn("elsewhere", moment(0)))
        .await
        .unwrap();
    let history = world.instance(true);
    ask(&history, "here").await;
    world.outage.begin();
    ask(&history, "offline").await;
    let thread = history.load(&user("u"), &id("s")).await.unwrap().unwrap();
    assert_eq!(questions(&thread), ["elsewhere", "here", "offline"]);
    assert_eq!(thread.conversation.title, "elsewhere");
    world.outage.end();
    world.later();
    assert_eq!(
        history.load(&user("u"), &id("s")).await.unwrap().unwrap(),
        thread
    );
    assert!(history.delete(&user("u"), &id("s")).await.unwrap());
    world.outage.begin();
    assert_eq!(
        history.load(&user("u"), &id("s")).await.unwrap(),
        None,
        "a backup of what is removed"
    );
}

#[tokio::test]
async fn what_a_dead_process_left_is_replayed_by_the_next_once() {
    let world = World::new().await;
    world.outage.begin();
    for question in ["one", "two", "three"] {
        ask(&world.instance(false), question).await;
    }
    assert_eq!(kept(world.folder.path()), 3);
    world.outage.end();
    // Killed after the first was told but before it was struck off: it is told again.
    let journal = world.folder.path().join(".pending");
    let mut waiting: Vec<_> = std::fs::read_dir(&journal)
        .unwrap()
        .map(|e| e.unwrap().path())
        .collect();
    waiting.retain(|path| path.extension().is_some_and(|ending| ending == "json"));
    waiting.sort();
    let first: serde_json::Value =
        serde_json::from_slice(&std::fs::read(&waiting[0]).unwrap()).unwrap();
    let told = serde_json::from_value(first["turn"].clone()).unwrap();
    world
        .truth()
        .append(&user("u"), &id("s"), &told)
        .await
        .unwrap();
    let instances: Vec<_> = (0..3).map(|_| Arc::new(world.instance(false))).collect();
    let looks = instances.iter().map(|instance| {
        let instance = instance.clone();
        tokio::spawn(async move { instance.check().await })
    });
    for look in looks.collect::<Vec<_>>() {
        assert_eq!(look.await.unwrap().degraded, None);
    }
    let thread = world.true_thread().await.unwrap();
    assert_eq!(questions(&thread), ["one", "two", "three"]);
    assert_eq!(kept(world.folder.path()), 0);
}

#[tokio::test]
async fn a_change_that_cannot_be_read_is_set_aside_and_holds_nothing_up() {
    let world = World::new().await;
    world.outage.begin();
    let history = world.instance(false);
    ask(&history, "good").await;
    let journal = world.folder.path().join(".pending");
    std::fs::write(journal.join("0-broken.json"), b"{\"change\":").unwrap();
    world.outage.end();
    world.later();
    assert_eq!(history.check().await.degraded, None);
    assert_eq!(questions(&world.true_thread().await.unwrap()), ["good"]);
    assert_eq!(
        std::fs::read(journal.join("0-broken.aside")).unwrap(),
        b"{\"change\":"
    );
}
