//! The index over embeddings. Kept up row by row it costs a hundred times what a row costs, so a
//! large import takes it away first and makes it in the end. Meanwhile search compares with every
//! row of a user: slower, and exact.

use anyhow::{Context, Result};
use serde::{Deserialize, Serialize};
use sqlx::PgConnection;

/// As the first migration makes it.
const CREATE: &str = "CREATE INDEX CONCURRENTLY idx_embeddings_vector ON embeddings
    USING hnsw (embedding halfvec_cosine_ops)";
/// Memory for the whole graph, half as much again as the table has: what does not fit is added row
/// by row on disk. No more than the server takes its caches for, which is half of what a small one
/// has.
const MEMORY: &str = "
    SELECT set_config('maintenance_work_mem', least(
        (SELECT setting::bigint * 8 FROM pg_settings WHERE name = 'effective_cache_size'),
        greatest(65536, pg_relation_size('embeddings') * 3 / 2 / 1024), 2000000)::text, false)";
const DROP: &str = "DROP INDEX IF EXISTS idx_embeddings_vector";

/// What is asked of the index.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum VectorIndex {
    /// How it stands.
    Look,
    /// Take it away.
    SetAside,
    /// Make it, unless it is there or being made.
    PutBack,
}

/// How it stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, sqlx::FromRow)]
pub struct IndexState {
    /// Whether it is there and whole.
    pub ready: bool,
    /// Whether somebody is making it.
    pub in_the_making: bool,
}

pub(super) async fn index(db: &mut PgConnection, asked: VectorIndex) -> Result<IndexState> {
    let state = look(db).await?;
    match asked {
        VectorIndex::Look => return Ok(state),
        VectorIndex::SetAside if state.in_the_making => return Ok(state),
        VectorIndex::SetAside => drop_it(db).await?,
        VectorIndex::PutBack if state.ready || state.in_the_making => return Ok(state),
        VectorIndex::PutBack => {
            // One that was cut off half-way is there and is none.
            drop_it(db).await?;
            sqlx::query(MEMORY)
                .execute(&mut *db)
                .await
                .context("ask for memory")?;
            sqlx::raw_sql(CREATE)
                .execute(&mut *db)
                .await
                .context("make the index over embeddings")?;
            sqlx::raw_sql("RESET maintenance_work_mem")
                .execute(&mut *db)
                .await
                .context("give the memory back")?;
        }
    }
    look(db).await
}

async fn look(db: &mut PgConnection) -> Result<IndexState> {
    sqlx::query_as(
        "SELECT coalesce((SELECT indisvalid FROM pg_index
                          WHERE indexrelid = to_regclass('idx_embeddings_vector')), false) AS ready,
                EXISTS (SELECT FROM pg_stat_progress_create_index
                        WHERE relid = 'embeddings'::regclass
                          AND datname = current_database()) AS in_the_making",
    )
    .fetch_one(db)
    .await
    .context("look at the index over embeddings")
}

async fn drop_it(db: &mut PgConnection) -> Result<()> {
    sqlx::raw_sql("SET lock_timeout = '20s'")
        .execute(&mut *db)
        .await
        .context("bound the waiting")?;
    sqlx::raw_sql(DROP)
        .execute(&mut *db)
        .await
        .context("take the index over embeddings away")?;
    sqlx::raw_sql("RESET lock_timeout")
        .execute(db)
        .await
        .context("end the bound")?;
    Ok(())
}
