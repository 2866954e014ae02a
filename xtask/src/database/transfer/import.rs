//! Into the database, some rows at a time. A run that ended half-way is simply run again.

use std::io::BufRead;

use collections_core::db::operate::{Imported, Request, Row};

use super::ImportReport;
use super::file::{Line, Lines};
use crate::database::reach::{Database, ask};
use crate::error::Result;
use crate::event::{Step, Unit};

/// A call to a function takes six million bytes.
const BATCH_BYTES: usize = 2_000_000;
const BATCH_ROWS: usize = 500;

/// Rows of one table that wait to be stored together.
#[derive(Default)]
struct Batch {
    table: String,
    rows: Vec<Row>,
    bytes: usize,
}

/// Stores every row of a file that was verified before.
pub async fn import(
    database: &mut dyn Database,
    reader: impl BufRead,
    overwrite: bool,
    total: u64,
    step: &Step,
) -> Result<ImportReport> {
    let mut lines = Lines::new(reader);
    let mut report = ImportReport::default();
    let mut batch = Batch::default();
    let mut done = 0;
    while let Some((line, bytes)) = lines.next()? {
        let length = bytes.len();
        match line {
            Line::Row { table, row } => {
                if batch.is_full(length) {
                    batch.store(database, overwrite, &mut report).await?;
                    step.progress(done, Some(total), Unit::Items);
                }
                batch.table = table;
                batch.rows.push(row);
                batch.bytes += length;
                done += 1;
            }
            Line::Sum { table, .. } => {
                batch.table.clone_from(&table);
                batch.store(database, overwrite, &mut report).await?;
                report.0.entry(table).or_default();
                step.progress(done, Some(total), Unit::Items);
            }
            Line::Head { .. } | Line::End { .. } => {}
        }
    }
    Ok(report)
}

impl Batch {
    fn is_full(&self, next: usize) -> bool {
        let full = self.rows.len() == BATCH_ROWS || self.bytes + next > BATCH_BYTES;
        full && !self.rows.is_empty()
    }

    async fn store(
        &mut self,
        database: &mut dyn Database,
        overwrite: bool,
        report: &mut ImportReport,
    ) -> Result<()> {
        let batch = std::mem::take(self);
        if batch.rows.is_empty() {
            return Ok(());
        }
        let request = Request::Import {
            table: batch.table.clone(),
            rows: batch.rows,
            overwrite,
        };
        let done: Imported = ask(database, request).await?;
        *report.0.entry(batch.table).or_default() += done;
        Ok(())
    }
}
