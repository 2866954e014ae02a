//! What a source of rows is: surveyed first, sent then.

use std::collections::{BTreeMap, HashSet};
use std::path::Path;

use collections_core::db::operate::moving::{Batch, Kind, Mark, Table};
use collections_core::domain::ItemId;
use serde::Serialize;
use sha2::{Digest as _, Sha256};

use crate::error::{Doing as _, Kind as ErrorKind, Result};

/// A row that is not moved.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize)]
pub struct Refused {
    /// Where it would go.
    #[serde(serialize_with = "name")]
    pub table: Table,
    /// Its id in the source, or its place where it has none.
    pub id: String,
    /// Why.
    pub reason: String,
}

fn name<S: serde::Serializer>(table: &Table, to: S) -> std::result::Result<S::Ok, S::Error> {
    to.serialize_str(table.name())
}

/// What a source holds.
#[derive(Debug, Default)]
pub struct Survey {
    /// Rows by table.
    pub found: BTreeMap<Table, u64>,
    /// Rows that are not moved.
    pub refused: Vec<Refused>,
    /// What else there is to say of it.
    pub notes: Vec<String>,
    /// Places of the rows that are not moved.
    skip: HashSet<(Table, i64)>,
}

impl Survey {
    /// There is one more row.
    pub fn count(&mut self, table: Table) {
        *self.found.entry(table).or_default() += 1;
    }

    /// The row at this place is not moved.
    pub fn refuse(&mut self, table: Table, place: i64, id: String, reason: String) {
        self.skip.insert((table, place));
        self.refused.push(Refused { table, id, reason });
    }

    /// Whether the row at this place is moved.
    pub fn takes(&self, table: Table, place: i64) -> bool {
        !self.skip.contains(&(table, place))
    }

    /// How many rows of a table are moved.
    pub fn good(&self, table: Table) -> u64 {
        let refused = self.skip.iter().filter(|(of, _)| *of == table).count() as u64;
        self.found.get(&table).copied().unwrap_or_default() - refused
    }
}

/// Takes batches in their order; it may say that no more are wanted.
pub type Sink<'s> = dyn FnMut(Batch, Mark) -> Result<()> + 's;

/// Old rows, in an order that never changes.
pub trait Source: Send {
    /// What kind of source it is.
    fn kind(&self) -> Kind;
    /// What it is called, for people.
    fn name(&self) -> String;
    /// The same for the same content.
    fn fingerprint(&self) -> Result<[u8; 32]>;
    /// Reads all of it, and finds what cannot be moved.
    fn survey(&mut self) -> Result<Survey>;
    /// Sends the rows that can, in their order, each batch with its last place.
    fn send(&mut self, survey: &Survey, sink: &mut Sink<'_>) -> Result<()>;
    /// The vectors that are moved, unrounded, each with its item.
    fn vectors(&mut self, survey: &Survey, each: &mut dyn FnMut(&ItemId, &[f32])) -> Result<()>;
}

/// A call to a function takes six million bytes, in words a third longer than these.
const BATCH_BYTES: usize = 2_000_000;
const BATCH_ROWS: usize = 2_000;

/// Rows that wait to be sent together.
pub struct Filling<R> {
    rows: Vec<R>,
    bytes: usize,
    last: i64,
}

impl<R> Default for Filling<R> {
    fn default() -> Self {
        Self {
            rows: Vec::new(),
            bytes: 0,
            last: 0,
        }
    }
}

impl<R> Filling<R> {
    /// Adds a row; gives those before it where they are enough.
    pub fn add(&mut self, place: i64, row: R, bytes: usize) -> Option<(Vec<R>, i64)> {
        let full = self.rows.len() == BATCH_ROWS || self.bytes + bytes > BATCH_BYTES;
        let full = if full { self.take() } else { None };
        self.rows.push(row);
        self.bytes += bytes;
        self.last = place;
        full
    }

    /// The rest.
    pub fn take(&mut self) -> Option<(Vec<R>, i64)> {
        self.bytes = 0;
        let rows = std::mem::take(&mut self.rows);
        (!rows.is_empty()).then_some((rows, self.last))
    }
}

/// The SHA-256 of a file, read bit by bit.
pub fn hash_of(path: &Path) -> Result<[u8; 32]> {
    use std::io::Read as _;
    let what = || format!("read {}", path.display());
    let mut file = std::fs::File::open(path).doing_as(ErrorKind::Input, what())?;
    let (mut digest, mut buffer) = (Sha256::new(), vec![0; 1 << 20]);
    loop {
        let read = file.read(&mut buffer).doing_as(ErrorKind::Input, what())?;
        if read == 0 {
            return Ok(digest.finalize().into());
        }
        digest.update(&buffer[..read]);
    }
}
