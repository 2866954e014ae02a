//! Vectors of a Chroma collection, as its directory keeps them: who there is in `chroma.sqlite3`,
//! most vectors in the files of an HNSW index, the newest ones still in a queue. Or an export of
//! one, as JSON Lines. Items and analyses come from the SQLite database, before.

mod collection;
mod export;
mod hnsw;
mod pickle;
mod queue;

#[cfg(test)]
mod tests;

use std::collections::HashSet;
use std::path::{Path, PathBuf};

use collections_core::db::operate::moving::{Batch, Half, Kind, Mark, OldEmbedding, Table};
use collections_core::domain::{AnalysisId, ItemId};
use serde_json::json;
use time::OffsetDateTime;

use super::ids::number;
use super::source::{Filling, Sink, Survey};
use super::{Ids, Source, vector};
use crate::error::{Error, Result};

/// The file that makes a folder a Chroma directory.
pub const DATABASE: &str = "chroma.sqlite3";

/// A collection that is to be moved.
pub struct Chroma {
    path: PathBuf,
    name: String,
    model: String,
    ids: Ids,
    records: Vec<Record>,
    vectors: Box<dyn Vectors>,
}

/// What is known of a vector beside its numbers.
#[derive(Clone, Debug, PartialEq)]
struct Record {
    /// What Chroma calls it.
    id: String,
    /// The item it is of, where that has another name.
    item: Option<String>,
    analysis: Option<String>,
    model: Option<String>,
    created_at: Option<OffsetDateTime>,
    /// Why the record cannot be read.
    fault: Option<String>,
}

/// Where the numbers are.
trait Vectors: Send {
    /// The vector of a record, by its id and its place in the list; or why there is none.
    fn of(&mut self, id: &str, at: usize) -> Result<std::result::Result<Vec<f32>, String>>;
    /// The same for the same content.
    fn fingerprint(&self) -> Result<[u8; 32]>;
}

impl Chroma {
    /// Opens a directory or an export. Embeddings that do not name their model are of `model`.
    pub fn open(path: &Path, collection: Option<&str>, model: &str, ids: Ids) -> Result<Self> {
        let (name, records, vectors) = match path.is_dir() {
            true => collection::open(path, collection)?,
            false => export::open(path)?,
        };
        Ok(Self {
            path: path.to_owned(),
            name,
            model: model.to_owned(),
            ids,
            records,
            vectors,
        })
    }

    /// The row of a record.
    fn row(&mut self, at: usize) -> Result<std::result::Result<(OldEmbedding, Vec<f32>), String>> {
        let record = self.records[at].clone();
        if let Some(fault) = record.fault {
            return Ok(Err(fault));
        }
        let vector = self.vectors.of(&record.id, at)?;
        let vector = vector.and_then(vector::checked);
        Ok(vector.and_then(|vector| {
            let item_id: ItemId = self.ids.of(record.item.as_deref().unwrap_or(&record.id))?;
            let analysis_id: Option<AnalysisId> =
                record.analysis.map(|id| self.ids.of(&id)).transpose()?;
            let source = json!({
                "migrated_from": "chromadb", "collection": self.name, "id": record.id,
            });
            let row = OldEmbedding {
                id: self.ids.made(&["embedding", item_id.as_str()]),
                item_id,
                analysis_id,
                embedding: Half::of(&vector),
                embedding_model: record.model.unwrap_or_else(|| self.model.clone()),
                embedding_source: source.to_string(),
                created_at: record.created_at.unwrap_or(OffsetDateTime::UNIX_EPOCH),
            };
            Ok((row, vector))
        }))
    }

    fn good(&mut self, survey: &Survey, at: usize) -> Result<Option<(OldEmbedding, Vec<f32>)>> {
        if !survey.takes(Table::Embeddings, place(at)) {
            return Ok(None);
        }
        let row = self.row(at)?;
        row.map(Some).map_err(|reason| {
            Error::conflict(format!("the source changed while it was read: {reason}"))
        })
    }
}

fn place(at: usize) -> i64 {
    i64::try_from(at).unwrap_or(i64::MAX)
}

impl Source for Chroma {
    fn kind(&self) -> Kind {
        Kind::Chroma
    }

    fn name(&self) -> String {
        let name = self.path.file_name().unwrap_or_default();
        format!("{} ({})", name.to_string_lossy(), self.name)
    }

    fn fingerprint(&self) -> Result<[u8; 32]> {
        self.vectors.fingerprint()
    }

    fn survey(&mut self) -> Result<Survey> {
        let mut survey = Survey::default();
        let mut items = HashSet::new();
        // An item has one embedding; of several, the one that was written last.
        for at in (0..self.records.len()).rev() {
            survey.count(Table::Embeddings);
            let row = self.row(at)?.and_then(|(row, _)| {
                match items.insert(number(row.item_id.as_str())) {
                    true => Ok(()),
                    false => Err(format!("item {} has a later embedding", row.item_id)),
                }
            });
            if let Err(reason) = row {
                let id = self.records[at].id.clone();
                survey.refuse(Table::Embeddings, place(at), id, reason);
            }
        }
        survey.refused.sort();
        Ok(survey)
    }

    fn send(&mut self, survey: &Survey, sink: &mut Sink<'_>) -> Result<()> {
        let mark = |place| Mark {
            table: Table::Embeddings,
            place,
        };
        let mut filling = Filling::default();
        for at in 0..self.records.len() {
            let Some((row, _)) = self.good(survey, at)? else {
                continue;
            };
            let size = row.embedding.bytes().len() + 400;
            if let Some((rows, last)) = filling.add(place(at), row, size) {
                sink(Batch::Embeddings(rows), mark(last))?;
            }
        }
        match filling.take() {
            Some((rows, last)) => sink(Batch::Embeddings(rows), mark(last)),
            None => Ok(()),
        }
    }

    fn vectors(&mut self, survey: &Survey, each: &mut dyn FnMut(&ItemId, &[f32])) -> Result<()> {
        for at in 0..self.records.len() {
            if let Some((row, vector)) = self.good(survey, at)? {
                each(&row.item_id, &vector);
            }
        }
        Ok(())
    }
}
