//! Queries on `analyses`.

use anyhow::{Context, Result};
use sqlx::{Connection, PgConnection};

use crate::domain::{Analysis, AnalysisId, Description, ItemId, UserId};

/// A new analysis.
#[derive(Clone, Debug)]
pub struct NewAnalysis {
    /// Its id, made of what caused it.
    pub id: AnalysisId,
    /// The item.
    pub item_id: ItemId,
    /// The item's owner.
    pub user_id: UserId,
    /// What the model said.
    pub description: Description,
    /// Whose model it was.
    pub provider: &'static str,
    /// Which model it was.
    pub model: String,
    /// The trace of the call.
    pub trace_id: Option<String>,
    /// Tokens read.
    pub input_tokens: i64,
    /// Tokens written.
    pub output_tokens: i64,
    /// What they cost, in billionths of a dollar, if the price is known.
    pub cost_nanodollars: Option<i64>,
    /// Which version of the original the model saw.
    pub object_sequencer: Option<String>,
}

/// What storing an analysis ends in.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Stored {
    /// It is the item's next version.
    Added,
    /// It was stored before.
    Already,
    /// The item was deleted, or its image replaced, while the model was at it.
    Obsolete,
}

/// Adds an analysis as the item's next version; one with the same id is left as it is.
pub async fn insert(db: &mut PgConnection, new: &NewAnalysis) -> Result<Stored> {
    let mut transaction = db.begin().await.context("begin to store the analysis")?;
    // The item's row is locked, so that two versions cannot get one number.
    let item: Option<(Option<String>,)> = sqlx::query_as(
        "SELECT object_sequencer FROM items WHERE user_id = $1 AND id = $2 FOR UPDATE",
    )
    .bind(&new.user_id)
    .bind(&new.item_id)
    .fetch_optional(&mut *transaction)
    .await
    .context("lock the item")?;
    if item.is_none_or(|(version,)| version != new.object_sequencer) {
        return Ok(Stored::Obsolete);
    }
    let raw = serde_json::to_value(&new.description).context("write the description")?;
    let done = sqlx::query(
        "INSERT INTO analyses (id, item_id, user_id, version, category, summary, raw_response,
             provider_used, model_used, trace_id, input_tokens, output_tokens, cost_nanodollars,
             object_sequencer)
         VALUES ($1, $2, $3,
             (SELECT coalesce(max(version), 0) + 1 FROM analyses WHERE user_id = $3 AND item_id = $2),
             $4, $5, $6, $7, $8, $9, $10, $11, $12, $13)
         ON CONFLICT (id) DO NOTHING",
    )
    .bind(&new.id)
    .bind(&new.item_id)
    .bind(&new.user_id)
    .bind(&new.description.category)
    .bind(&new.description.summary)
    .bind(raw)
    .bind(new.provider)
    .bind(&new.model)
    .bind(&new.trace_id)
    .bind(new.input_tokens)
    .bind(new.output_tokens)
    .bind(new.cost_nanodollars)
    .bind(&new.object_sequencer)
    .execute(&mut *transaction)
    .await
    .context("store the analysis")?;
    sqlx::query(
        "UPDATE items SET status = 'analyzed', status_reason = NULL, updated_at = now()
         WHERE user_id = $1 AND id = $2 AND $3",
    )
    .bind(&new.user_id)
    .bind(&new.item_id)
    .bind(done.rows_affected() == 1)
    .execute(&mut *transaction)
    .await
    .context("record the item's status")?;
    transaction.commit().await.context("store the analysis")?;
    Ok(if done.rows_affected() == 1 {
        Stored::Added
    } else {
        Stored::Already
    })
}

/// One analysis.
pub async fn get(
    db: &mut PgConnection,
    user: &UserId,
    id: &AnalysisId,
) -> Result<Option<Analysis>> {
    sqlx::query_as("SELECT * FROM analyses WHERE user_id = $1 AND id = $2")
        .bind(user)
        .bind(id)
        .fetch_optional(db)
        .await
        .context("look up the analysis")
}

/// The latest analysis of an item.
pub async fn latest(
    db: &mut PgConnection,
    user: &UserId,
    item: &ItemId,
) -> Result<Option<Analysis>> {
    sqlx::query_as(
        "SELECT * FROM analyses WHERE user_id = $1 AND item_id = $2
         ORDER BY version DESC LIMIT 1",
    )
    .bind(user)
    .bind(item)
    .fetch_optional(db)
    .await
    .context("look up the latest analysis")
}

/// All analyses of an item, newest first.
pub async fn of_item(db: &mut PgConnection, user: &UserId, item: &ItemId) -> Result<Vec<Analysis>> {
    sqlx::query_as(
        "SELECT * FROM analyses WHERE user_id = $1 AND item_id = $2 ORDER BY version DESC",
    )
    .bind(user)
    .bind(item)
    .fetch_all(db)
    .await
    .context("list the analyses")
}

/// What was last said of each of some items; in no order.
pub async fn latest_of(
    db: &mut PgConnection,
    user: &UserId,
    items: &[ItemId],
) -> Result<Vec<(ItemId, serde_json::Value)>> {
    let items: Vec<&str> = items.iter().map(ItemId::as_str).collect();
    sqlx::query_as(
        "SELECT DISTINCT ON (item_id) item_id, raw_response FROM analyses
         WHERE user_id = $1 AND item_id = ANY($2) ORDER BY item_id, version DESC",
    )
    .bind(user)
    .bind(items)
    .fetch_all(db)
    .await
    .context("look up what was said of the items")
}
