//! The columns that a table has of those that are read, under the names they had over time.

use std::path::Path;

use rusqlite::Connection;

use crate::error::{Doing as _, Error, Kind, Result};

/// A column: its names, the first of which is in the table is read; and whether it must be there.
pub(super) struct Column {
    pub(super) names: &'static [&'static str],
    pub(super) required: bool,
}

pub(super) const fn required(names: &'static [&'static str]) -> Column {
    Column {
        names,
        required: true,
    }
}

pub(super) const fn optional(names: &'static [&'static str]) -> Column {
    Column {
        names,
        required: false,
    }
}

/// What is read of a table, in the order of its columns here, after the rowid.
pub(super) struct Columns {
    table: &'static str,
    list: String,
}

impl Columns {
    /// The columns of a table that must be there.
    pub(super) fn required(
        connection: &Connection,
        path: &Path,
        table: &'static str,
        columns: &[Column],
    ) -> Result<Self> {
        let found = Self::of(connection, path, table, columns)?;
        found.ok_or_else(|| {
            Error::input(format!("{} has no table {table}", path.display()))
                .hint("what is wanted is collections.db or collections_golden.db of the old app")
        })
    }

    /// The columns of a table, if it is there.
    pub(super) fn of(
        connection: &Connection,
        path: &Path,
        table: &'static str,
        columns: &[Column],
    ) -> Result<Option<Self>> {
        let what = || format!("look at {table} of {}", path.display());
        let there = names(connection, table).doing_as(Kind::Input, what())?;
        if there.is_empty() {
            return Ok(None);
        }
        let mut list = vec!["rowid".to_owned()];
        for column in columns {
            let name = column
                .names
                .iter()
                .find(|name| there.iter().any(|there| there == *name));
            match name {
                Some(name) => list.push(format!("\"{name}\"")),
                None if column.required => {
                    return Err(Error::input(format!(
                        "{table} of {} has no column {}",
                        path.display(),
                        column.names.join(" or ")
                    ))
                    .hint(format!("it has: {}", there.join(", "))));
                }
                None => list.push("NULL".to_owned()),
            }
        }
        Ok(Some(Self {
            table,
            list: list.join(", "),
        }))
    }

    pub(super) fn table(&self) -> &'static str {
        self.table
    }

    /// All rows by their place.
    pub(super) fn select(&self, back: bool) -> String {
        let direction = if back { "DESC" } else { "ASC" };
        format!(
            "SELECT {} FROM {} ORDER BY rowid {direction}",
            self.list, self.table
        )
    }
}

fn names(connection: &Connection, table: &str) -> rusqlite::Result<Vec<String>> {
    let mut statement = connection.prepare("SELECT name FROM pragma_table_info(?1)")?;
    let names = statement.query_map([table], |row| row.get(0))?;
    names.collect()
}
