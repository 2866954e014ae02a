//! The lines of the file: written with their sums, read back against them.

use std::io::{BufRead, Read as _};

use collections_core::db::operate::Row;
use serde::{Deserialize, Serialize};
use sha2::{Digest as _, Sha256};

use super::{TableSum, Tables};
use crate::error::{Doing as _, Error, Kind, Result};

/// What this build reads and writes.
pub(super) const FORMAT: u32 = 1;
/// A longer line is no row of ours.
const LONGEST: u64 = 64 << 20;

/// One line.
#[derive(Debug, Serialize, Deserialize)]
#[serde(untagged)]
pub(super) enum Line {
    Head {
        collections: String,
        format: u32,
        environment: String,
    },
    Row {
        table: String,
        row: Row,
    },
    Sum {
        table: String,
        rows: u64,
        sha256: String,
    },
    End {
        end: bool,
        rows: u64,
    },
}

/// The sum of a table while its lines go by.
#[derive(Default)]
pub(super) struct Summing {
    rows: u64,
    digest: Sha256,
}

impl Summing {
    pub(super) fn add(&mut self, line: &[u8]) {
        self.rows += 1;
        self.digest.update(line);
    }

    pub(super) fn sum(self) -> TableSum {
        TableSum {
            rows: self.rows,
            sha256: hex::encode(self.digest.finalize()),
        }
    }
}

/// What a file says it holds, once all of it was read and summed.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Contents {
    /// The environment it was taken from.
    pub environment: String,
    /// Its tables.
    pub tables: Tables,
}

/// The lines of a file with their numbers.
pub(super) struct Lines<R> {
    reader: R,
    number: u64,
    buffer: Vec<u8>,
}

impl<R: BufRead> Lines<R> {
    pub(super) fn new(reader: R) -> Self {
        Self {
            reader,
            number: 0,
            buffer: Vec::new(),
        }
    }

    /// The next line with its bytes. A line is never quoted: it holds somebody's data.
    pub(super) fn next(&mut self) -> Result<Option<(Line, &[u8])>> {
        self.buffer.clear();
        self.number += 1;
        let mut limited = (&mut self.reader).take(LONGEST);
        let read = limited.read_until(b'\n', &mut self.buffer);
        if read.doing_as(Kind::Input, "read the file")? == 0 {
            return Ok(None);
        }
        let line =
            serde_json::from_slice(&self.buffer).map_err(|_| self.wrong("cannot be read"))?;
        Ok(Some((line, &self.buffer)))
    }

    pub(super) fn wrong(&self, what: &str) -> Error {
        Error::input(format!("line {} of the file {what}", self.number))
            .hint("take the export again: cargo xtask db export")
    }
}

/// Reads a whole file against its counts and checksums. Nothing is stored before that.
pub fn verify(reader: impl BufRead) -> Result<Contents> {
    let mut lines = Lines::new(reader);
    let environment = match lines.next()? {
        Some((
            Line::Head {
                collections,
                format,
                environment,
            },
            _,
        )) if collections == "export" => {
            if format != FORMAT {
                let what = format!("names format {format}, this build reads {FORMAT}");
                return Err(lines.wrong(&what));
            }
            environment
        }
        _ => return Err(lines.wrong("is not the head of an export")),
    };
    let mut contents = Contents {
        environment,
        tables: Tables::default(),
    };
    let mut open: Option<(String, Summing)> = None;
    let mut all = 0;
    while let Some((line, bytes)) = lines.next()? {
        match line {
            Line::Row { table, .. } => {
                all += 1;
                let (name, summing) =
                    open.get_or_insert_with(|| (table.clone(), Summing::default()));
                if *name != table {
                    let what = format!("begins {table} before {name} has ended");
                    return Err(lines.wrong(&what));
                }
                summing.add(bytes);
            }
            Line::Sum {
                table,
                rows,
                sha256,
            } => {
                let found = match open.take() {
                    Some((name, summing)) if name == table => summing.sum(),
                    None => Summing::default().sum(),
                    Some((name, _)) => {
                        return Err(lines.wrong(&format!("ends {table}, not {name}")));
                    }
                };
                if found != (TableSum { rows, sha256 }) {
                    let what = format!("has another count or checksum than the rows of {table}");
                    return Err(lines.wrong(&what));
                }
                contents.tables.0.insert(table, found);
            }
            Line::End { rows, .. } if open.is_none() && rows == all => {
                return match lines.next()? {
                    None => Ok(contents),
                    Some(_) => Err(lines.wrong("comes after the end")),
                };
            }
            Line::End { .. } | Line::Head { .. } => return Err(lines.wrong("is out of place")),
        }
    }
    Err(lines.wrong("is missing: the file has no end"))
}
