//! Where a page ended, as text the caller hands back.

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use collections_core::domain::{Item, ItemId};
use time::OffsetDateTime;

use crate::problem::Problem;

/// The place after an item.
pub(super) fn after(item: &Item) -> String {
    URL_SAFE_NO_PAD.encode(format!(
        "{} {}",
        item.created_at.unix_timestamp_nanos(),
        item.id
    ))
}

/// The place a caller handed back.
pub(super) fn read(cursor: &str) -> Result<(OffsetDateTime, ItemId), Problem> {
    parse(cursor).ok_or_else(|| Problem::bad_request("cursor is not the next_cursor of a page"))
}

fn parse(cursor: &str) -> Option<(OffsetDateTime, ItemId)> {
    let text = String::from_utf8(URL_SAFE_NO_PAD.decode(cursor).ok()?).ok()?;
    let (nanoseconds, id) = text.split_once(' ')?;
    let time = OffsetDateTime::from_unix_timestamp_nanos(nanoseconds.parse().ok()?).ok()?;
    // PostgreSQL's calendar ends before this one's does.
    (1970..=9999).contains(&time.year()).then_some(())?;
    Some((time, id.parse().ok()?))
}
