//! The imports of a database: which there are, and how far each has come.

use anyhow::{Context, Result, ensure};
use serde::{Deserialize, Serialize};
use sqlx::PgConnection;
use time::OffsetDateTime;

use super::Table;
use crate::domain::UserId;

/// Where old data comes from.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, sqlx::Type)]
#[serde(rename_all = "snake_case")]
#[sqlx(type_name = "text", rename_all = "snake_case")]
pub enum Kind {
    /// A SQLite database.
    Sqlite,
    /// A Chroma directory or an export of one.
    Chroma,
    /// A folder of images.
    Images,
}

impl Kind {
    /// Its name.
    pub fn name(self) -> &'static str {
        match self {
            Self::Sqlite => "sqlite",
            Self::Chroma => "chroma",
            Self::Images => "images",
        }
    }
}

/// One import: of one source, for one user.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Import {
    /// Follows from source and user: the same again is the same import.
    pub id: String,
    /// Whose the rows become.
    pub user_id: UserId,
    /// Where they come from.
    pub kind: Kind,
    /// What the source is called.
    pub source: String,
}

/// The last row of the source that is in.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Mark {
    /// The table it went to.
    pub table: Table,
    /// Its place in the source.
    pub place: i64,
}

/// How an import stands.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Standing {
    /// How far it came; nothing of a new one or of one that was through.
    pub mark: Option<Mark>,
    /// Whether it had been through before.
    pub again: bool,
    /// How many embeddings the database has, of all users.
    pub embeddings: i64,
}

/// An import as the database has it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, sqlx::FromRow)]
pub struct Noted {
    /// Its id.
    pub id: String,
    /// Whose.
    pub user_id: UserId,
    /// Where from.
    pub kind: Kind,
    /// What the source is called.
    pub source: String,
    /// When it began.
    #[serde(with = "time::serde::rfc3339")]
    pub begun_at: OffsetDateTime,
    /// When it was through, if it was.
    #[serde(with = "time::serde::rfc3339::option")]
    pub finished_at: Option<OffsetDateTime>,
    /// Items it brought that are there.
    pub items: i64,
    /// Analyses.
    pub analyses: i64,
    /// Embeddings.
    pub embeddings: i64,
    /// Items it changed.
    pub changes: i64,
}

/// Notes that an import begins, or goes on.
pub(super) async fn begin(db: &mut PgConnection, import: &Import) -> Result<Standing> {
    let (owner, stage, place, finished): (UserId, Option<Table>, Option<i64>, bool) =
        sqlx::query_as(
            "INSERT INTO imports (id, user_id, kind, source) VALUES ($1, $2, $3, $4)
             ON CONFLICT (id) DO UPDATE SET source = excluded.source
             RETURNING user_id, stage, place, finished_at IS NOT NULL",
        )
        .bind(&import.id)
        .bind(&import.user_id)
        .bind(import.kind)
        .bind(&import.source)
        .fetch_one(&mut *db)
        .await
        .context("note the import; are the migrations applied?")?;
    ensure!(owner == import.user_id, "this import is another user's");
    if finished {
        reopen(db, import).await?;
    }
    let (embeddings,) = sqlx::query_as("SELECT count(*) FROM embeddings")
        .fetch_one(db)
        .await
        .context("count the embeddings")?;
    let mark = stage.zip(place).filter(|_| !finished);
    Ok(Standing {
        mark: mark.map(|(table, place)| Mark { table, place }),
        again: finished,
        embeddings,
    })
}

/// One that was through goes over everything again: what was removed since is missing.
async fn reopen(db: &mut PgConnection, import: &Import) -> Result<()> {
    sqlx::query(
        "UPDATE imports SET stage = NULL, place = NULL, finished_at = NULL
         WHERE id = $1 AND user_id = $2",
    )
    .bind(&import.id)
    .bind(&import.user_id)
    .execute(db)
    .await
    .context("open the import again")?;
    Ok(())
}

/// Notes how far it came, in the transaction that stores the rows.
pub(super) async fn mark(db: &mut PgConnection, import: &Import, mark: Mark) -> Result<()> {
    let done =
        sqlx::query("UPDATE imports SET stage = $3, place = $4 WHERE id = $1 AND user_id = $2")
            .bind(&import.id)
            .bind(&import.user_id)
            .bind(mark.table)
            .bind(mark.place)
            .execute(db)
            .await
            .context("note how far the import came")?;
    ensure!(
        done.rows_affected() == 1,
        "this import was taken back meanwhile"
    );
    Ok(())
}

/// Notes that it is through.
pub(super) async fn finish(db: &mut PgConnection, import: &Import) -> Result<bool> {
    let done = sqlx::query("UPDATE imports SET finished_at = now() WHERE id = $1 AND user_id = $2")
        .bind(&import.id)
        .bind(&import.user_id)
        .execute(db)
        .await
        .context("note that the import is through")?;
    Ok(done.rows_affected() == 1)
}

/// What imports there are.
pub(super) async fn list(db: &mut PgConnection, user: Option<&UserId>) -> Result<Vec<Noted>> {
    sqlx::query_as(
        "SELECT m.id, m.user_id, m.kind, m.source, m.begun_at, m.finished_at,
             (SELECT count(*) FROM items t WHERE t.user_id = m.user_id AND t.import_id = m.id)
                 AS items,
             (SELECT count(*) FROM analyses t WHERE t.user_id = m.user_id AND t.import_id = m.id)
                 AS analyses,
             (SELECT count(*) FROM embeddings t WHERE t.user_id = m.user_id AND t.import_id = m.id)
                 AS embeddings,
             (SELECT count(*) FROM import_changes t
              WHERE t.user_id = m.user_id AND t.import_id = m.id) AS changes
         FROM imports m WHERE $1::text IS NULL OR m.user_id = $1 ORDER BY m.begun_at, m.id",
    )
    .bind(user)
    .fetch_all(db)
    .await
    .context("list the imports")
}
