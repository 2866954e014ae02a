//! Where a page ended, as text the caller hands back.

use std::fmt::Display;
use std::str::FromStr;

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use time::OffsetDateTime;

use crate::problem::Problem;

/// The place after something of this time and id.
pub(super) fn after(time: OffsetDateTime, id: impl Display) -> String {
    URL_SAFE_NO_PAD.encode(format!("{} {id}", time.unix_timestamp_nanos()))
}

/// The place a caller handed back.
pub(super) fn read<Id: FromStr>(cursor: &str) -> Result<(OffsetDateTime, Id), Problem> {
    parse(cursor).ok_or_else(|| Problem::bad_request("cursor is not the next_cursor of a page"))
}

fn parse<Id: FromStr>(cursor: &str) -> Option<(OffsetDateTime, Id)> {
    let text = String::from_utf8(URL_SAFE_NO_PAD.decode(cursor).ok()?).ok()?;
    let (nanoseconds, id) = text.split_once(' ')?;
    let time = OffsetDateTime::from_unix_timestamp_nanos(nanoseconds.parse().ok()?).ok()?;
    // PostgreSQL's calendar ends before this one's does.
    (1970..=9999).contains(&time.year()).then_some(())?;
    Some((time, id.parse().ok()?))
}
