//! Rows of `items`.

use collections_core::db::operate::moving::OldItem;
use collections_core::domain::{Format, ItemId, Status};
use contract::objects::ObjectKey;
use rusqlite::Row;
use time::OffsetDateTime;

use super::cell::{self, Cell};
use super::columns::{Column, optional, required};
use crate::legacy::Ids;

pub(super) const COLUMNS: &[Column] = &[
    required(&["id"]),
    optional(&["filename"]),
    optional(&["original_filename"]),
    required(&["file_path"]),
    optional(&["file_size"]),
    optional(&["mime_type"]),
    optional(&["created_at"]),
    optional(&["updated_at"]),
];

pub(super) fn read(row: &Row<'_>, ids: &Ids) -> Cell<OldItem> {
    let id: ItemId = ids.of(&cell::required(row, 1, "id")?)?;
    let old_path = cell::required(row, 4, "file_path")?;
    let filename = match cell::text(row, 2, "filename")?.filter(|name| !name.is_empty()) {
        Some(name) => name,
        None => last_part(&old_path).to_owned(),
    };
    let mime_type = cell::text(row, 6, "mime_type")?;
    let format = mime_type.as_deref().and_then(Format::of_mime_type);
    let extension = format.map_or_else(|| by_name(&filename), Format::extension);
    // Rows without a time all get the same one: whoever imports again gets the same rows.
    let created_at = cell::time(row, 7, "created_at")?.unwrap_or(OffsetDateTime::UNIX_EPOCH);
    Ok(OldItem {
        file_path: ObjectKey::image(ids.user.as_str(), id.as_str(), extension).to_string(),
        id,
        filename,
        original_filename: cell::text(row, 3, "original_filename")?,
        file_size: cell::count(row, 5, "file_size")?,
        mime_type,
        status: Status::Uploaded,
        described: false,
        created_at,
        updated_at: cell::time(row, 8, "updated_at")?.unwrap_or(created_at),
    })
}

/// The name of a file, whichever system's path it was.
fn last_part(path: &str) -> &str {
    path.rsplit(['/', '\\']).next().unwrap_or(path)
}

/// The ending that a name asks for; most are photographs.
fn by_name(name: &str) -> &'static str {
    let ending = name
        .rsplit('.')
        .next()
        .unwrap_or_default()
        .to_ascii_lowercase();
    match ending.as_str() {
        "png" => "png",
        "webp" => "webp",
        "gif" => "gif",
        _ => "jpg",
    }
}
