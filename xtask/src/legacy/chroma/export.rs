//! A collection as JSON Lines: `{"id": …, "embedding": […], "document": …, "metadata": {…}}`.

use std::fs::File;
use std::io::{BufRead as _, BufReader, Read as _, Seek as _, SeekFrom};
use std::path::{Path, PathBuf};

use serde::Deserialize;
use serde_json::{Map, Value};

use super::{Record, Vectors};
use crate::error::{Doing as _, Error, Kind, Result};
use crate::legacy::source::hash_of;

/// A longer line is no record.
const LONGEST: u64 = 1 << 20;

/// One line.
#[derive(Deserialize)]
struct Line {
    id: String,
    embedding: Option<Vec<f32>>,
    #[serde(default)]
    metadata: Option<Map<String, Value>>,
}

struct Lines {
    path: PathBuf,
    reader: BufReader<File>,
    /// Where each line begins.
    starts: Vec<u64>,
}

/// Opens an export.
pub(super) fn open(path: &Path) -> Result<(String, Vec<Record>, Box<dyn Vectors>)> {
    let what = || format!("read {}", path.display());
    let file = File::open(path).doing_as(Kind::Input, what())?;
    let mut lines = Lines {
        path: path.to_owned(),
        reader: BufReader::new(file),
        starts: Vec::new(),
    };
    let (mut records, mut at) = (Vec::new(), 0);
    loop {
        let mut line = Vec::new();
        let read = (&mut lines.reader)
            .take(LONGEST)
            .read_until(b'\n', &mut line);
        let read = read.doing_as(Kind::Input, what())? as u64;
        if read == 0 {
            break;
        }
        if read == LONGEST {
            let number = records.len() + 1;
            return Err(
                Error::input(format!("line {number} of {} is no record", path.display())).hint(
                    "an export has one JSON object a line: id, embedding, document, metadata",
                ),
            );
        }
        lines.starts.push(at);
        at += read;
        records.push(record(&line, records.len() + 1));
    }
    if records.iter().all(|record| record.fault.is_some()) {
        return Err(
            Error::input(format!("{} holds no records of Chroma", path.display()))
                .hint("an export has one JSON object a line: id, embedding, document, metadata"),
        );
    }
    Ok(("export".to_owned(), records, Box::new(lines)))
}

fn record(line: &[u8], number: usize) -> Record {
    let read: std::result::Result<Line, _> = serde_json::from_slice(line);
    let (id, metadata, fault) = match read {
        Ok(line) => (line.id, line.metadata.unwrap_or_default(), None),
        // What the parser says may quote a value.
        Err(_) => (
            format!("line {number}"),
            Map::new(),
            Some("the line is no record in JSON".to_owned()),
        ),
    };
    let text = |name: &str| match metadata.get(name) {
        Some(Value::String(text)) => Some(text.clone()),
        Some(Value::Number(number)) => Some(number.to_string()),
        _ => None,
    };
    Record {
        item: text("item_id"),
        analysis: text("analysis_id"),
        model: text("embedding_model"),
        created_at: text("created_at")
            .as_deref()
            .and_then(crate::legacy::moment::parse),
        id,
        fault,
    }
}

impl Vectors for Lines {
    fn of(&mut self, _: &str, at: usize) -> Result<std::result::Result<Vec<f32>, String>> {
        let what = || format!("read {}", self.path.display());
        let start = self.starts.get(at).copied().unwrap_or_default();
        let start = SeekFrom::Start(start);
        self.reader.seek(start).doing_as(Kind::Input, what())?;
        let mut line = Vec::new();
        let read = (&mut self.reader)
            .take(LONGEST)
            .read_until(b'\n', &mut line);
        read.doing_as(Kind::Input, what())?;
        let line: std::result::Result<Line, _> = serde_json::from_slice(&line);
        let line = line.doing_as(Kind::Conflict, what())?;
        Ok(line.embedding.ok_or_else(|| "it has no vector".to_owned()))
    }

    fn fingerprint(&self) -> Result<[u8; 32]> {
        hash_of(&self.path)
    }
}
