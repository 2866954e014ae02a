//! The back end over connections.

use std::sync::Arc;

use collections_core::chat::history::{Backend, Error, History, Postgres};
use collections_core::contract::functions::Api;
use collections_core::db::Db;
use sqlx::Executor;

use super::conformance::{conforms, everything, id, moment, turn, user};

#[tokio::test]
async fn postgres_conforms() {
    let database = testkit::database().await;
    let db = Arc::new(Db::<Api>::over(database.pool()));
    conforms(Arc::new(Postgres::new(db))).await;
}

#[tokio::test]
async fn nothing_of_a_turn_is_kept_when_its_last_statement_fails() {
    let database = testkit::database().await;
    let history = Postgres::new(Arc::new(Db::<Api>::over(database.pool())));
    let (user, id) = (user("u"), id("s"));
    history
        .append(&user, &id, &turn("before", moment(0)))
        .await
        .unwrap();
    let mut admin = database.pool().acquire().await.unwrap();
    admin
        .execute("ALTER TABLE chat_history_metadata RENAME TO away")
        .await
        .unwrap();
    let mut said = turn("lost", moment(1));
    said.metadata.insert("k".into(), 1.into());
    let error = history.append(&user, &id, &said).await.unwrap_err();
    assert!(matches!(error, Error::Other(_)), "{error}");
    admin
        .execute("ALTER TABLE away RENAME TO chat_history_metadata")
        .await
        .unwrap();
    let thread = history.load(&user, &id).await.unwrap().unwrap();
    assert_eq!(thread.turns.len(), 1);
    assert_eq!(thread.conversation.message_count, 2);
}

#[tokio::test]
async fn without_its_tables_it_says_so() {
    let database = testkit::postgres::empty_database().await;
    let history = Postgres::new(Arc::new(Db::<Api>::over(database.pool())));
    assert_eq!(history.state().backend, Backend::Postgres);
    let told = history.check().await.degraded.unwrap();
    assert!(told.contains("--only migrate"), "{told}");
    let error = history.list(&user("u"), &everything()).await.unwrap_err();
    assert!(matches!(error, Error::Other(_)), "{error}");
}
