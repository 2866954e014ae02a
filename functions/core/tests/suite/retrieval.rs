//! Search finds what is there, of one user, in the right order.

use collections_core::domain::UserId;
use collections_core::retrieval::bm25::Bm25;
use collections_core::retrieval::hybrid::Hybrid;
use collections_core::retrieval::vector::{INDEX_SETTINGS, Vector};
use collections_core::retrieval::{Query, Retriever, STATEMENTS};
use sqlx::PgConnection;

use crate::seed::{analysis, description, embedding, item, user, vector};

async fn add(db: &mut PgConnection, user: &UserId, id: &str, category: &str, text: &str, at: f32) {
    let item = item(db, user, id).await;
    let made = analysis(db, user, &item, "w", description(category, text)).await;
    assert!(embedding(db, user, &item, &made, vector(at)).await);
}

async fn collection(db: &mut PgConnection, user: &UserId, prefix: &str) {
    let rows = [
        ("beach", "Travel", "A sandy beach with palm trees.", 0.0),
        (
            "hotel",
            "Travel",
            "A hotel with a pool near the beach.",
            0.4,
        ),
        ("soup", "Food", "A bowl of hot soup.", 1.2),
        ("chair", "Design", "A mid-century chair.", 2.0),
    ];
    for (id, category, text, at) in rows {
        add(db, user, &format!("{prefix}{id}"), category, text, at).await;
    }
}

fn query(text: &str, at: f32) -> Query {
    Query {
        text: text.to_owned(),
        vector: Some(vector(at)),
        top_k: 10,
        min_relevance: -1.0,
        ..Query::default()
    }
}

async fn find(db: &mut PgConnection, how: &dyn Retriever, query: &Query) -> Vec<String> {
    let hits = how.retrieve(db, &user("u"), query).await.unwrap();
    hits.iter().map(|hit| hit.item_id.to_string()).collect()
}

#[tokio::test]
async fn each_way_orders_by_its_own_measure_and_stays_with_one_user() {
    let database = testkit::database().await;
    let mut db = database.pool().acquire().await.unwrap();
    collection(&mut db, &user("u"), "").await;
    collection(&mut db, &user("stranger"), "x").await;
    assert_eq!(
        find(&mut db, &Bm25, &query("pools or beaches", 0.0)).await,
        ["hotel", "beach"]
    );
    let by_meaning = find(&mut db, &Vector, &query("", 0.1)).await;
    assert_eq!(by_meaning, ["beach", "hotel", "soup", "chair"]);
    // By meaning soup is nearest; both legs together lift the chair above the rest.
    let both = find(&mut db, &Hybrid, &query("chair", 1.3)).await;
    assert_eq!(both[..2], ["chair", "soup"]);
}

#[tokio::test]
async fn filters_and_thresholds_bound_what_is_found() {
    let database = testkit::database().await;
    let mut db = database.pool().acquire().await.unwrap();
    collection(&mut db, &user("u"), "").await;
    let travel = Query {
        category: Some("Travel".to_owned()),
        ..query("soup beach", 1.2)
    };
    for how in [&Bm25 as &dyn Retriever, &Vector, &Hybrid] {
        let found = find(&mut db, how, &travel).await;
        assert!(
            !found.is_empty() && found.iter().all(|id| id != "soup"),
            "{found:?}"
        );
    }
    let near = Query {
        min_similarity: 0.95,
        ..query("", 0.0)
    };
    assert_eq!(find(&mut db, &Vector, &near).await, ["beach", "hotel"]);
    let nothing = Query {
        min_similarity: 0.999,
        min_relevance: 0.9,
        ..query("beach", 3.0)
    };
    assert!(find(&mut db, &Hybrid, &nothing).await.is_empty());
    let one = Query {
        top_k: 1,
        ..query("beach", 0.0)
    };
    assert_eq!(find(&mut db, &Hybrid, &one).await, ["beach"]);
}

