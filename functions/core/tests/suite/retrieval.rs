//! Search finds what is there, of one user, in the right order.

use collections_core::domain::UserId;
use collections_core::retrieval::bm25::Bm25;
use collections_core::retrieval::hybrid::Hybrid;
use collections_core::retrieval::vector::{EXACT_UP_TO, INDEX_SETTINGS, Vector};
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
        min_similarity: Some(0.95),
        ..query("", 0.0)
    };
    assert_eq!(find(&mut db, &Vector, &near).await, ["beach", "hotel"]);
    let nothing = Query {
        min_similarity: Some(0.999),
        min_relevance: Some(0.9),
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

/// Items, analyses and embeddings of one user; their vectors lie around random directions, as those
/// of photographs do, each around the direction of its number.
async fn fill_around(db: &mut PgConnection, user: &str, rows: i64) {
    sqlx::raw_sql(sqlx::AssertSqlSafe(format!(
        "INSERT INTO items (id, user_id, filename, file_path)
             SELECT '{user}-' || n, '{user}', 'f', 'p' FROM generate_series(1, {rows}) n;
         INSERT INTO analyses (id, item_id, user_id, raw_response)
             SELECT '{user}-' || n, '{user}-' || n, '{user}', '{{}}' FROM generate_series(1, {rows}) n;
         INSERT INTO embeddings (id, item_id, analysis_id, user_id, embedding, embedding_model,
                 embedding_dimensions)
             SELECT '{user}-' || n, '{user}-' || n, '{user}-' || n, '{user}',
                    (SELECT array_agg(sin((n % 40 + 1) * 12.9898 * d) + 0.5 * sin(n * 1.618034 * d + 1)
                         ORDER BY d)
                     FROM generate_series(1, 1024) d)::halfvec(1024),
                    'm', 1024 FROM generate_series(1, {rows}) n;
         ANALYZE;"
    )))
    .execute(db)
    .await
    .unwrap();
}

/// How much of what comparing with every row finds, the retriever finds too.
async fn recall(db: &mut PgConnection, user: &str) -> f64 {
    let (mut found, mut wanted) = (0, 0);
    for n in [3, 57, 400, 1_234, 2_500] {
        let (text,): (String,) =
            sqlx::query_as("SELECT embedding::text FROM embeddings WHERE id = $1")
                .bind(format!("{user}-{n}"))
                .fetch_one(&mut *db)
                .await
                .unwrap();
        let vector: Vec<f32> = serde_json::from_str(&text).unwrap();
        let rows: Vec<(String,)> = sqlx::query_as(
            "SELECT item_id FROM embeddings WHERE user_id = $1
             ORDER BY (embedding <=> $2) + 0, item_id LIMIT 10",
        )
        .bind(user)
        .bind(pgvector::HalfVector::from_f32_slice(&vector))
        .fetch_all(&mut *db)
        .await
        .unwrap();
        let query = Query {
            vector: Some(vector),
            top_k: 10,
            ..Query::default()
        };
        let hits = Vector
            .retrieve(&mut *db, &user.parse().unwrap(), &query)
            .await
            .unwrap();
        wanted += rows.len();
        found += rows
            .iter()
            .filter(|(id,)| hits.iter().any(|hit| hit.item_id.as_str() == id))
            .count();
    }
    found as f64 / wanted as f64
}

/// How often the vector index was used so far.
async fn index_scans(db: &mut PgConnection) -> i64 {
    let sql = "SELECT pg_stat_force_next_flush(), pg_stat_clear_snapshot()";
    sqlx::raw_sql(sql).execute(&mut *db).await.unwrap();
    let sql = "SELECT idx_scan FROM pg_stat_user_indexes
               WHERE indexrelname = 'idx_embeddings_vector'";
    let (scans,): (i64,) = sqlx::query_as(sql).fetch_one(db).await.unwrap();
    scans
}

#[tokio::test]
async fn small_collections_are_compared_whole_and_large_ones_by_the_index_with_little_loss() {
    let database = testkit::database().await;
    let mut db = database.pool().acquire().await.unwrap();
    // Building the index row by row takes most of the time of this test.
    let drop = "DROP INDEX idx_embeddings_vector";
    sqlx::raw_sql(drop).execute(&mut *db).await.unwrap();
    fill_around(&mut db, "small", 3_000).await;
    fill_around(&mut db, "large", EXACT_UP_TO + 1).await;
    let mut best = 0.0_f64;
    // The index draws its levels at random, and not every draw is a good one.
    for _ in 0..3 {
        sqlx::raw_sql(
            "DROP INDEX IF EXISTS idx_embeddings_vector; CREATE INDEX idx_embeddings_vector
                 ON embeddings USING hnsw (embedding halfvec_cosine_ops)",
        )
        .execute(&mut *db)
        .await
        .unwrap();
        assert_eq!(recall(&mut db, "small").await, 1.0);
        assert_eq!(index_scans(&mut db).await, 0, "a small collection");
        best = best.max(recall(&mut db, "large").await);
        assert_eq!(index_scans(&mut db).await, 5, "a large collection");
        if best >= 0.9 {
            return;
        }
    }
    panic!("{best}");
}

#[tokio::test]
async fn words_that_few_items_have_count_for_more() {
    let database = testkit::database().await;
    let mut db = database.pool().acquire().await.unwrap();
    let user = user("u");
    for (id, text) in [
        ("common", "A boat, a boat, and another boat."),
        ("rare", "An astrolabe."),
        ("boat-2", "A boat in the harbour."),
        ("boat-3", "Some boat or other."),
        ("boat-4", "The boat again."),
    ] {
        add(&mut db, &user, id, "Travel", text, 0.0).await;
    }
    let found = find(&mut db, &Bm25, &query("boat astrolabe", 0.0)).await;
    assert_eq!(found[..2], ["rare", "common"]);
    // What others have is no matter: to them an astrolabe may be common.
    for at in 0..20 {
        let id = format!("stranger-{at}");
        let stranger = super::seed::user("stranger");
        add(&mut db, &stranger, &id, "Travel", "An astrolabe.", 0.0).await;
    }
    let again = find(&mut db, &Bm25, &query("boat astrolabe", 0.0)).await;
    assert_eq!(found, again);
}

#[tokio::test]
async fn words_in_their_order_count_for_more_and_a_half_typed_last_word_is_completed() {
    let database = testkit::database().await;
    let mut db = database.pool().acquire().await.unwrap();
    let user = user("u");
    for (id, text) in [
        ("apart", "A gate of old, golden in the sun."),
        ("together", "Crossing the golden gate."),
        ("other", "Marrakech by night."),
    ] {
        add(&mut db, &user, id, "Travel", text, 0.0).await;
    }
    let found = find(&mut db, &Bm25, &query("golden gate", 0.0)).await;
    assert_eq!(found, ["together", "apart"]);
    for text in ["Marrak", "night in marrak"] {
        let found = find(&mut db, &Bm25, &query(text, 0.0)).await;
        assert_eq!(found, ["other"], "{text}");
    }
    // A word that somebody has is not taken for the beginning of another.
    add(&mut db, &user, "gates", "Travel", "A gateway.", 0.0).await;
    let found = find(&mut db, &Bm25, &query("gate", 0.0)).await;
    assert!(!found.contains(&"gates".to_owned()), "{found:?}");
}

#[tokio::test]
async fn where_nothing_fits_nothing_is_found_unless_a_threshold_says_otherwise() {
    let database = testkit::database().await;
    let mut db = database.pool().acquire().await.unwrap();
    collection(&mut db, &user("u"), "").await;
    let unknown = "quantum chromodynamics lattice seminar near";
    let far = std::f32::consts::PI;
    for (how, text) in [
        (&Bm25 as &dyn Retriever, unknown),
        (&Vector, ""),
        (&Hybrid, unknown),
    ] {
        let query = query(text, far + 1.0);
        assert!(find(&mut db, how, &query).await.is_empty(), "{text}");
        let any = Query {
            min_relevance: Some(-1.0),
            ..query
        };
        assert!(!find(&mut db, how, &any).await.is_empty(), "{text}");
    }
    // Each of the two may vouch for what the other does not know.
    let by_words = find(&mut db, &Hybrid, &query("mid-century chair", far + 1.0)).await;
    assert_eq!(by_words[0], "chair");
    let by_meaning = find(&mut db, &Hybrid, &query("quantum lattice", 1.2)).await;
    assert_eq!(by_meaning[0], "soup");
}

#[tokio::test]
async fn scores_by_words_are_shares_of_what_was_asked_for() {
    let database = testkit::database().await;
    let mut db = database.pool().acquire().await.unwrap();
    collection(&mut db, &user("u"), "").await;
    for text in [
        "beach",
        "sandy beach palm trees",
        "soup and something unheard of",
        "o'neill \\ 'x",
    ] {
        let hits = Bm25
            .retrieve(&mut db, &user("u"), &query(text, 0.0))
            .await
            .unwrap();
        assert!(
            hits.iter().all(|hit| (0.0..=1.0).contains(&hit.score)),
            "{text}"
        );
    }
    let score = |hits: Vec<collections_core::retrieval::Hit>| hits[0].score;
    let whole = Bm25
        .retrieve(&mut db, &user("u"), &query("soup", 0.0))
        .await
        .unwrap();
    let part = Bm25
        .retrieve(&mut db, &user("u"), &query("soup tureen", 0.0))
        .await
        .unwrap();
    assert!(score(whole) > 2.0 * score(part));
}
