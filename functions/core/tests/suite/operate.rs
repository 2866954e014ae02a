//! What an operator asks of a whole database.

use std::collections::BTreeSet;

use collections_core::db::operate::{
    Imported, LEFT_OUT, Page, Request, Row, Status, TABLES, handle,
};
use serde_json::{Value, json};
use sqlx::PgConnection;
use testkit::postgres::TestDatabase;

use crate::seed;

const HERE: &str = "dev";

async fn ask(db: &mut PgConnection, request: Request) -> Value {
    handle(db, HERE, request).await.unwrap()
}

/// A user with items, analyses, embeddings, and a conversation.
async fn filled(items: usize) -> TestDatabase {
    let database = testkit::database().await;
    let mut db = database.pool().acquire().await.unwrap();
    let user = seed::user("owner");
    for number in 0..items {
        let item = seed::item(&mut db, &user, &format!("item-{number:04}")).await;
        let described = seed::description("Food", "soup on a table");
        let analysis = seed::analysis(&mut db, &user, &item, "work", described).await;
        seed::embedding(&mut db, &user, &item, &analysis, seed::vector(0.123)).await;
    }
    for statement in [
        "INSERT INTO conversations (user_id, conversation_id, title) VALUES ('owner', 'c', 't')",
        "INSERT INTO chat_history (user_id, session_id, message) VALUES ('owner', gen_random_uuid(), '{\"a\":1}')",
        "INSERT INTO chat_history_metadata (user_id, conversation_id) VALUES ('owner', 'c')",
        "INSERT INTO imports (id, user_id, kind, source) VALUES ('import', 'owner', 'images', 'folder')",
        "INSERT INTO import_changes (import_id, user_id, item_id, before)
         SELECT 'import', user_id, id, '{}' FROM items ORDER BY id LIMIT 1",
    ] {
        sqlx::query(statement).execute(&mut *db).await.unwrap();
    }
    database
}

async fn pages(db: &mut PgConnection, table: &str) -> (Vec<Row>, usize) {
    let (mut rows, mut pages) = (Vec::new(), 0);
    loop {
        let request = Request::Export {
            table: table.to_owned(),
            after: rows.last().cloned(),
        };
        let page: Page = serde_json::from_value(ask(db, request).await).unwrap();
        pages += 1;
        assert!(!page.more || !page.rows.is_empty());
        rows.extend(page.rows);
        if !page.more {
            return (rows, pages);
        }
    }
}

async fn store(db: &mut PgConnection, table: &str, rows: Vec<Row>, overwrite: bool) -> Imported {
    let request = Request::Import {
        table: table.to_owned(),
        rows,
        overwrite,
    };
    serde_json::from_value(ask(db, request).await).unwrap()
}

#[tokio::test]
async fn what_is_exported_and_imported_is_the_same_and_twice_is_once() {
    let from = filled(3).await;
    let to = testkit::database().await;
    let (mut from, mut to) = (
        from.pool().acquire().await.unwrap(),
        to.pool().acquire().await.unwrap(),
    );
    for table in TABLES {
        let (rows, _) = pages(&mut from, table.name).await;
        assert!(!rows.is_empty(), "{}", table.name);
        let count = rows.len() as u64;
        let first = store(&mut to, table.name, rows.clone(), false).await;
        let second = store(&mut to, table.name, rows.clone(), false).await;
        assert_eq!((first.added, first.same), (count, 0), "{}", table.name);
        assert_eq!((second.added, second.same), (0, count), "{}", table.name);
        assert_eq!(pages(&mut to, table.name).await.0, rows, "{}", table.name);
    }
    let (found,): (bool,) = sqlx::query_as(
        "SELECT bool_and(search_vector @@ to_tsquery('english', 'soup')) FROM analyses",
    )
    .fetch_one(&mut *to)
    .await
    .unwrap();
    assert!(found, "the search vector was not computed anew");
    // The counted key goes on after what was imported.
    sqlx::query("INSERT INTO chat_history (user_id, session_id, message) VALUES ('b', gen_random_uuid(), '{}')")
        .execute(&mut *to)
        .await
        .unwrap();
}

#[tokio::test]
async fn a_row_with_other_content_is_left_and_told_or_replaced_when_asked() {
    let database = filled(2).await;
    let mut db = database.pool().acquire().await.unwrap();
    let (mut rows, _) = pages(&mut db, "items").await;
    rows[0].insert("filename".into(), json!("other.jpg"));
    let left = store(&mut db, "items", rows.clone(), false).await;
    assert_eq!((left.added, left.same, left.different), (0, 1, 1));
    assert_ne!(pages(&mut db, "items").await.0, rows);
    let replaced = store(&mut db, "items", rows.clone(), true).await;
    assert_eq!(
        (replaced.added, replaced.same, replaced.different),
        (0, 2, 0)
    );
    assert_eq!(pages(&mut db, "items").await.0, rows);
}

