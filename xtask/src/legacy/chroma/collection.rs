//! A collection of a Chroma directory: its records in their order, and where their vectors are.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use rusqlite::{Connection, OptionalExtension as _};
use sha2::{Digest as _, Sha256};

use super::hnsw::{Index, NAMES};
use super::queue::{self, Pending};
use super::{DATABASE, Record, Vectors};
use crate::error::{Doing as _, Error, Kind, Result};
use crate::legacy::source::hash_of;
use crate::legacy::{moment, sqlite};

const RECORDS: &str = "
    SELECT e.embedding_id, CAST(e.created_at AS TEXT),
        (SELECT coalesce(string_value, int_value) FROM embedding_metadata m
         WHERE m.id = e.id AND m.key = 'item_id'),
        (SELECT string_value FROM embedding_metadata m
         WHERE m.id = e.id AND m.key = 'analysis_id'),
        (SELECT string_value FROM embedding_metadata m
         WHERE m.id = e.id AND m.key = 'embedding_model')
    FROM embeddings e JOIN segments s ON s.id = e.segment_id
    WHERE s.collection = ?1 ORDER BY e.id";

/// The vectors of a collection: those in the index, and what became of them since.
struct Held {
    index: Option<Index>,
    pending: BTreeMap<String, Pending>,
    files: Vec<PathBuf>,
}

/// Opens a collection; without a name, the only one.
pub(super) fn open(
    folder: &Path,
    wanted: Option<&str>,
) -> Result<(String, Vec<Record>, Box<dyn Vectors>)> {
    let database = folder.join(DATABASE);
    if !database.is_file() {
        return Err(
            Error::input(format!("{} has no {DATABASE}", folder.display()))
                .hint("what is wanted is the folder that the old app gave Chroma, or an export"),
        );
    }
    let connection = sqlite::read_only(&database)?;
    let doing = || format!("read {}", database.display());
    let (id, name) = chosen(&connection, folder, wanted)?;
    let records = records(&connection, &id).doing_as(Kind::Input, doing())?;
    let segment: Option<String> = connection
        .query_row(
            "SELECT id FROM segments WHERE collection = ?1 AND scope = 'VECTOR'",
            [&id],
            |row| row.get(0),
        )
        .optional()
        .doing_as(Kind::Input, doing())?;
    let pending = queue::pending(&connection, &id).doing_as(Kind::Input, doing())?;
    let mut files = vec![database.clone()];
    // Where few vectors were ever stored, there is no index yet.
    let index = match segment.map(|segment| folder.join(segment)) {
        Some(segment) if segment.join(NAMES).is_file() => {
            let index = Index::open(&segment)?;
            files.extend(index.files());
            Some(index)
        }
        _ => None,
    };
    let held = Held {
        index,
        pending,
        files,
    };
    Ok((name, records, Box::new(held)))
}

fn chosen(
    connection: &Connection,
    folder: &Path,
    wanted: Option<&str>,
) -> Result<(String, String)> {
    let all = collections(connection).doing_as(
        Kind::Input,
        format!("list the collections of {}", folder.display()),
    )?;
    let names: Vec<String> = all.iter().map(|(_, name)| name.clone()).collect();
    let found = match wanted {
        Some(wanted) => all.into_iter().find(|(_, name)| name == wanted),
        None if all.len() == 1 => all.into_iter().next(),
        None => None,
    };
    found.ok_or_else(|| {
        let said = match wanted {
            Some(wanted) => format!("{} has no collection {wanted}", folder.display()),
            None => format!("{} has {} collections", folder.display(), names.len()),
        };
        Error::input(said).hint(format!("--collection is one of: {}", names.join(", ")))
    })
}

fn collections(connection: &Connection) -> rusqlite::Result<Vec<(String, String)>> {
    let mut statement = connection.prepare("SELECT id, name FROM collections ORDER BY name")?;
    let all = statement.query_map([], |row| Ok((row.get(0)?, row.get(1)?)))?;
    all.collect()
}

fn records(connection: &Connection, collection: &str) -> rusqlite::Result<Vec<Record>> {
    let mut statement = connection.prepare(RECORDS)?;
    let records = statement.query_map([collection], |row| {
        let created: Option<String> = row.get(1)?;
        let item: rusqlite::types::Value = row.get(2)?;
        Ok(Record {
            id: row.get(0)?,
            item: match item {
                rusqlite::types::Value::Text(text) => Some(text),
                rusqlite::types::Value::Integer(number) => Some(number.to_string()),
                _ => None,
            },
            analysis: row.get(3)?,
            model: row.get(4)?,
            created_at: created.as_deref().and_then(moment::parse),
            fault: None,
        })
    })?;
    records.collect()
}

impl Vectors for Held {
    fn of(&mut self, id: &str, _: usize) -> Result<std::result::Result<Vec<f32>, String>> {
        let pending = self.pending.get(id);
        if let Some(Pending::Replaced(vector)) = pending {
            return Ok(vector.clone());
        }
        let stored = match (&mut self.index, pending) {
            (_, Some(Pending::AfterRemoval(vector))) => return Ok(vector.clone()),
            (Some(index), _) => index.vector(id)?,
            (None, _) => None,
        };
        Ok(match (stored, pending) {
            (Some(vector), _) => Ok(vector),
            (None, Some(Pending::Added(vector))) => vector.clone(),
            (None, _) => Err("its vector is neither in the index nor in the queue".to_owned()),
        })
    }

    fn fingerprint(&self) -> Result<[u8; 32]> {
        let mut digest = Sha256::new();
        for file in &self.files {
            digest.update(hash_of(file)?);
        }
        Ok(digest.finalize().into())
    }
}
