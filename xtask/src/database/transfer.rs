//! A database in a file: JSON Lines, one row a line, each table with its count and checksum.
//! Nothing holds more than a page of rows.
//!
//! ```text
//! {"collections":"export","format":1,"environment":"dev"}
//! {"table":"items","row":{"id":"…"}}
//! {"table":"items","rows":1,"sha256":"…"}
//! {"end":true,"rows":1}
//! ```

mod export;
mod file;
mod import;

#[cfg(test)]
mod tests;

pub use export::export;
pub use file::{Contents, verify};
pub use import::import;

use std::collections::BTreeMap;
use std::fmt;

use collections_core::db::operate::Imported;
use serde::Serialize;

/// Rows by table, and the file's checksum of each.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
pub struct Tables(pub BTreeMap<String, TableSum>);

/// How many rows of a table there are, and their checksum.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct TableSum {
    /// The rows.
    pub rows: u64,
    /// SHA-256 of their lines.
    pub sha256: String,
}

/// What an import did, by table.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
pub struct ImportReport(pub BTreeMap<String, Imported>);

impl ImportReport {
    /// Rows that were there with other content and were left.
    pub fn different(&self) -> u64 {
        self.0.values().map(|table| table.different).sum()
    }
}

impl fmt::Display for Tables {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (table, sum) in &self.0 {
            let short = sum.sha256.get(..12).unwrap_or_default();
            writeln!(f, "{table:<24} {:>8} rows  sha256 {short}…", sum.rows)?;
        }
        Ok(())
    }
}

impl fmt::Display for ImportReport {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (table, done) in &self.0 {
            write!(
                f,
                "{table:<24} {:>8} added, {} there already",
                done.added, done.same
            )?;
            match done.different {
                0 => writeln!(f)?,
                many => writeln!(f, ", {many} there with other content and left")?,
            }
        }
        Ok(())
    }
}
