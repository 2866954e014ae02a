//! Images of items that were moved in: which are wanted, and what is noted when they are stored.

use anyhow::{Context, Result};
use serde::{Deserialize, Serialize};
use sqlx::types::Json;
use sqlx::{Connection as _, PgConnection};

use super::ledger::Import;
use crate::domain::{ItemId, UserId};

/// So many items at one time.
const SOME: i64 = 1_000;

/// An item whose image is wanted.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, sqlx::FromRow)]
pub struct Photo {
    /// The item.
    pub id: ItemId,
    /// What its file was called in the old store.
    pub filename: String,
    /// What it was called when it was uploaded.
    pub original_filename: Option<String>,
    /// The key that is noted.
    pub file_path: String,
    /// Whether something is said of it.
    pub described: bool,
    /// Whether its thumbnail is noted.
    pub has_thumbnail: bool,
}

/// What is known of an image that was stored.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Photographed {
    /// The item.
    pub id: ItemId,
    /// The key of the original.
    pub file_path: String,
    /// The key of the thumbnail; none where the pipeline will note it.
    pub thumbnail_path: Option<String>,
    /// Bytes.
    pub file_size: i64,
    /// What it is.
    pub mime_type: String,
}

/// Where an import of images stored something.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, sqlx::FromRow)]
pub struct Place {
    /// The item.
    pub id: ItemId,
    /// The key of the original.
    pub file_path: String,
}

/// The user's items that were moved in and have no thumbnail yet, or all of them where that is
/// what the caller goes through.
pub(super) async fn wanted(
    db: &mut PgConnection,
    user: &UserId,
    after: Option<&ItemId>,
) -> Result<Vec<Photo>> {
    sqlx::query_as(
        "SELECT id, filename, original_filename, file_path, object_sequencer IS NOT NULL AS described,
                thumbnail_path IS NOT NULL AS has_thumbnail
         FROM items WHERE user_id = $1 AND import_id IS NOT NULL AND ($2::text IS NULL OR id > $2)
         ORDER BY id LIMIT $3",
    )
    .bind(user)
    .bind(after)
    .bind(SOME)
    .fetch_all(db)
    .await
    .context("list the items whose images are wanted")
}

/// Notes what is known of images, and what was noted before.
pub(super) async fn note(
    db: &mut PgConnection,
    import: &Import,
    photos: &[Photographed],
) -> Result<u64> {
    let mut transaction = db.begin().await.context("begin to note images")?;
    let photos = Json(photos);
    sqlx::query(
        "INSERT INTO import_changes (import_id, user_id, item_id, before)
         SELECT $2, $1, i.id, jsonb_build_object('file_path', i.file_path,
             'thumbnail_path', i.thumbnail_path, 'file_size', i.file_size,
             'mime_type', i.mime_type, 'status', i.status)
         FROM jsonb_to_recordset($3) AS p (id text) JOIN items i ON i.id = p.id AND i.user_id = $1
         ON CONFLICT DO NOTHING",
    )
    .bind(&import.user_id)
    .bind(&import.id)
    .bind(photos)
    .execute(&mut *transaction)
    .await
    .context("note how the items were")?;
    let done = sqlx::query(
        "UPDATE items SET file_path = p.file_path, file_size = p.file_size,
             mime_type = p.mime_type,
             thumbnail_path = coalesce(p.thumbnail_path, items.thumbnail_path)
         FROM jsonb_to_recordset($2) AS p (id text, file_path text, thumbnail_path text,
             file_size bigint, mime_type text)
         WHERE items.user_id = $1 AND items.id = p.id",
    )
    .bind(&import.user_id)
    .bind(photos)
    .execute(&mut *transaction)
    .await
    .context("note the images")?;
    transaction.commit().await.context("note the images")?;
    Ok(done.rows_affected())
}

/// What an import of images stored.
pub(super) async fn noted(
    db: &mut PgConnection,
    import: &Import,
    after: Option<&ItemId>,
) -> Result<Vec<Place>> {
    sqlx::query_as(
        "SELECT i.id, i.file_path FROM import_changes c
             JOIN items i ON i.id = c.item_id AND i.user_id = $1
         WHERE c.user_id = $1 AND c.import_id = $2 AND ($3::text IS NULL OR i.id > $3)
         ORDER BY i.id LIMIT $4",
    )
    .bind(&import.user_id)
    .bind(&import.id)
    .bind(after)
    .bind(SOME)
    .fetch_all(db)
    .await
    .context("list what was stored")
}
