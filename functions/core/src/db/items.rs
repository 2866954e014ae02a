//! Queries on `items`.

use anyhow::{Context, Result};
use sqlx::PgConnection;
use time::OffsetDateTime;

use crate::domain::{Item, ItemId, Status, UserId};

/// A new item.
#[derive(Clone, Debug)]
pub struct NewItem {
    /// Its id.
    pub id: ItemId,
    /// Its owner.
    pub user_id: UserId,
    /// The file name within the store.
    pub filename: String,
    /// The file name it was uploaded with.
    pub original_filename: Option<String>,
    /// The key of the original.
    pub file_path: String,
    /// Bytes of the original, where known.
    pub file_size: Option<i64>,
    /// What the original is, where known.
    pub mime_type: Option<String>,
    /// How far it has come.
    pub status: Status,
}

/// What the image processor found out about an original.
#[derive(Clone, Debug)]
pub struct Processed {
    /// The key of the thumbnail.
    pub thumbnail_path: String,
    /// Bytes of the original.
    pub file_size: i64,
    /// What the original is.
    pub mime_type: &'static str,
    /// Pixels across, as it is seen.
    pub width: i32,
    /// Pixels down, as it is seen.
    pub height: i32,
}

/// Which items of a list.
#[derive(Clone, Debug, Default)]
pub struct Filter {
    /// Only those whose latest analysis has this category.
    pub category: Option<String>,
    /// Only those after this one.
    pub after: Option<(OffsetDateTime, ItemId)>,
    /// At most so many.
    pub limit: i64,
    /// Without the first so many.
    pub offset: i64,
}

/// Adds an item unless it is there; says whether it was added.
pub async fn insert(db: &mut PgConnection, item: &NewItem) -> Result<bool> {
    let done = sqlx::query(
        "INSERT INTO items (id, user_id, filename, original_filename, file_path, file_size,
                            mime_type, status)
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8) ON CONFLICT (id) DO NOTHING",
    )
    .bind(&item.id)
    .bind(&item.user_id)
    .bind(&item.filename)
    .bind(&item.original_filename)
    .bind(&item.file_path)
    .bind(item.file_size)
    .bind(&item.mime_type)
    .bind(item.status)
    .execute(db)
    .await
    .context("add the item")?;
    Ok(done.rows_affected() == 1)
}

/// An item with its latest analysis.
pub async fn get(db: &mut PgConnection, user: &UserId, id: &ItemId) -> Result<Option<Item>> {
    sqlx::query_as(
        "SELECT items.*, latest.analysis AS latest_analysis
         FROM items LEFT JOIN LATERAL (
             SELECT jsonb_build_object('id', a.id, 'item_id', a.item_id, 'version', a.version,
                 'category', a.category, 'summary', a.summary, 'raw_response', a.raw_response,
                 'provider_used', a.provider_used, 'model_used', a.model_used,
                 'trace_id', a.trace_id, 'object_sequencer', a.object_sequencer, 'created_at', a.created_at) AS analysis
             FROM analyses a WHERE a.user_id = $1 AND a.item_id = items.id
             ORDER BY a.version DESC LIMIT 1) latest ON true
         WHERE items.user_id = $1 AND items.id = $2",
    )
    .bind(user)
    .bind(id)
    .fetch_optional(db)
    .await
    .context("look up the item")
}

/// Items, newest first.
pub async fn list(db: &mut PgConnection, user: &UserId, filter: &Filter) -> Result<Vec<Item>> {
    let (time, id) = filter.after.clone().unzip();
    sqlx::query_as(
        "SELECT items.*, latest.analysis AS latest_analysis
         FROM items LEFT JOIN LATERAL (
             SELECT a.category, jsonb_build_object('id', a.id, 'item_id', a.item_id,
                 'version', a.version, 'category', a.category, 'summary', a.summary,
                 'raw_response', a.raw_response, 'provider_used', a.provider_used,
                 'model_used', a.model_used, 'trace_id', a.trace_id, 'object_sequencer', a.object_sequencer,
                 'created_at', a.created_at) AS analysis
             FROM analyses a WHERE a.user_id = $1 AND a.item_id = items.id
             ORDER BY a.version DESC LIMIT 1) latest ON true
         WHERE items.user_id = $1
           AND ($2::text IS NULL OR latest.category = $2)
           AND ($3::timestamptz IS NULL OR (items.created_at, items.id) < ($3, $4))
         ORDER BY items.created_at DESC, items.id DESC LIMIT $5 OFFSET $6",
    )
    .bind(user)
    .bind(&filter.category)
    .bind(time)
    .bind(id)
    .bind(filter.limit)
    .bind(filter.offset)
    .fetch_all(db)
    .await
    .context("list the items")
}

