//! By meaning: the angle between embeddings. Up to some thousands of rows a user, comparing with
//! every one is exact and fast; beyond, an HNSW index that goes on until the user's rows suffice.
//!
//! An index without iterative scan would first take the nearest of all users and then drop those
//! of others, and so find nothing for most.

use anyhow::{Context, Result};
use async_trait::async_trait;
use pgvector::HalfVector;
use sqlx::postgres::PgRow;
use sqlx::{Connection, FromRow, PgConnection, Postgres};

use super::{Hit, Query, Retriever, ScoreType};
use crate::domain::UserId;

/// Where no threshold is asked for and nothing is nearer than that, nothing is found. Measured with
/// all-MiniLM-L6-v2, the model of the local environment; with models that put all texts nearer to
/// each other it rarely has an effect, and wants to be measured again.
pub const FOUND_FROM: f64 = 0.625;
/// Above so many rows of one user the index is used; comparing with all of them takes some 15 ms.
pub const EXACT_UP_TO: i64 = 10_000;

macro_rules! near {
    ($nearest:literal) => {
        concat!(
            "WITH near AS (",
            $nearest,
            " LIMIT $5)
             SELECT near.item_id, 1 - near.distance / 2 AS score, a.category,
                    a.raw_response ->> 'headline' AS headline, a.summary, i.thumbnail_path,
                    jsonb_build_object('filename', i.filename,
                        'original_filename', i.original_filename, 'mime_type', i.mime_type,
                        'created_at', i.created_at) AS metadata
             FROM near
                 JOIN analyses a ON a.user_id = $1 AND a.id = near.analysis_id
                 JOIN items i ON i.user_id = $1 AND i.id = near.item_id
             ORDER BY near.distance, near.item_id"
        )
    };
}

/// `OFFSET 0` has each distance measured once, and not again to filter and to sort; it also keeps
/// the planner from the index. Analyses are read where a category is asked for, and only then.
pub(super) const EXACT: &str = near!(
    "SELECT item_id, analysis_id, distance FROM (
         SELECT item_id, analysis_id, embedding <=> $2 AS distance FROM embeddings
         WHERE user_id = $1 AND ($3::text IS NULL OR analysis_id IN (
             SELECT id FROM analyses WHERE user_id = $1 AND category = $3)) OFFSET 0) AS measured
     WHERE distance <= 2 * (1 - $4::float8) ORDER BY distance, item_id"
);
pub(super) const INDEXED: &str = near!(
    "SELECT e.item_id, e.analysis_id, e.embedding <=> $2 AS distance
     FROM embeddings e JOIN analyses a ON a.user_id = $1 AND a.id = e.analysis_id
     WHERE e.user_id = $1 AND ($3::text IS NULL OR a.category = $3)
       AND (e.embedding <=> $2) <= 2 * (1 - $4::float8)
     ORDER BY e.embedding <=> $2"
);
/// What makes the index go on until enough rows of the user are found, and look at more on its way
/// than it does by itself: five times as many find a tenth more of what is nearest, for 2 ms. A plan
/// for this one user, who has many rows, is worth its time.
pub const INDEX_SETTINGS: &str = "SET LOCAL hnsw.iterative_scan = relaxed_order;
     SET LOCAL hnsw.ef_search = 200; SET LOCAL enable_sort = off;
     SET LOCAL plan_cache_mode = force_custom_plan";
pub(super) const SIZE: &str =
    "SELECT count(*) FROM (SELECT 1 FROM embeddings WHERE user_id = $1 LIMIT $2) AS found";

/// Finds items by their meaning.
#[derive(Clone, Copy, Debug)]
pub struct Vector;

#[async_trait]
impl Retriever for Vector {
    fn score_type(&self) -> ScoreType {
        ScoreType::Similarity
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
                .bind(HalfVector::from_f32_slice(vector))
                .bind(query.category.clone())
                .bind(query.min_similarity())
                .bind(query.top_k)
        };
        let hits = scan(db, user, arguments, EXACT, INDEXED).await;
        let hits = hits.context("search by meaning")?;
        Ok(query.unless_nothing_fits(hits, FOUND_FROM))
    }
}

type Bound<'q, T> = sqlx::query::QueryAs<'q, Postgres, T, <Postgres as sqlx::Database>::Arguments>;

/// Runs the statement that fits how much the user has.
pub(super) async fn scan<'q, T>(
    db: &mut PgConnection,
    user: &UserId,
    bind: impl Fn(&'static str) -> Bound<'q, T>,
    exact: &'static str,
    indexed: &'static str,
) -> Result<Vec<T>>
where
    T: Send + Unpin + for<'r> FromRow<'r, PgRow>,
{
    let (size,): (i64,) = sqlx::query_as(SIZE)
        .bind(user)
        .bind(EXACT_UP_TO + 1)
        .fetch_one(&mut *db)
        .await?;
    if size <= EXACT_UP_TO {
        return Ok(bind(exact).fetch_all(db).await?);
    }
    // The settings end with the transaction. Without sorting, the order can only come from the
    // index; the planner's own choice hangs on statistics that lag behind.
    let mut transaction = db.begin().await?;
    sqlx::raw_sql(INDEX_SETTINGS)
        .execute(&mut *transaction)
        .await?;
    let found = bind(indexed).fetch_all(&mut *transaction).await?;
    transaction.commit().await?;
    Ok(found)
}
