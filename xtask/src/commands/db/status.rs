//! `db status`: server, migrations, rows.

use std::fmt;

use collections_core::db::migrate::Standing;
use collections_core::db::operate::{MigrationState, Request, Status, TABLES};
use serde::Serialize;

use super::reach;
use crate::context::Context;
use crate::database::reach::ask;
use crate::environments::EnvArg;
use crate::error::Result;
use crate::report::Outcome;

/// Options of `db status`.
#[derive(clap::Args)]
pub struct Args {
    #[command(flatten)]
    env: EnvArg,
}

#[derive(Serialize)]
#[serde(transparent)]
struct Told(Status);

/// Looks, changes nothing.
pub(super) async fn run(ctx: &Context, args: Args) -> Result<Outcome> {
    let mut database = reach(ctx, &args.env, false).await?;
    Outcome::of(&Told(ask(database.as_mut(), Request::Status).await?))
}

impl fmt::Display for Told {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let status = &self.0;
        let pgvector = status.pgvector.as_deref().unwrap_or("is not installed");
        let (open, allowed) = status.connections;
        writeln!(
            f,
            "PostgreSQL {}, pgvector {pgvector}, {}, {open} of {allowed} connections",
            status.server,
            size(status.bytes)
        )?;
        for migration in &status.migrations {
            let standing = match migration.standing {
                Standing::Applied => "applied",
                Standing::Pending => "pending: cargo xtask db migrate",
                Standing::Changed => "CHANGED after it was applied: restore the file",
                Standing::Unknown => "of a newer build",
            };
            let (version, description) = (migration.version, &migration.description);
            writeln!(f, "  {version:>4} {description:<24} {standing}")?;
        }
        for table in &status.tables {
            let (name, rows) = (&table.table, table.rows);
            writeln!(f, "  {name:<24} {rows:>8} rows  {}", size(table.bytes))?;
        }
        for name in missing(status) {
            writeln!(
                f,
                "  {name:<24} MISSING: cargo xtask db reset makes every table anew, without its rows"
            )?;
        }
        Ok(())
    }
}

/// Tables that are not there although every migration ran.
fn missing(status: &Status) -> Vec<&'static str> {
    let applied = |one: &MigrationState| one.standing == Standing::Applied;
    if !status.migrations.iter().all(applied) {
        return Vec::new();
    }
    let names = TABLES.iter().map(|table| table.name);
    let is_there = |name: &str| status.tables.iter().any(|table| table.table == name);
    names.filter(|name| !is_there(name)).collect()
}

/// Bytes as people say them.
fn size(bytes: i64) -> String {
    match bytes {
        0..1_024 => format!("{bytes} B"),
        1_024..1_048_576 => format!("{} KiB", bytes / 1_024),
        _ => format!("{:.1} MiB", bytes as f64 / 1_048_576.0),
    }
}