/// How many items there are, of a category or of all.
pub async fn count(db: &mut PgConnection, user: &UserId, category: Option<&str>) -> Result<i64> {
    let (count,) = sqlx::query_as(
        "SELECT count(*) FROM items
         WHERE items.user_id = $1 AND ($2::text IS NULL OR $2 = (
             SELECT a.category FROM analyses a WHERE a.user_id = $1 AND a.item_id = items.id
             ORDER BY a.version DESC LIMIT 1))",
    )
    .bind(user)
    .bind(category)
    .fetch_one(db)
    .await
    .context("count the items")?;
    Ok(count)
}

/// Categories with the number of items whose latest analysis has them, the largest first.
pub async fn categories(db: &mut PgConnection, user: &UserId) -> Result<Vec<(String, i64)>> {
    sqlx::query_as(
        "SELECT latest.category, count(*) FROM items CROSS JOIN LATERAL (
             SELECT a.category FROM analyses a WHERE a.user_id = $1 AND a.item_id = items.id
             ORDER BY a.version DESC LIMIT 1) latest
         WHERE items.user_id = $1 AND latest.category IS NOT NULL
         GROUP BY latest.category ORDER BY count(*) DESC, latest.category",
    )
    .bind(user)
    .fetch_all(db)
    .await
    .context("count the categories")
}

/// Removes an item and, by cascade, what hangs on it; gives back what it was.
pub async fn delete(
    db: &mut PgConnection,
    user: &UserId,
    id: &ItemId,
) -> Result<Option<(String, Option<String>)>> {
    sqlx::query_as(
        "DELETE FROM items WHERE user_id = $1 AND id = $2 RETURNING file_path, thumbnail_path",
    )
    .bind(user)
    .bind(id)
    .fetch_optional(db)
    .await
    .context("remove the item")
}

/// Records a thumbnail, unless a later version of the object was recorded before; says whether it
/// was recorded. An item that has come further stays where it is.
pub async fn set_processed(
    db: &mut PgConnection,
    user: &UserId,
    id: &ItemId,
    found: &Processed,
    sequencer: Option<&str>,
) -> Result<bool> {
    let done = sqlx::query(
        "UPDATE items SET thumbnail_path = $3, file_size = $4, mime_type = $5, width = $6,
             height = $7, object_sequencer = coalesce($8, object_sequencer), status_reason = NULL,
             status = CASE WHEN status IN ('analyzed', 'searchable') THEN status
                           ELSE 'processed' END,
             updated_at = now()
         WHERE user_id = $1 AND id = $2 AND ($8::text IS NULL OR object_sequencer IS NULL
             OR rpad(object_sequencer, 64, '0') COLLATE \"C\" <= rpad($8, 64, '0') COLLATE \"C\")",
    )
    .bind(user)
    .bind(id)
    .bind(&found.thumbnail_path)
    .bind(found.file_size)
    .bind(found.mime_type)
    .bind(found.width)
    .bind(found.height)
    .bind(sequencer)
    .execute(db)
    .await
    .context("record the thumbnail")?;
    Ok(done.rows_affected() == 1)
}

/// Records that an item comes no further, unless a later version of the object was recorded.
pub async fn set_refused(
    db: &mut PgConnection,
    user: &UserId,
    id: &ItemId,
    reason: &str,
    sequencer: Option<&str>,
) -> Result<()> {
    sqlx::query(
        "UPDATE items SET status = 'refused', status_reason = $3,
             object_sequencer = coalesce($4, object_sequencer), updated_at = now()
         WHERE user_id = $1 AND id = $2 AND ($4::text IS NULL OR object_sequencer IS NULL
             OR rpad(object_sequencer, 64, '0') COLLATE \"C\" <= rpad($4, 64, '0') COLLATE \"C\")",
    )
    .bind(user)
    .bind(id)
    .bind(reason)
    .bind(sequencer)
    .execute(db)
    .await
    .context("record the refusal")?;
    Ok(())
}

/// Records how far an item has come.
pub async fn set_status(
    db: &mut PgConnection,
    user: &UserId,
    id: &ItemId,
    status: Status,
) -> Result<()> {
    sqlx::query(
        "UPDATE items SET status = $3, status_reason = NULL, updated_at = now()
         WHERE user_id = $1 AND id = $2",
    )
    .bind(user)
    .bind(id)
    .bind(status)
    .execute(db)
    .await
    .context("record the item's status")?;
    Ok(())
}
