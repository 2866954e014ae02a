//! Rows of `embeddings`: the vector as bytes or as JSON.

use collections_core::db::operate::moving::{Half, OldEmbedding};
use collections_core::domain::{AnalysisId, ItemId};
use rusqlite::Row;
use rusqlite::types::ValueRef;
use serde_json::{Value, json};
use time::OffsetDateTime;

use super::cell::{self, Cell};
use super::columns::{Column, optional, required};
use crate::error::Result;
use crate::legacy::{Ids, vector};

pub(super) const COLUMNS: &[Column] = &[
    optional(&["id"]),
    required(&["item_id"]),
    optional(&["analysis_id"]),
    required(&["embedding", "vector"]),
    optional(&["embedding_model", "model"]),
    optional(&["embedding_dimensions", "dimensions"]),
    optional(&["embedding_source", "source"]),
    optional(&["created_at"]),
];

/// What is to be known of an embedding that has no name of its own model.
const UNKNOWN: &str = "unknown";

/// An embedding as it was read, not rounded yet.
pub(super) struct Found {
    id: String,
    pub(super) item_id: ItemId,
    pub(super) analysis_id: Option<AnalysisId>,
    pub(super) vector: Vec<f32>,
    pub(super) model: String,
    source: Value,
    created_at: OffsetDateTime,
}

pub(super) fn read(row: &Row<'_>, ids: &Ids) -> Cell<Found> {
    let item_id: ItemId = ids.of(&cell::required(row, 2, "item_id")?)?;
    let analysis_id = cell::text(row, 3, "analysis_id")?;
    let vector = match cell::value(row, 4)? {
        ValueRef::Blob(bytes) => vector::of_bytes(bytes)?,
        ValueRef::Text(text) => {
            let text = std::str::from_utf8(text).map_err(|_| "the vector is no JSON".to_owned())?;
            vector::of_json(text)?
        }
        _ => return Err("the vector is empty".to_owned()),
    };
    if let Some(said) = cell::count(row, 6, "embedding_dimensions")?
        && said != vector.len() as i64
    {
        let found = vector.len();
        return Err(format!(
            "the row says {said} dimensions, the vector has {found}"
        ));
    }
    Ok(Found {
        id: id(row, ids, &item_id)?,
        analysis_id: analysis_id.map(|id| ids.of(&id)).transpose()?,
        vector,
        model: cell::text(row, 5, "embedding_model")?.unwrap_or_else(|| UNKNOWN.to_owned()),
        source: source(cell::text(row, 7, "embedding_source")?),
        created_at: cell::time(row, 8, "created_at")?.unwrap_or(OffsetDateTime::UNIX_EPOCH),
        item_id,
    })
}

/// A counted id says nothing beyond its own database.
fn id(row: &Row<'_>, ids: &Ids, item: &ItemId) -> Cell<String> {
    match cell::value(row, 1)? {
        ValueRef::Null | ValueRef::Integer(_) => Ok(ids.made(&["embedding", item.as_str()])),
        _ => {
            let id: ItemId = ids.of(&cell::required(row, 1, "id")?)?;
            Ok(id.to_string())
        }
    }
}

fn source(text: Option<String>) -> Value {
    let read = text.map(|text| serde_json::from_str(&text).unwrap_or(Value::String(text)));
    match read {
        Some(Value::Object(mut entries)) => {
            entries.insert("migrated_from".to_owned(), json!("sqlite"));
            Value::Object(entries)
        }
        Some(other) => json!({ "migrated_from": "sqlite", "source": other }),
        None => json!({ "migrated_from": "sqlite" }),
    }
}

impl Found {
    pub(super) fn row(self) -> Result<OldEmbedding> {
        Ok(OldEmbedding {
            id: self.id,
            item_id: self.item_id,
            analysis_id: self.analysis_id,
            embedding: Half::of(&self.vector),
            embedding_model: self.model,
            embedding_source: self.source.to_string(),
            created_at: self.created_at,
        })
    }
}
