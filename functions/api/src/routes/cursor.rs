//! Where a page ended, as text the caller hands back. Any moment and id are a place to go on from.

use std::fmt::Display;
use std::str::FromStr;

use time::OffsetDateTime;

use crate::problem::Problem;

/// The place after something of this time and id: nanoseconds since 1970, and the id.
pub(super) fn after(time: OffsetDateTime, id: impl Display) -> String {
    format!("{}_{id}", time.unix_timestamp_nanos())
}

/// The place a caller handed back.
pub(super) fn read<Id: FromStr>(cursor: &str) -> Result<(OffsetDateTime, Id), Problem> {
    parse(cursor).ok_or_else(|| Problem::bad_request("cursor is not the next_cursor of a page"))
}

fn parse<Id: FromStr>(cursor: &str) -> Option<(OffsetDateTime, Id)> {
    let (nanoseconds, id) = cursor.split_once('_')?;
    let digits = nanoseconds.bytes().all(|byte| byte.is_ascii_digit());
    (digits && nanoseconds.len() <= 19).then_some(())?;
    let time = OffsetDateTime::from_unix_timestamp_nanos(nanoseconds.parse().ok()?).ok()?;
    Some((time, id.parse().ok()?))
}
