//! Out of the database, page by page.

use std::io::Write;

use collections_core::db::operate::{Page, Request, Row, TABLES};

use super::file::{FORMAT, Line, Summing};
use super::{TableSum, Tables};
use crate::database::reach::{Database, ask};
use crate::error::{Doing as _, Result};
use crate::event::{Step, Unit};

/// Writes every row of every table.
pub async fn export(
    database: &mut dyn Database,
    environment: &str,
    out: &mut dyn Write,
    step: &Step,
) -> Result<Tables> {
    let head = Line::Head {
        collections: "export".to_owned(),
        format: FORMAT,
        environment: environment.to_owned(),
    };
    write(out, &head)?;
    let mut tables = Tables::default();
    let mut all = 0;
    for table in TABLES {
        let sum = self::table(database, table.name, out, step, all).await?;
        all += sum.rows;
        let line = Line::Sum {
            table: table.name.to_owned(),
            rows: sum.rows,
            sha256: sum.sha256.clone(),
        };
        write(out, &line)?;
        tables.0.insert(table.name.to_owned(), sum);
    }
    let end = Line::End {
        end: true,
        rows: all,
    };
    write(out, &end)?;
    out.flush().doing("write the file")?;
    Ok(tables)
}

async fn table(
    database: &mut dyn Database,
    table: &str,
    out: &mut dyn Write,
    step: &Step,
    before: u64,
) -> Result<TableSum> {
    let mut summing = Summing::default();
    let mut after: Option<Row> = None;
    let mut done = before;
    loop {
        let request = Request::Export {
            table: table.to_owned(),
            after: after.take(),
        };
        let page: Page = ask(database, request).await?;
        for row in &page.rows {
            let line = Line::Row {
                table: table.to_owned(),
                row: row.clone(),
            };
            summing.add(&write(out, &line)?);
            done += 1;
        }
        step.progress(done, None, Unit::Items);
        after = page.rows.into_iter().next_back();
        if !page.more || after.is_none() {
            return Ok(summing.sum());
        }
    }
}

fn write(out: &mut dyn Write, line: &Line) -> Result<Vec<u8>> {
    let mut bytes = serde_json::to_vec(line).doing("write a row as JSON")?;
    bytes.push(b'\n');
    out.write_all(&bytes).doing("write the file")?;
    Ok(bytes)
}
