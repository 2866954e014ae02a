//! Queries on `embeddings`.

use anyhow::{Context, Result};
use pgvector::HalfVector;
use serde_json::Value;
use sqlx::PgConnection;
use time::OffsetDateTime;

use crate::domain::{AnalysisId, ItemId, UserId};

/// The dimensions of the column.
pub const DIMENSIONS: usize = 1024;

/// A new embedding of an item.
#[derive(Clone, Debug)]
pub struct NewEmbedding {
    /// The item.
    pub item_id: ItemId,
    /// The analysis whose text was embedded.
    pub analysis_id: AnalysisId,
    /// The item's owner.
    pub user_id: UserId,
    /// The vector.
    pub vector: Vec<f32>,
    /// The model.
    pub model: String,
    /// What it was made of.
    pub source: Value,
}

/// An analysis that waits to be embedded.
#[derive(Clone, Debug, sqlx::FromRow)]
pub struct Pending {
    /// The analysis.
    pub id: AnalysisId,
    /// Its item.
    pub item_id: ItemId,
    /// What the model said. Old analyses have what is said in columns there alone.
    pub raw_response: Value,
}

/// Stores an item's embedding in place of an earlier one, and records that search finds the item.
/// Nothing is stored if the analysis is no longer the item's latest; says whether it was stored.
pub async fn upsert(db: &mut PgConnection, new: &NewEmbedding) -> Result<bool> {
    let done = sqlx::query(
        "WITH latest AS (
             SELECT id, item_id FROM analyses WHERE user_id = $4 AND item_id = $2
             ORDER BY version DESC LIMIT 1),
         stored AS (
             INSERT INTO embeddings (id, item_id, analysis_id, user_id, embedding, embedding_model,
                 embedding_dimensions, embedding_source)
             SELECT $1, latest.item_id, latest.id, $4, $5, $6, $7, $8 FROM latest
             WHERE latest.id = $3
             ON CONFLICT (item_id) DO UPDATE SET analysis_id = excluded.analysis_id,
                 embedding = excluded.embedding, embedding_model = excluded.embedding_model,
                 embedding_dimensions = excluded.embedding_dimensions,
                 embedding_source = excluded.embedding_source, created_at = now(),
                 import_id = NULL
                 WHERE embeddings.user_id = $4
             RETURNING item_id)
         UPDATE items SET status = 'searchable', status_reason = NULL, updated_at = now()
         FROM stored WHERE items.user_id = $4 AND items.id = stored.item_id",
    )
    .bind(uuid::Uuid::now_v7().to_string())
    .bind(&new.item_id)
    .bind(&new.analysis_id)
    .bind(&new.user_id)
    .bind(HalfVector::from_f32_slice(&new.vector))
    .bind(&new.model)
    .bind(i32::try_from(new.vector.len()).context("count the dimensions")?)
    .bind(&new.source)
    .execute(db)
    .await
    .context("store the embedding")?;
    Ok(done.rows_affected() == 1)
}

/// The analysis, if it is its item's latest and not embedded by this model yet.
pub async fn pending(
    db: &mut PgConnection,
    user: &UserId,
    analysis: &AnalysisId,
    model: &str,
) -> Result<Option<Pending>> {
    sqlx::query_as(
        "SELECT a.id, a.item_id, CASE WHEN jsonb_typeof(a.raw_response) = 'object'
             THEN jsonb_strip_nulls(jsonb_build_object('category', a.category,
                 'summary', a.summary)) || jsonb_strip_nulls(a.raw_response)
             ELSE a.raw_response END AS raw_response FROM analyses a
         WHERE a.user_id = $1 AND a.id = $2
           AND NOT EXISTS (SELECT 1 FROM analyses later WHERE later.user_id = $1
               AND later.item_id = a.item_id AND later.version > a.version)
           AND NOT EXISTS (SELECT 1 FROM embeddings e WHERE e.user_id = $1
               AND e.analysis_id = a.id AND e.embedding_model = $3)",
    )
    .bind(user)
    .bind(analysis)
    .bind(model)
    .fetch_optional(db)
    .await
    .context("look up the analysis to embed")
}

/// Latest analyses whose embedding is missing or was made before `since`: what a rebuild that
/// began then still has to do, after an item, in the order of items.
pub async fn stale(
    db: &mut PgConnection,
    user: &UserId,
    since: OffsetDateTime,
    after: Option<&ItemId>,
    limit: i64,
) -> Result<Vec<Pending>> {
    sqlx::query_as(
        "SELECT DISTINCT ON (a.item_id) a.id, a.item_id, CASE WHEN jsonb_typeof(a.raw_response) = 'object'
             THEN jsonb_strip_nulls(jsonb_build_object('category', a.category,
                 'summary', a.summary)) || jsonb_strip_nulls(a.raw_response)
             ELSE a.raw_response END AS raw_response
         FROM analyses a WHERE a.user_id = $1 AND ($4::text IS NULL OR a.item_id > $4)
           AND NOT EXISTS (SELECT 1 FROM embeddings e WHERE e.user_id = $1
               AND e.item_id = a.item_id AND e.created_at >= $2)
         ORDER BY a.item_id, a.version DESC LIMIT $3",
    )
    .bind(user)
    .bind(since)
    .bind(limit)
    .bind(after)
    .fetch_all(db)
    .await
    .context("list what is to be embedded again")
}

/// How many embeddings a user has.
pub async fn count(db: &mut PgConnection, user: &UserId) -> Result<i64> {
    let (count,) = sqlx::query_as("SELECT count(*) FROM embeddings WHERE user_id = $1")
        .bind(user)
        .fetch_one(db)
        .await
        .context("count the embeddings")?;
    Ok(count)
}
