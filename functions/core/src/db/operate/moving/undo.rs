//! Takes an import back: what it brought goes, what it changed is as before, anything else stays.
//! Some rows at a time, each time whole; asked again until nothing is left.

use anyhow::{Context, Result};
use serde::{Deserialize, Serialize};
use sqlx::{Connection as _, PgConnection};

use super::ledger::Import;
use super::{Table, statistics};

/// So many rows of a table at one time.
const SOME: i64 = 5_000;

/// What one step took back.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Undone {
    /// Items that are as before.
    pub restored: u64,
    /// Embeddings that are gone.
    pub embeddings: u64,
    /// Analyses that are gone.
    pub analyses: u64,
    /// Items that are gone.
    pub items: u64,
    /// What stays because later work hangs on it, when nothing else is left.
    pub kept: Vec<Kept>,
    /// Whether that was all.
    pub done: bool,
}

/// A row that stays.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, sqlx::FromRow)]
pub struct Kept {
    /// Its table.
    pub table: Table,
    /// Its id.
    pub id: String,
}

const RESTORE: &str = "
    WITH part AS (SELECT item_id, before FROM import_changes
                  WHERE user_id = $1 AND import_id = $2 ORDER BY item_id LIMIT $3),
    restored AS (
        UPDATE items SET (status, file_path, thumbnail_path, file_size, mime_type, width, height) =
            (SELECT r.status, r.file_path, r.thumbnail_path, r.file_size, r.mime_type, r.width,
                 r.height FROM jsonb_populate_record(items, part.before) r)
        FROM part WHERE items.user_id = $1 AND items.id = part.item_id)
    DELETE FROM import_changes c USING part
    WHERE c.user_id = $1 AND c.import_id = $2 AND c.item_id = part.item_id";

const EMBEDDINGS: &str = "
    DELETE FROM embeddings WHERE user_id = $1 AND id IN (
        SELECT id FROM embeddings WHERE user_id = $1 AND import_id = $2 LIMIT $3)";

/// An embedding that came later hangs on some analyses.
const ANALYSES: &str = "
    DELETE FROM analyses WHERE user_id = $1 AND id IN (
        SELECT a.id FROM analyses a WHERE a.user_id = $1 AND a.import_id = $2
            AND NOT EXISTS (SELECT FROM embeddings e WHERE e.user_id = $1 AND e.analysis_id = a.id)
        LIMIT $3)";

/// Analyses that came later, or images that another import stored, hang on some items.
const ITEMS: &str = "
    DELETE FROM items WHERE user_id = $1 AND id IN (
        SELECT i.id FROM items i WHERE i.user_id = $1 AND i.import_id = $2
            AND NOT EXISTS (SELECT FROM analyses a WHERE a.user_id = $1 AND a.item_id = i.id)
            AND NOT EXISTS (SELECT FROM import_changes c WHERE c.user_id = $1 AND c.item_id = i.id)
        LIMIT $3)";

const KEPT: &str = "
    SELECT 'items' AS table, id FROM items WHERE user_id = $1 AND import_id = $2
    UNION ALL
    SELECT 'analyses' AS table, id FROM analyses WHERE user_id = $1 AND import_id = $2
    ORDER BY 1, 2 LIMIT $3";

/// One step.
pub(super) async fn some(db: &mut PgConnection, import: &Import) -> Result<Undone> {
    for table in [Table::Items, Table::Analyses, Table::Embeddings] {
        statistics::refresh(db, table).await?;
    }
    let mut transaction = db.begin().await.context("begin to take back")?;
    let mut undone = Undone {
        restored: step(&mut transaction, import, RESTORE).await?,
        ..Undone::default()
    };
    if undone.restored == 0 {
        undone.embeddings = step(&mut transaction, import, EMBEDDINGS).await?;
    }
    if undone.restored + undone.embeddings == 0 {
        undone.analyses = step(&mut transaction, import, ANALYSES).await?;
    }
    if undone.restored + undone.embeddings + undone.analyses == 0 {
        undone.items = step(&mut transaction, import, ITEMS).await?;
    }
    if undone.restored + undone.embeddings + undone.analyses + undone.items == 0 {
        undone.kept = kept(&mut transaction, import).await?;
        undone.done = true;
        if undone.kept.is_empty() {
            forget(&mut transaction, import).await?;
        }
    }
    statistics::count_at_once(&mut transaction).await?;
    transaction.commit().await.context("take back")?;
    Ok(undone)
}

async fn step(db: &mut PgConnection, import: &Import, sql: &'static str) -> Result<u64> {
    let done = sqlx::query(sql)
        .bind(&import.user_id)
        .bind(&import.id)
        .bind(SOME)
        .execute(db)
        .await
        .context("take rows back")?;
    Ok(done.rows_affected())
}

async fn kept(db: &mut PgConnection, import: &Import) -> Result<Vec<Kept>> {
    sqlx::query_as(KEPT)
        .bind(&import.user_id)
        .bind(&import.id)
        .bind(SOME)
        .fetch_all(db)
        .await
        .context("list what stays")
}

async fn forget(db: &mut PgConnection, import: &Import) -> Result<()> {
    sqlx::query("DELETE FROM imports WHERE user_id = $1 AND id = $2")
        .bind(&import.user_id)
        .bind(&import.id)
        .execute(db)
        .await
        .context("forget the import")?;
    Ok(())
}