#[tokio::test]
async fn pages_end_where_an_answer_would_be_too_large_and_lose_nothing() {
    let database = filled(1).await;
    let mut db = database.pool().acquire().await.unwrap();
    sqlx::query(
        "INSERT INTO conversations (user_id, conversation_id, title, settings)
         SELECT 'owner', 'many' || n, 't', jsonb_build_object('s', repeat('x', 700000))
         FROM generate_series(1, 7) n",
    )
    .execute(&mut *db)
    .await
    .unwrap();
    let (rows, pages) = pages(&mut db, "conversations").await;
    let keys: BTreeSet<String> = rows
        .iter()
        .map(|row| row["conversation_id"].to_string())
        .collect();
    assert_eq!((rows.len(), keys.len()), (8, 8));
    assert!((4..8).contains(&pages), "{pages} pages");
}

#[tokio::test]
async fn rows_of_another_schema_and_other_tables_are_refused() {
    let database = filled(1).await;
    let mut db = database.pool().acquire().await.unwrap();
    let (mut rows, _) = pages(&mut db, "items").await;
    rows[0].insert("colour".into(), json!("red"));
    for (table, rows, expected) in [
        ("items", rows, "items has no column colour; migrate"),
        (
            "pg_authid",
            vec![],
            "pg_authid is no table whose rows are moved",
        ),
    ] {
        let request = Request::Import {
            table: table.to_owned(),
            rows,
            overwrite: true,
        };
        let error = handle(&mut db, HERE, request)
            .await
            .unwrap_err()
            .to_string();
        assert!(error.contains(expected), "{error}");
    }
}

#[tokio::test]
async fn every_table_is_moved_or_left_out_by_name() {
    let database = testkit::database().await;
    let mut db = database.pool().acquire().await.unwrap();
    let there: Vec<(String,)> =
        sqlx::query_as("SELECT tablename::text FROM pg_tables WHERE schemaname = 'public'")
            .fetch_all(&mut *db)
            .await
            .unwrap();
    let there: BTreeSet<&str> = there.iter().map(|(name,)| name.as_str()).collect();
    let moved = TABLES.iter().map(|table| table.name);
    let known: BTreeSet<&str> = moved.chain(LEFT_OUT.iter().copied()).collect();
    assert_eq!(there, known, "name new tables in db/operate/tables.rs");
}

#[tokio::test]
async fn a_reset_leaves_the_schema_and_no_rows_and_open_connections_go_on() {
    let database = filled(2).await;
    let (mut db, mut other) = (
        database.pool().acquire().await.unwrap(),
        database.pool().acquire().await.unwrap(),
    );
    assert_eq!(pages(&mut other, "embeddings").await.0.len(), 2);
    let request = Request::Reset {
        environment: HERE.to_owned(),
    };
    ask(&mut db, request).await;
    let status: Status = serde_json::from_value(ask(&mut db, Request::Status).await).unwrap();
    assert!(status.tables.iter().all(|table| table.rows == 0));
    assert_eq!(status.tables.len(), TABLES.len());
    let user = seed::user("owner");
    let item = seed::item(&mut other, &user, "new").await;
    let described = seed::description("Food", "soup");
    let analysis = seed::analysis(&mut other, &user, &item, "work", described).await;
    assert!(seed::embedding(&mut other, &user, &item, &analysis, seed::vector(1.0)).await);
}

#[tokio::test]
async fn the_wrong_database_and_production_are_not_reset() {
    let database = filled(1).await;
    let mut db = database.pool().acquire().await.unwrap();
    for (here, named, expected) in [
        (
            "dev",
            "staging",
            "this is the database of dev, not of staging",
        ),
        ("prod", "prod", "prod is never reset"),
    ] {
        let request = Request::Reset {
            environment: named.to_owned(),
        };
        let error = handle(&mut db, here, request)
            .await
            .unwrap_err()
            .to_string();
        assert!(error.contains(expected), "{error}");
    }
    assert_eq!(pages(&mut db, "items").await.0.len(), 1);
}

#[tokio::test]
async fn the_status_tells_what_is_pending_and_what_was_changed() {
    let database = testkit::postgres::empty_database().await;
    let mut db = database.pool().acquire().await.unwrap();
    let standing = |value: &Value| value["migrations"][0]["standing"].clone();
    assert_eq!(standing(&ask(&mut db, Request::Status).await), "pending");
    ask(&mut db, Request::Migrate { dry_run: false }).await;
    let status = ask(&mut db, Request::Status).await;
    assert_eq!(standing(&status), "applied");
    assert!(status["pgvector"].is_string());
    sqlx::query("UPDATE _sqlx_migrations SET checksum = '\\x00' WHERE version = 1")
        .execute(&mut *db)
        .await
        .unwrap();
    assert_eq!(standing(&ask(&mut db, Request::Status).await), "changed");
}
