//! Rows of `analyses`: JSON as text, which PostgreSQL is to take as JSON.

use collections_core::db::operate::moving::OldAnalysis;
use rusqlite::Row;
use serde_json::Value;
use time::OffsetDateTime;

use super::cell::{self, Cell};
use super::columns::{Column, optional, required};
use crate::legacy::Ids;

pub(super) const COLUMNS: &[Column] = &[
    required(&["id"]),
    required(&["item_id"]),
    optional(&["version"]),
    optional(&["category"]),
    optional(&["summary"]),
    required(&["raw_response"]),
    optional(&["provider_used", "provider"]),
    optional(&["model_used", "model"]),
    optional(&["trace_id"]),
    optional(&["created_at"]),
];

pub(super) fn read(row: &Row<'_>, ids: &Ids) -> Cell<OldAnalysis> {
    let raw_response = cell::required(row, 6, "raw_response")?;
    let raw = object(&raw_response)?;
    let said = |name: &str| raw.get(name).and_then(Value::as_str).map(str::to_owned);
    let version = cell::count(row, 3, "version")?.unwrap_or(1).max(1);
    Ok(OldAnalysis {
        id: ids.of(&cell::required(row, 1, "id")?)?,
        item_id: ids.of(&cell::required(row, 2, "item_id")?)?,
        version: i32::try_from(version).map_err(|_| format!("version {version} is too large"))?,
        category: cell::text(row, 4, "category")?.or_else(|| said("category")),
        summary: cell::text(row, 5, "summary")?.or_else(|| said("summary")),
        raw_response,
        provider_used: cell::text(row, 7, "provider_used")?,
        model_used: cell::text(row, 8, "model_used")?,
        trace_id: cell::text(row, 9, "trace_id")?,
        created_at: cell::time(row, 10, "created_at")?.unwrap_or(OffsetDateTime::UNIX_EPOCH),
    })
}

/// JSON that PostgreSQL takes, and that is an object.
fn object(text: &str) -> Cell<Value> {
    let value: Value = serde_json::from_str(text).map_err(|error| {
        let (line, column) = (error.line(), error.column());
        let kind = match error.classify() {
            serde_json::error::Category::Eof => "it ends too early",
            _ => "it is broken",
        };
        // What the parser says may quote a value.
        format!("raw_response is no JSON: {kind}, line {line} column {column}")
    })?;
    if !value.is_object() {
        return Err("raw_response is JSON, but no object".to_owned());
    }
    if text.contains("\\u0000") && has_nul(&value) {
        return Err("raw_response has a NUL in a text".to_owned());
    }
    Ok(value)
}

fn has_nul(value: &Value) -> bool {
    match value {
        Value::String(text) => text.contains('\0'),
        Value::Array(values) => values.iter().any(has_nul),
        Value::Object(entries) => entries
            .iter()
            .any(|(name, value)| name.contains('\0') || has_nul(value)),
        _ => false,
    }
}

#[cfg(test)]
mod tests {
    use super::object;

    #[test]
    fn what_postgresql_would_not_take_is_refused() {
        for (text, reason) in [
            (
                "{\"a\": ",
                "raw_response is no JSON: it ends too early, line 1 column 6",
            ),
            (
                "{'a': 1}",
                "raw_response is no JSON: it is broken, line 1 column 2",
            ),
            ("[1]", "raw_response is JSON, but no object"),
            ("\"{}\"", "raw_response is JSON, but no object"),
            (r#"{"a":["x\u0000"]}"#, "raw_response has a NUL in a text"),
            (r#"{"a\u0000":1}"#, "raw_response has a NUL in a text"),
        ] {
            assert_eq!(object(text), Err(reason.to_owned()), "{text}");
        }
        assert!(
            object(r#"{"a":"\ud83d"}"#).is_err(),
            "half a surrogate pair"
        );
        assert!(object(r#"{"a":"\\u0000 \ud83d\ude00"}"#).is_ok());
    }
}
