//! The state of a database: server, migrations, how much there is.

use std::collections::BTreeMap;

use anyhow::{Context, Result};
use serde::{Deserialize, Serialize};
use sqlx::PgConnection;

use super::tables::TABLES;
use crate::db::migrate::{self, Standing};

/// What there is to say of a database.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Status {
    /// The server's version.
    pub server: String,
    /// The version of pgvector, if it is installed.
    pub pgvector: Option<String>,
    /// Bytes on disk.
    pub bytes: i64,
    /// Connections that are open, and how many there may be.
    pub connections: (i64, i64),
    /// Every migration that this build knows or the database has.
    pub migrations: Vec<MigrationState>,
    /// Rows by table, where the table is there.
    pub tables: Vec<TableRows>,
}

/// One migration.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct MigrationState {
    /// Its number.
    pub version: i64,
    /// Its name.
    pub description: String,
    /// How it stands.
    pub standing: Standing,
}

/// How many rows a table has.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct TableRows {
    /// The table.
    pub table: String,
    /// Its rows.
    pub rows: i64,
    /// Its bytes, indexes included.
    pub bytes: i64,
}

/// Asks the database.
pub(super) async fn status(connection: &mut PgConnection) -> Result<Status> {
    let (server, pgvector, bytes, open, allowed) = sqlx::query_as(
        "SELECT current_setting('server_version'),
                (SELECT extversion FROM pg_extension WHERE extname = 'vector'),
                pg_database_size(current_database()),
                (SELECT count(*) FROM pg_stat_activity WHERE backend_type = 'client backend'),
                current_setting('max_connections')::bigint",
    )
    .fetch_one(&mut *connection)
    .await
    .context("ask the database for its state")?;
    let migrations = migrate::standings(connection).await?;
    Ok(Status {
        server,
        pgvector,
        bytes,
        connections: (open, allowed),
        migrations,
        tables: rows(connection).await?,
    })
}

/// Counted, not estimated: an estimate of a small table is often zero.
async fn rows(connection: &mut PgConnection) -> Result<Vec<TableRows>> {
    let there: Vec<(String, i64)> = sqlx::query_as(
        "SELECT c.relname::text, pg_total_relation_size(c.oid) FROM pg_class c
         WHERE c.relnamespace = 'public'::regnamespace AND c.relkind = 'r'",
    )
    .fetch_all(&mut *connection)
    .await
    .context("list the tables")?;
    let there: BTreeMap<String, i64> = there.into_iter().collect();
    let mut found = Vec::new();
    for table in TABLES {
        let Some(bytes) = there.get(table.name) else {
            continue;
        };
        let count = format!("SELECT count(*) FROM {}", table.name);
        // The name is one of ours.
        let (rows,) = sqlx::query_as(sqlx::AssertSqlSafe(count))
            .fetch_one(&mut *connection)
            .await
            .with_context(|| format!("count {}", table.name))?;
        found.push(TableRows {
            table: table.name.to_owned(),
            rows,
            bytes: *bytes,
        });
    }
    Ok(found)
}
