//! Queries on `items`.

use std::time::Duration;

use anyhow::{Context, Result};
use sqlx::{Connection as _, PgConnection};
use time::OffsetDateTime;

use crate::domain::{Item, ItemId, Status, UserId};

/// Later than any version that S3 counts: what is said of a loaded image stays said when its
/// upload is announced, and no model is asked.
pub(super) const LAST_VERSION: &str =
    "ffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff";

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
    /// Whether the thumbnail alone was asked for.
    pub again: bool,
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

/// Removes items that have waited for their images for so long; says how many there were.
pub async fn forget_awaited(db: &mut PgConnection, user: &UserId, waited: Duration) -> Result<u64> {
    let done = sqlx::query(
        "DELETE FROM items WHERE user_id = $1 AND status = 'awaiting_upload'
             AND created_at < now() - make_interval(secs => $2)",
    )
    .bind(user)
    .bind(waited.as_secs_f64())
    .execute(db)
    .await
    .context("remove items whose images never came")?;
    Ok(done.rows_affected())
}

/// How many items wait for their images.
pub async fn count_awaited(db: &mut PgConnection, user: &UserId) -> Result<i64> {
    let (count,) = sqlx::query_as(
        "SELECT count(*) FROM items WHERE user_id = $1 AND status = 'awaiting_upload'",
    )
    .bind(user)
    .fetch_one(db)
    .await
    .context("count the items that wait for their images")?;
    Ok(count)
}

/// Which version of an object was looked at.
#[derive(Clone, Copy, Debug)]
pub enum Seen<'s> {
    /// The one whose event told its place in the order of versions.
    Version(&'s str),
    /// Whichever was stored, when this was the version that the item had.
    Stored(Option<&'s str>),
}

/// What became of a thumbnail.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Recorded {
    /// It is the item's.
    Recorded,
    /// A later version of the object was processed before.
    Outdated,
    /// The item was deleted meanwhile.
    Deleted,
}

/// The version of its object that an item has, and what keeps anybody from changing the item or
/// deleting it before the transaction ends.
async fn hold(db: &mut PgConnection, user: &UserId, id: &ItemId) -> Result<Option<Option<String>>> {
    let held: Option<(Option<String>,)> = sqlx::query_as(
        "SELECT object_sequencer FROM items WHERE user_id = $1 AND id = $2 FOR UPDATE",
    )
    .bind(user)
    .bind(id)
    .fetch_optional(db)
    .await
    .context("hold the item")?;
    Ok(held.map(|(sequencer,)| sequencer))
}

/// The version of its object that an item has; nothing, if there is no item.
pub async fn version(
    db: &mut PgConnection,
    user: &UserId,
    id: &ItemId,
) -> Result<Option<Option<String>>> {
    let found: Option<(Option<String>,)> =
        sqlx::query_as("SELECT object_sequencer FROM items WHERE user_id = $1 AND id = $2")
            .bind(user)
            .bind(id)
            .fetch_optional(db)
            .await
            .context("look up the item's version")?;
    Ok(found.map(|(sequencer,)| sequencer))
}

impl Seen<'_> {
    /// Whether the item has come further than what was looked at.
    fn is_outdated_by(self, held: Option<&str>) -> bool {
        match self {
            // Hexadecimal numbers, of which the shorter one goes on with zeros.
            Self::Version(own) => held.is_some_and(|held| {
                let length = held.len().max(own.len());
                format!("{held:0<length$}") > format!("{own:0<length$}")
            }),
            Self::Stored(then) => held != then,
        }
    }
}

/// Has a thumbnail stored and records it, unless the item is gone or has come further. Nobody
/// deletes the item or puts another version in its place before both is done. An item that was
/// analysed already stays where it is; so does one whose thumbnail alone is made `again`.
pub async fn set_processed(
    db: &mut PgConnection,
    user: &UserId,
    id: &ItemId,
    found: &Processed,
    seen: Seen<'_>,
    store: impl Future<Output = Result<()>>,
) -> Result<Recorded> {
    let mut transaction = db.begin().await.context("begin to record a thumbnail")?;
    let Some(held) = hold(&mut transaction, user, id).await? else {
        return Ok(Recorded::Deleted);
    };
    if seen.is_outdated_by(held.as_deref()) {
        // What was loaded counts as later than anything that S3 tells; it wants its thumbnail.
        if held.as_deref() == Some(LAST_VERSION) {
            store.await?;
        }
        return Ok(Recorded::Outdated);
    }
    store.await?;
    let sequencer = match seen {
        Seen::Version(sequencer) => Some(sequencer),
        Seen::Stored(_) => None,
    };
    sqlx::query(
        "UPDATE items SET thumbnail_path = $3, file_size = $4, mime_type = $5, width = $6,
             height = $7, object_sequencer = coalesce($8, object_sequencer),
             status = CASE WHEN status IN ('analyzed', 'searchable')
                 OR $9 AND thumbnail_path IS NOT NULL THEN status ELSE 'processed' END,
             status_reason = CASE WHEN $9 AND thumbnail_path IS NOT NULL THEN status_reason END,
             updated_at = now()
         WHERE user_id = $1 AND id = $2",
    )
    .bind(user)
    .bind(id)
    .bind(&found.thumbnail_path)
    .bind(found.file_size)
    .bind(found.mime_type)
    .bind(found.width)
    .bind(found.height)
    .bind(sequencer)
    .bind(found.again)
    .execute(&mut *transaction)
    .await
    .context("record the thumbnail")?;
    transaction.commit().await.context("record the thumbnail")?;
    Ok(Recorded::Recorded)
}

/// Removes an item that never came further than its upload, for its object is gone.
pub async fn forget_unprocessed(db: &mut PgConnection, user: &UserId, id: &ItemId) -> Result<()> {
    sqlx::query(
        "DELETE FROM items WHERE user_id = $1 AND id = $2 AND status = 'uploaded'
             AND thumbnail_path IS NULL",
    )
    .bind(user)
    .bind(id)
    .execute(db)
    .await
    .context("remove the item without an image")?;
    Ok(())
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

/// Why an item has no analysis.
#[derive(Clone, Debug)]
pub struct Unanalyzed {
    /// In words, for its owner.
    pub reason: String,
    /// Whether the image itself is the reason, so that no model would do better.
    pub for_good: bool,
    /// The version of the object that was looked at.
    pub object_sequencer: Option<String>,
}

/// Records why an analysis came to nothing, if it was of the version of the object that the item
/// still has. An item with an earlier analysis stays where it is.
pub async fn set_unanalyzed(
    db: &mut PgConnection,
    user: &UserId,
    id: &ItemId,
    why: &Unanalyzed,
) -> Result<()> {
    sqlx::query(
        "UPDATE items SET status_reason = $3, updated_at = now(),
             status = CASE WHEN $4 AND status NOT IN ('analyzed', 'searchable') THEN 'refused'
                           ELSE status END
         WHERE user_id = $1 AND id = $2 AND object_sequencer IS NOT DISTINCT FROM $5",
    )
    .bind(user)
    .bind(id)
    .bind(&why.reason)
    .bind(why.for_good)
    .bind(&why.object_sequencer)
    .execute(db)
    .await
    .context("record why there is no analysis")?;
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