#[tokio::test]
async fn nothing_a_user_types_breaks_the_search() {
    let database = testkit::database().await;
    let mut db = database.pool().acquire().await.unwrap();
    collection(&mut db, &user("u"), "").await;
    for text in [
        "",
        "'",
        "\"",
        "\"open",
        "& | ! ( )",
        ":*",
        "\\",
        "a\0b",
        "%",
        "or or",
        "-",
        "émoji 🏖️",
    ] {
        for how in [&Bm25 as &dyn Retriever, &Hybrid] {
            find(&mut db, how, &query(text, 0.0)).await;
        }
    }
    assert_eq!(
        find(&mut db, &Bm25, &query("beach -hotel", 0.0)).await,
        ["beach"]
    );
}

#[tokio::test]
async fn only_the_latest_analysis_of_an_item_is_searched() {
    let database = testkit::database().await;
    let mut db = database.pool().acquire().await.unwrap();
    let user = user("u");
    let id = item(&mut db, &user, "a").await;
    analysis(&mut db, &user, &id, "one", description("C", "a zebra")).await;
    analysis(&mut db, &user, &id, "two", description("C", "a horse")).await;
    assert!(find(&mut db, &Bm25, &query("zebra", 0.0)).await.is_empty());
    assert_eq!(find(&mut db, &Bm25, &query("horse", 0.0)).await, ["a"]);
}

/// Rows enough for the planner to take the index where it may.
async fn fill(db: &mut PgConnection, user: &str, rows: i32) {
    sqlx::raw_sql(sqlx::AssertSqlSafe(format!(
        "INSERT INTO items (id, user_id, filename, file_path)
             SELECT '{user}-' || n, '{user}', 'f', 'p' FROM generate_series(1, {rows}) n;
         INSERT INTO analyses (id, item_id, user_id, raw_response)
             SELECT '{user}-' || n, '{user}-' || n, '{user}', '{{}}' FROM generate_series(1, {rows}) n;
         SET session_replication_role = replica;
         INSERT INTO embeddings (id, item_id, analysis_id, user_id, embedding, embedding_model,
                 embedding_dimensions)
             SELECT '{user}-' || n, '{user}-' || n, '{user}-' || n, '{user}',
                    (SELECT array_agg(sin(n * 7.0 + d * d)) FROM generate_series(1, 1024) d)::halfvec(1024),
                    'm', 1024 FROM generate_series(1, {rows}) n;
         SET session_replication_role = DEFAULT;
         ANALYZE;"
    )))
    .execute(db)
    .await
    .unwrap();
}

async fn plan(db: &mut PgConnection, sql: &'static str) -> String {
    let explain = sqlx::AssertSqlSafe(format!("EXPLAIN {sql}"));
    let vector = pgvector::HalfVector::from_f32_slice(&vector(0.0));
    let rows: Vec<(String,)> = sqlx::query_as(explain)
        .bind("u")
        .bind(vector)
        .bind(None::<String>)
        .bind(0.0)
        .bind(10_i64)
        .fetch_all(db)
        .await
        .unwrap();
    rows.into_iter().map(|(line,)| line + "\n").collect()
}

#[tokio::test]
async fn the_exact_statement_never_uses_the_index_and_the_other_one_does() {
    let database = testkit::database().await;
    let mut db = database.pool().acquire().await.unwrap();
    fill(&mut db, "u", 1500).await;
    let exact = plan(&mut db, STATEMENTS[1]).await;
    assert!(!exact.contains("idx_embeddings_vector"), "{exact}");
    let mut transaction = sqlx::Connection::begin(&mut *db).await.unwrap();
    sqlx::raw_sql(INDEX_SETTINGS)
        .execute(&mut *transaction)
        .await
        .unwrap();
    let indexed = plan(&mut transaction, STATEMENTS[2]).await;
    assert!(indexed.contains("idx_embeddings_vector"), "{indexed}");
}
