//! By words: PostgreSQL's full text search over the latest analysis of every item.

use anyhow::{Context, Result};
use async_trait::async_trait;
use sqlx::PgConnection;

use super::words::tsquery;
use super::{Hit, Query, Retriever, ScoreType};
use crate::domain::UserId;

pub(super) const SQL: &str = "
    SELECT a.item_id, ts_rank(a.search_vector, words)::float8 AS score, a.category,
           a.raw_response ->> 'headline' AS headline, a.summary, i.thumbnail_path,
           jsonb_build_object('filename', i.filename, 'original_filename', i.original_filename,
               'mime_type', i.mime_type, 'created_at', i.created_at) AS metadata
    FROM websearch_to_tsquery('english', $2) AS words, analyses a
        JOIN items i ON i.user_id = $1 AND i.id = a.item_id
    WHERE a.user_id = $1 AND a.search_vector @@ words
      AND ($3::text IS NULL OR a.category = $3)
      AND ts_rank(a.search_vector, words) >= $4
      AND NOT EXISTS (SELECT 1 FROM analyses later WHERE later.user_id = $1
          AND later.item_id = a.item_id AND later.version > a.version)
    ORDER BY score DESC, a.item_id LIMIT $5";

/// Finds items by their words.
#[derive(Clone, Copy, Debug)]
pub struct Bm25;

#[async_trait]
impl Retriever for Bm25 {
    fn score_type(&self) -> ScoreType {
        ScoreType::Bm25
    }

    async fn retrieve(
        &self,
        db: &mut PgConnection,
        user: &UserId,
        query: &Query,
    ) -> Result<Vec<Hit>> {
        sqlx::query_as(SQL)
            .bind(user)
            .bind(tsquery(&query.text))
            .bind(&query.category)
            .bind(query.min_relevance)
            .bind(query.top_k)
            .fetch_all(db)
            .await
            .context("search by words")
    }
}
