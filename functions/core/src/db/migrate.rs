//! The migrations, embedded, and what they still have to do.

use std::collections::BTreeMap;

use anyhow::{Context, Result};
use serde::{Deserialize, Serialize};
use sqlx::PgConnection;
use sqlx::migrate::{Migrate, Migrator};

use super::operate::MigrationState;

static MIGRATIONS: Migrator = sqlx::migrate!("../../migrations");

/// What vectors are made of.
const EXTENSION: &str = "vector";

/// One migration.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Step {
    /// Its number.
    pub version: i64,
    /// Its name.
    pub description: String,
    /// What it runs; said where it is pending on a dry run.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub sql: Option<String>,
}

/// What a run did or would do.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Report {
    /// Whether nothing was changed.
    pub dry_run: bool,
    /// What was there already.
    pub already: Vec<Step>,
    /// What was applied, or would be.
    pub applied: Vec<Step>,
    /// Extensions that an earlier migration made and that were missing: made again, or would be.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub extensions: Vec<String>,
}

/// Applies what is pending, in order, under an advisory lock, after making an extension that somebody
/// dropped; with `dry_run` only says what that
/// would be. A migration that was changed after it was applied is an error, in both.
pub async fn migrate(connection: &mut PgConnection, dry_run: bool) -> Result<Report> {
    let before = applied(connection).await?;
    for migration in MIGRATIONS.iter() {
        anyhow::ensure!(
            before
                .get(&migration.version)
                .is_none_or(|sum| sum.as_slice() == &*migration.checksum),
            "migration {} ({}) was changed after it had been applied to this database; \
             restore it and put the change into a new one",
            migration.version,
            migration.description
        );
    }
    // The first migration makes it, and never runs again.
    let lost = !before.is_empty() && !has_vectors(connection).await?;
    if !dry_run {
        if lost {
            sqlx::query("CREATE EXTENSION IF NOT EXISTS vector")
                .execute(&mut *connection)
                .await
                .context("make the extension vector")?;
        }
        MIGRATIONS
            .run(&mut *connection)
            .await
            .context("apply the migrations")?;
    }
    let (already, applied) = MIGRATIONS
        .iter()
        .map(|m| Step {
            version: m.version,
            description: m.description.to_string(),
            sql: (dry_run && !before.contains_key(&m.version)).then(|| m.sql.as_str().to_owned()),
        })
        .partition(|step| before.contains_key(&step.version));
    Ok(Report {
        dry_run,
        already,
        applied,
        extensions: lost.then(|| EXTENSION.to_owned()).into_iter().collect(),
    })
}

async fn has_vectors(connection: &mut PgConnection) -> Result<bool> {
    sqlx::query_scalar("SELECT EXISTS (SELECT FROM pg_extension WHERE extname = $1)")
        .bind(EXTENSION)
        .fetch_one(connection)
        .await
        .context("look for the extension vector")
}

/// How a migration stands in a database.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Standing {
    /// Applied, and still the same file.
    Applied,
    /// Not applied yet.
    Pending,
    /// Applied, and changed since.
    Changed,
    /// Applied by a newer build than this one.
    Unknown,
}

/// Every migration that this build knows or the database has, in order.
pub async fn standings(connection: &mut PgConnection) -> Result<Vec<MigrationState>> {
    let mut applied = applied(connection).await?;
    let known = MIGRATIONS.iter().map(|m| MigrationState {
        version: m.version,
        description: m.description.to_string(),
        standing: match applied.remove(&m.version) {
            None => Standing::Pending,
            Some(sum) if sum.as_slice() == &*m.checksum => Standing::Applied,
            Some(_) => Standing::Changed,
        },
    });
    let mut all: Vec<MigrationState> = known.collect();
    all.extend(applied.into_keys().map(|version| MigrationState {
        version,
        description: "of a newer build".to_owned(),
        standing: Standing::Unknown,
    }));
    Ok(all)
}

/// Version and checksum of what has been applied; empty where nothing ever was.
async fn applied(connection: &mut PgConnection) -> Result<BTreeMap<i64, Vec<u8>>> {
    let (exists,): (bool,) = sqlx::query_as("SELECT to_regclass('_sqlx_migrations') IS NOT NULL")
        .fetch_one(&mut *connection)
        .await
        .context("look for earlier migrations")?;
    if !exists {
        return Ok(BTreeMap::new());
    }
    let applied = connection
        .list_applied_migrations("_sqlx_migrations")
        .await
        .context("list earlier migrations")?;
    Ok(applied
        .into_iter()
        .map(|m| (m.version, m.checksum.into_owned()))
        .collect())
}
