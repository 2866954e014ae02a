//! The databases of the original, `collections.db` and `collections_golden.db`: items, analyses,
//! embeddings. They are surveyed in one transaction, so that what was found is what is sent.

mod analyses;
mod cell;
mod columns;
mod embeddings;
mod items;
mod known;
mod open;

use std::path::{Path, PathBuf};

use collections_core::db::operate::moving::{Batch, Kind, Mark, Table};
use collections_core::domain::ItemId;
use rusqlite::{Connection, Row};

use self::columns::Columns;
use self::known::Known;
use super::source::{Filling, Sink, Survey, hash_of};
use super::{Ids, Source};
use crate::error::{Doing as _, Error, Kind as ErrorKind, Result};

pub use open::{is_sqlite, read_only};

/// A database of the original.
pub struct Sqlite {
    path: PathBuf,
    connection: Connection,
    ids: Ids,
    layout: Layout,
    known: Known,
    stamp: open::Stamp,
}

/// Which columns its tables have.
struct Layout {
    items: Columns,
    analyses: Columns,
    embeddings: Option<Columns>,
}

/// How far a pass over a table goes.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Order {
    Forth,
    /// The last written first.
    Back,
}

impl Sqlite {
    /// Opens a file to read.
    pub fn open(path: &Path, ids: Ids) -> Result<Self> {
        let (connection, stamp) = open::open(path)?;
        let embeddings = embeddings::COLUMNS;
        let layout = Layout {
            items: Columns::required(&connection, path, "items", items::COLUMNS)?,
            analyses: Columns::required(&connection, path, "analyses", analyses::COLUMNS)?,
            embeddings: Columns::of(&connection, path, "embeddings", embeddings)?,
        };
        Ok(Self {
            path: path.to_owned(),
            connection,
            ids,
            layout,
            known: Known::default(),
            stamp,
        })
    }

    fn each(
        &self,
        columns: &Columns,
        order: Order,
        mut row: impl FnMut(i64, &Row<'_>) -> Result<()>,
    ) -> Result<()> {
        let what = || format!("read {} of {}", columns.table(), self.path.display());
        let sql = columns.select(order == Order::Back);
        let mut statement = self
            .connection
            .prepare(&sql)
            .doing_as(ErrorKind::Input, what())?;
        let mut rows = statement.query([]).doing_as(ErrorKind::Input, what())?;
        let mut last = None;
        loop {
            let next = rows.next().map_err(|source| {
                let last = last.map_or_else(String::new, |last| format!(" after row {last}"));
                Error::input(format!("could not {}{last}", what()))
                    .because(source)
                    .hint("sqlite3 FILE 'PRAGMA integrity_check' says what is damaged; .recover mends a copy")
            })?;
            let Some(found) = next else { return Ok(()) };
            let place = found.get(0).doing_as(ErrorKind::Input, what())?;
            row(place, found)?;
            last = Some(place);
        }
    }
}

impl Source for Sqlite {
    fn kind(&self) -> Kind {
        Kind::Sqlite
    }

    fn name(&self) -> String {
        let name = self.path.file_name().unwrap_or_default();
        name.to_string_lossy().into_owned()
    }

    fn fingerprint(&self) -> Result<[u8; 32]> {
        hash_of(&self.path)
    }

    fn survey(&mut self) -> Result<Survey> {
        let mut survey = Survey::default();
        let mut known = Known::default();
        self.each(&self.layout.items, Order::Forth, |place, row| {
            survey.count(Table::Items);
            let read = items::read(row, &self.ids).and_then(|item| known.item(&item));
            refuse(&mut survey, Table::Items, place, row, read);
            Ok(())
        })?;
        self.each(&self.layout.analyses, Order::Forth, |place, row| {
            survey.count(Table::Analyses);
            let read = analyses::read(row, &self.ids).and_then(|one| known.analysis(&one));
            refuse(&mut survey, Table::Analyses, place, row, read);
            Ok(())
        })?;
        match &self.layout.embeddings {
            // An item has one embedding; of several, the one that was written last.
            Some(columns) => self.each(columns, Order::Back, |place, row| {
                survey.count(Table::Embeddings);
                let read = embeddings::read(row, &self.ids).and_then(|one| known.embedding(&one));
                refuse(&mut survey, Table::Embeddings, place, row, read);
                Ok(())
            })?,
            None => survey
                .notes
                .push("no table embeddings: vectors may be in a Chroma directory".to_owned()),
        }
        let undescribed = known.undescribed();
        if undescribed > 0 {
            survey.notes.push(format!(
                "{undescribed} items have no analysis; the pipeline describes them once their images are stored"
            ));
        }
        survey.notes.extend(known.models());
        survey.refused.sort();
        self.known = known;
        self.stamp.unchanged(&self.path)?;
        Ok(survey)
    }

