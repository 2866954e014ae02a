//! By words and meaning at once: one statement ranks by both and fuses the ranks (reciprocal rank
//! fusion, weights 0.3 and 0.7, constant 15, each leg fetching twice what is asked for).

use anyhow::{Context, Result};
use async_trait::async_trait;
use pgvector::HalfVector;
use sqlx::PgConnection;

use super::words::tsquery;
use super::{Hit, Query, Retriever, ScoreType, vector};
use crate::domain::UserId;

/// The weight of a rank by words.
pub const WORDS_WEIGHT: f64 = 0.3;
/// The weight of a rank by meaning.
pub const MEANING_WEIGHT: f64 = 0.7;
/// Damps the lead of the first ranks.
pub const CONSTANT: f64 = 15.0;

macro_rules! fused {
    ($order:literal) => {
        concat!(
            "WITH by_words AS (
                 SELECT a.item_id, ts_rank(a.search_vector, words) AS score
                 FROM websearch_to_tsquery('english', $2) AS words, analyses a
                 WHERE a.user_id = $1 AND a.search_vector @@ words
                   AND ($4::text IS NULL OR a.category = $4)
                   AND ts_rank(a.search_vector, words) >= $5
                   AND NOT EXISTS (SELECT 1 FROM analyses later WHERE later.user_id = $1
                       AND later.item_id = a.item_id AND later.version > a.version)
                 ORDER BY score DESC, a.item_id LIMIT 2 * $7),
             by_meaning AS (
                 SELECT e.item_id, e.embedding <=> $3 AS distance
                 FROM embeddings e JOIN analyses a ON a.user_id = $1 AND a.id = e.analysis_id
                 WHERE e.user_id = $1 AND ($4::text IS NULL OR a.category = $4)
                   AND (e.embedding <=> $3) <= 2 * (1 - $6::float8)
                 ORDER BY ",
            $order,
            " LIMIT 2 * $7),
             ranks AS (
                 SELECT item_id, $8 AS weight,
                        row_number() OVER (ORDER BY score DESC, item_id) AS rank FROM by_words
                 UNION ALL
                 SELECT item_id, $9, row_number() OVER (ORDER BY distance, item_id)
                 FROM by_meaning),
             fused AS (
                 SELECT item_id, sum(weight / ($10 + rank))::float8 AS score FROM ranks
                 GROUP BY item_id ORDER BY score DESC, item_id LIMIT $7)
             SELECT fused.item_id, fused.score, a.category, a.raw_response ->> 'headline' AS headline,
                    a.summary, i.thumbnail_path,
                    jsonb_build_object('filename', i.filename,
                        'original_filename', i.original_filename, 'mime_type', i.mime_type,
                        'created_at', i.created_at) AS metadata
             FROM fused JOIN items i ON i.user_id = $1 AND i.id = fused.item_id
                 JOIN LATERAL (SELECT * FROM analyses WHERE user_id = $1 AND item_id = fused.item_id
                     ORDER BY version DESC LIMIT 1) a ON true
             ORDER BY fused.score DESC, fused.item_id"
        )
    };
}

pub(super) const EXACT: &str = fused!("(e.embedding <=> $3) + 0, e.item_id");
pub(super) const INDEXED: &str = fused!("e.embedding <=> $3");

/// Finds items by words and meaning.
#[derive(Clone, Copy, Debug)]
pub struct Hybrid;

#[async_trait]
impl Retriever for Hybrid {
    fn score_type(&self) -> ScoreType {
        ScoreType::HybridRrf
    }

    async fn retrieve(
        &self,
        db: &mut PgConnection,
        user: &UserId,
        query: &Query,
    ) -> Result<Vec<Hit>> {
        let vector = query.vector.as_deref().context("the query has no vector")?;
        let arguments = |sql| {
            sqlx::query_as(sql)
                .bind(user.clone())
                .bind(tsquery(&query.text))
                .bind(HalfVector::from_f32_slice(vector))
                .bind(query.category.clone())
                .bind(query.min_relevance)
                .bind(query.min_similarity)
                .bind(query.top_k)
                .bind(WORDS_WEIGHT)
                .bind(MEANING_WEIGHT)
                .bind(CONSTANT)
        };
        vector::scan(db, user, arguments, EXACT, INDEXED)
            .await
            .context("search by both")
    }
}
