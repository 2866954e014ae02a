//! Migrating a database.

use collections_core::db::migrate::{Step, migrate};
use sqlx::Executor;

#[tokio::test]
async fn a_dry_run_changes_nothing_and_a_second_run_has_nothing_to_do() {
    let database = testkit::postgres::empty_database().await;
    let mut db = database.pool().acquire().await.unwrap();
    let plan = migrate(&mut db, true).await.unwrap();
    assert!(plan.already.is_empty() && !plan.applied.is_empty());
    let done = migrate(&mut db, false).await.unwrap();
    let versions = |steps: &[Step]| steps.iter().map(|step| step.version).collect::<Vec<_>>();
    assert_eq!(versions(&done.applied), versions(&plan.applied));
    let sql = plan.applied[0].sql.as_deref().unwrap();
    assert!(sql.contains("CREATE TABLE items"));
    let again = migrate(&mut db, false).await.unwrap();
    assert_eq!((again.already, again.applied), (done.applied, vec![]));
}

#[tokio::test]
async fn a_migration_that_was_changed_after_it_ran_is_refused() {
    let database = testkit::database().await;
    let mut db = database.pool().acquire().await.unwrap();
    sqlx::query("UPDATE _sqlx_migrations SET checksum = '\\x00' WHERE version = 1")
        .execute(&mut *db)
        .await
        .unwrap();
    for dry_run in [true, false] {
        let error = migrate(&mut db, dry_run).await.unwrap_err().to_string();
        assert!(
            error.contains("migration 1 (schema) was changed"),
            "{error}"
        );
    }
}

#[tokio::test]
async fn embeddings_are_stored_in_the_row_as_half_precision() {
    let database = testkit::database().await;
    let (kind, storage): (String, String) = sqlx::query_as(
        "SELECT format_type(atttypid, atttypmod), attstorage::text FROM pg_attribute
         WHERE attrelid = 'embeddings'::regclass AND attname = 'embedding'",
    )
    .fetch_one(&database.pool())
    .await
    .unwrap();
    assert_eq!((kind.as_str(), storage.as_str()), ("halfvec(1024)", "p"));
}

#[tokio::test]
async fn the_search_vector_covers_every_field_of_the_document() {
    let database = testkit::database().await;
    let mut db = database.pool().acquire().await.unwrap();
    let user = crate::seed::user("u");
    let item = crate::seed::item(&mut db, &user, "a").await;
    let words = [
        "summaryword",
        "headlineword",
        "categoryword",
        "subword",
        "readword",
        "keyword",
        "themeword",
        "objectword",
        "emotionword",
        "vibeword",
        "placeword",
        "hashword",
    ];
    let description = collections_core::domain::Description::from_value(serde_json::json!({
        "summary": words[0], "headline": words[1], "category": words[2],
        "subcategories": [words[3]],
        "image_details": {"extracted_text": [words[4]], "key_interest": words[5],
            "themes": [words[6]], "objects": [words[7]], "emotions": [words[8]], "vibes": [words[9]]},
        "media_metadata": {"location_tags": [words[10]], "hashtags": [words[11]]},
    }))
    .unwrap();
    crate::seed::analysis(&mut db, &user, &item, "w", description).await;
    for word in words {
        let (found,): (bool,) = sqlx::query_as(
            "SELECT search_vector @@ to_tsquery('english', $1) FROM analyses WHERE user_id = 'u'",
        )
        .bind(word)
        .fetch_one(&mut *db)
        .await
        .unwrap();
        assert!(found, "{word}");
    }
}

#[tokio::test]
async fn an_extension_that_somebody_dropped_is_made_again() {
    let database = testkit::postgres::empty_database().await;
    let mut db = database.pool().acquire().await.unwrap();
    // A database without tables of ours: with them, the column of vectors would go along.
    db.execute(
        "CREATE EXTENSION vector; CREATE TABLE _sqlx_migrations (version BIGINT PRIMARY KEY,
             description TEXT NOT NULL, installed_on TIMESTAMPTZ NOT NULL DEFAULT now(),
             success BOOLEAN NOT NULL, checksum BYTEA NOT NULL, execution_time BIGINT NOT NULL)",
    )
    .await
    .unwrap();
    for migration in sqlx::migrate!("../../migrations").iter() {
        sqlx::query("INSERT INTO _sqlx_migrations VALUES ($1, $2, now(), true, $3, 0)")
            .bind(migration.version)
            .bind(&*migration.description)
            .bind(&*migration.checksum)
            .execute(&mut *db)
            .await
            .unwrap();
    }
    let whole = migrate(&mut db, true).await.unwrap();
    assert_eq!((whole.applied.len(), whole.extensions.len()), (0, 0));
    db.execute("DROP EXTENSION vector").await.unwrap();
    for dry_run in [true, false] {
        let report = migrate(&mut db, dry_run).await.unwrap();
        assert_eq!(report.extensions, ["vector"]);
    }
    let whole = migrate(&mut db, false).await.unwrap();
    assert!(whole.extensions.is_empty());
    db.execute("SELECT '[1,2]'::vector").await.unwrap();
}
