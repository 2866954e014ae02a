//! Many users with many items, for what is measured rather than tested: rows without images.

use sqlx::{AssertSqlSafe, PgConnection};

/// What the items are about.
pub const WORDS: [&str; 8] = [
    "harbour", "mountain", "ramen", "bicycle", "lantern", "garden", "tram", "library",
];

/// A user `u1` with so many items, described in a few words and embedded at random.
pub async fn first_user(db: &mut PgConnection, rows: usize) {
    let words = WORDS.join("','");
    run(
        db,
        &format!(
            "INSERT INTO items (id, user_id, filename, file_path)
                 SELECT 'u1-' || n, 'u1', 'f', 'p' FROM generate_series(1, {rows}) n;
             INSERT INTO analyses (id, item_id, user_id, category, summary, raw_response)
                 SELECT 'u1-' || n, 'u1-' || n, 'u1', 'Travel', word,
                     jsonb_build_object('headline', word || ' number ' || n, 'summary', 'A ' || word
                         || ' and a ' || (ARRAY['{words}'])[n / 8 % 8 + 1] || ' in the evening light')
                 FROM generate_series(1, {rows}) n, (VALUES (ARRAY['{words}'])) AS w (words),
                      LATERAL (SELECT words[n % 8 + 1]) AS chosen (word);
             SELECT setseed(0.5);
             INSERT INTO embeddings (id, item_id, analysis_id, user_id, embedding, embedding_model,
                     embedding_dimensions)
                 SELECT 'u1-' || n, 'u1-' || n, 'u1-' || n, 'u1',
                     array_agg(random() - 0.5)::halfvec(1024), 'm', 1024
                 FROM generate_series(1, {rows}) n, generate_series(1, 1024) GROUP BY n;
             ANALYZE;"
        ),
    )
    .await;
}

/// The same rows for somebody else, `u2` and so on.
pub async fn another_user(db: &mut PgConnection, user: usize) {
    let id = format!("replace(id, 'u1-', 'u{user}-')");
    let item = format!("replace(item_id, 'u1-', 'u{user}-')");
    run(
        db,
        &format!(
            "INSERT INTO items (id, user_id, filename, file_path)
                 SELECT {id}, 'u{user}', filename, file_path FROM items WHERE user_id = 'u1';
             INSERT INTO analyses (id, item_id, user_id, category, summary, raw_response)
                 SELECT {id}, {item}, 'u{user}', category, summary, raw_response
                 FROM analyses WHERE user_id = 'u1';
             INSERT INTO embeddings (id, item_id, analysis_id, user_id, embedding, embedding_model,
                     embedding_dimensions)
                 SELECT {id}, {item}, {item}, 'u{user}', embedding, embedding_model,
                     embedding_dimensions FROM embeddings WHERE user_id = 'u1';"
        ),
    )
    .await;
}

async fn run(db: &mut PgConnection, sql: &str) {
    sqlx::raw_sql(AssertSqlSafe(sql)).execute(db).await.unwrap();
}
