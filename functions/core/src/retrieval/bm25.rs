//! By words alone, over the latest analysis of every item. See [`super::words`] for the measure.

use anyhow::{Context, Result};
use async_trait::async_trait;
use sqlx::PgConnection;

use super::words::{FIELD_WEIGHTS, PHRASE_WEIGHT, Words, matched};
use super::{Hit, Query, Retriever, ScoreType};
use crate::domain::UserId;

/// Where no threshold is asked for and the best match is worse than that, nothing is found.
pub const FOUND_FROM: f64 = 0.08;

pub(super) const SQL: &str = concat!(
    "WITH ",
    matched!(by index),
    ", best AS (
         SELECT item_id, score FROM matched WHERE score >= $7
         ORDER BY score DESC, item_id LIMIT $8)
     SELECT best.item_id, best.score, a.category, a.raw_response ->> 'headline' AS headline,
            a.summary, i.thumbnail_path,
            jsonb_build_object('filename', i.filename, 'original_filename', i.original_filename,
                'mime_type', i.mime_type, 'created_at', i.created_at) AS metadata
     FROM best JOIN items i ON i.user_id = $1 AND i.id = best.item_id
         JOIN LATERAL (SELECT * FROM analyses WHERE user_id = $1 AND item_id = best.item_id
             ORDER BY version DESC LIMIT 1) a ON true
     ORDER BY best.score DESC, best.item_id"
);

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
        let Words { wanted, syntax } = Words::of(&query.text);
        let hits: Vec<Hit> = sqlx::query_as(SQL)
            .bind(user)
            .bind(wanted)
            .bind(syntax)
            .bind(&query.category)
            .bind(FIELD_WEIGHTS)
            .bind(PHRASE_WEIGHT)
            .bind(query.min_relevance())
            .bind(query.top_k)
            .fetch_all(db)
            .await
            .context("search by words")?;
        Ok(query.unless_nothing_fits(hits, FOUND_FROM))
    }
}
