//! The tables that hold data, those that others refer to first.

use anyhow::{Context, Result};

/// A table whose rows are moved.
#[derive(Debug, PartialEq, Eq)]
pub struct Table {
    /// Its name.
    pub name: &'static str,
    /// The columns of its key, with their types.
    pub key: &'static [(&'static str, &'static str)],
    /// Columns that the database computes.
    pub computed: &'static [&'static str],
    /// A key that the database counts, to be counted on after an import.
    pub counted: Option<&'static str>,
}

const fn table(name: &'static str, key: &'static [(&'static str, &'static str)]) -> Table {
    Table {
        name,
        key,
        computed: &[],
        counted: None,
    }
}

const ID: &[(&str, &str)] = &[("id", "text")];
const CONVERSATION: &[(&str, &str)] = &[("user_id", "text"), ("conversation_id", "text")];

/// Every table that holds data.
pub const TABLES: &[Table] = &[
    table("imports", ID),
    table("items", ID),
    Table {
        computed: &["search_vector"],
        ..table("analyses", ID)
    },
    table("embeddings", ID),
    table("conversations", CONVERSATION),
    Table {
        counted: Some("id"),
        ..table("chat_history", &[("id", "bigint")])
    },
    table("chat_history_metadata", CONVERSATION),
    table(
        "import_changes",
        &[("import_id", "text"), ("item_id", "text")],
    ),
];

/// Tables whose rows stay behind: notes of work under way, and sqlx's own.
pub const LEFT_OUT: &[&str] = &["work_claims", "_sqlx_migrations"];

/// A table by name.
pub(super) fn find(name: &str) -> Result<&'static Table> {
    let found = TABLES.iter().find(|table| table.name == name);
    found.with_context(|| format!("{name} is no table whose rows are moved"))
}
