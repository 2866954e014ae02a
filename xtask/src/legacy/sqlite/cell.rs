//! Cells as SQLite has them: any type in any column, and text that may be no text.

use rusqlite::Row;
use rusqlite::types::ValueRef;
use time::OffsetDateTime;

use crate::legacy::moment;

pub(super) type Cell<T> = Result<T, String>;

/// The text of a column; a number counts as its digits.
pub(super) fn text(row: &Row<'_>, at: usize, name: &str) -> Cell<Option<String>> {
    let bytes = match value(row, at)? {
        ValueRef::Null => return Ok(None),
        ValueRef::Integer(number) => return Ok(Some(number.to_string())),
        ValueRef::Real(number) => return Ok(Some(number.to_string())),
        ValueRef::Text(bytes) | ValueRef::Blob(bytes) => bytes,
    };
    let text = std::str::from_utf8(bytes).map_err(|error| {
        let at = error.valid_up_to();
        let byte = bytes.get(at).copied().unwrap_or_default();
        format!("{name} is no UTF-8: byte {byte:#04x} at {at}")
    })?;
    match text.find('\0') {
        Some(at) => Err(format!("{name} has a NUL at {at}")),
        None => Ok(Some(text.to_owned())),
    }
}

/// Text that has to be there.
pub(super) fn required(row: &Row<'_>, at: usize, name: &str) -> Cell<String> {
    let text = text(row, at, name)?.filter(|text| !text.trim().is_empty());
    text.ok_or_else(|| format!("{name} is empty"))
}

/// A number that is not below zero.
pub(super) fn count(row: &Row<'_>, at: usize, name: &str) -> Cell<Option<i64>> {
    let Some(text) = text(row, at, name)? else {
        return Ok(None);
    };
    match text.trim().parse::<i64>() {
        Ok(number) if number >= 0 => Ok(Some(number)),
        _ => Err(format!("{name} is no count: {}", short(&text))),
    }
}

/// A moment.
pub(super) fn time(row: &Row<'_>, at: usize, name: &str) -> Cell<Option<OffsetDateTime>> {
    let Some(text) = text(row, at, name)? else {
        return Ok(None);
    };
    let moment = moment::parse(&text);
    moment.map_or_else(
        || Err(format!("{name} is no time: {}", short(&text))),
        |time| Ok(Some(time)),
    )
}

pub(super) fn value<'r>(row: &'r Row<'_>, at: usize) -> Cell<ValueRef<'r>> {
    row.get_ref(at).map_err(|error| error.to_string())
}

/// What a row is called: its id, as far as it can be read, or its place.
pub(super) fn shown(row: &Row<'_>, place: i64) -> String {
    let id = match row.get_ref(1) {
        Ok(ValueRef::Text(bytes) | ValueRef::Blob(bytes)) => String::from_utf8_lossy(bytes).into(),
        Ok(ValueRef::Integer(number)) => number.to_string(),
        _ => String::new(),
    };
    match id.is_empty() {
        true => format!("row {place}"),
        false => short(&id),
    }
}

/// Somebody's data in a message: a little of it, and nothing that a terminal obeys.
pub(super) fn short(text: &str) -> String {
    let plain = text
        .chars()
        .map(|c| if c.is_control() { '\u{fffd}' } else { c });
    plain.take(64).collect()
}
