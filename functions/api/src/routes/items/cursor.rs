//! Where a page ended, as text the caller hands back. Any moment and id are a place to go on from.

use collections_core::domain::{Item, ItemId};
use time::OffsetDateTime;

use crate::problem::Problem;

/// The place after an item: nanoseconds since 1970, and the id.
pub(super) fn after(item: &Item) -> String {
    format!("{}_{}", item.created_at.unix_timestamp_nanos(), item.id)
}

/// The place a caller handed back.
pub(super) fn read(cursor: &str) -> Result<(OffsetDateTime, ItemId), Problem> {
    parse(cursor).ok_or_else(|| Problem::bad_request("cursor is not the next_cursor of a page"))
}

fn parse(cursor: &str) -> Option<(OffsetDateTime, ItemId)> {
    let (nanoseconds, id) = cursor.split_once('_')?;
    let digits = nanoseconds.bytes().all(|byte| byte.is_ascii_digit());
    (digits && nanoseconds.len() <= 19).then_some(())?;
    let time = OffsetDateTime::from_unix_timestamp_nanos(nanoseconds.parse().ok()?).ok()?;
    Some((time, id.parse().ok()?))
}