    fn send(&mut self, survey: &Survey, sink: &mut Sink<'_>) -> Result<()> {
        let mut items = Filling::default();
        self.each(&self.layout.items, Order::Forth, |place, row| {
            if !survey.takes(Table::Items, place) {
                return Ok(());
            }
            let mut item = good(items::read(row, &self.ids))?;
            self.known.settle(&mut item);
            let size = item.filename.len() + item.file_path.len() + 200;
            match items.add(place, item, size) {
                Some((rows, last)) => sink(Batch::Items(rows), mark(Table::Items, last)),
                None => Ok(()),
            }
        })?;
        if let Some((rows, last)) = items.take() {
            sink(Batch::Items(rows), mark(Table::Items, last))?;
        }
        let mut analyses = Filling::default();
        self.each(&self.layout.analyses, Order::Forth, |place, row| {
            if !survey.takes(Table::Analyses, place) {
                return Ok(());
            }
            let analysis = good(analyses::read(row, &self.ids))?;
            let size = analysis.raw_response.len() + 400;
            match analyses.add(place, analysis, size) {
                Some((rows, last)) => sink(Batch::Analyses(rows), mark(Table::Analyses, last)),
                None => Ok(()),
            }
        })?;
        if let Some((rows, last)) = analyses.take() {
            sink(Batch::Analyses(rows), mark(Table::Analyses, last))?;
        }
        if let Some(columns) = &self.layout.embeddings {
            let mut embeddings = Filling::default();
            self.each(columns, Order::Forth, |place, row| {
                if !survey.takes(Table::Embeddings, place) {
                    return Ok(());
                }
                let embedding = good(embeddings::read(row, &self.ids))?.row()?;
                let size = embedding.embedding.bytes().len() + 400;
                match embeddings.add(place, embedding, size) {
                    Some((rows, last)) => {
                        sink(Batch::Embeddings(rows), mark(Table::Embeddings, last))
                    }
                    None => Ok(()),
                }
            })?;
            if let Some((rows, last)) = embeddings.take() {
                sink(Batch::Embeddings(rows), mark(Table::Embeddings, last))?;
            }
        }
        self.stamp.unchanged(&self.path)
    }

    fn vectors(&mut self, survey: &Survey, each: &mut dyn FnMut(&ItemId, &[f32])) -> Result<()> {
        let Some(columns) = &self.layout.embeddings else {
            return Ok(());
        };
        self.each(columns, Order::Forth, |place, row| {
            if survey.takes(Table::Embeddings, place) {
                let found = good(embeddings::read(row, &self.ids))?;
                each(&found.item_id, &found.vector);
            }
            Ok(())
        })
    }
}

fn mark(table: Table, place: i64) -> Mark {
    Mark { table, place }
}

fn refuse(
    survey: &mut Survey,
    table: Table,
    place: i64,
    row: &Row<'_>,
    read: std::result::Result<(), String>,
) {
    if let Err(reason) = read {
        survey.refuse(table, place, cell::shown(row, place), reason);
    }
}

/// A row that was good when the source was surveyed is so still, in the same transaction.
fn good<T>(read: std::result::Result<T, String>) -> Result<T> {
    read.map_err(|reason| {
        Error::conflict(format!("the source changed while it was read: {reason}"))
    })
}
