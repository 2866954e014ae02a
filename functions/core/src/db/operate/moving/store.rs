//! A batch into its table: each row once, for its owner. What cannot be stored is named.

use anyhow::{Context, Result};
use serde::{Deserialize, Serialize};
use sqlx::{Connection as _, PgConnection};

use super::ledger::{self, Import, Kind, Mark};
use super::{Batch, Row, Table, arriving, statistics};
use crate::db::items::LAST_VERSION;

/// What became of a batch.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Stored {
    /// Rows that are new.
    pub added: u64,
    /// Rows that this import did not bring. All others had been brought by it before.
    pub left: Vec<Left>,
}

/// What is there of a batch.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Looked {
    /// Rows that this import brought before.
    pub brought: u64,
    /// Rows that stand there otherwise, or, of a batch that was sent, that were not stored.
    pub left: Vec<Left>,
}

/// A row that was not stored.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, sqlx::FromRow)]
pub struct Left {
    /// Its id.
    pub id: String,
    /// Why.
    #[sqlx(flatten)]
    pub why: Why,
}

/// Why a row was not stored.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Why {
    /// Another user has a row of this id.
    Foreign,
    /// The user has a row of this id, and not by this import.
    There,
    /// Its item is not there.
    NoItem,
    /// Its analysis is not there.
    NoAnalysis,
    /// Another row stands in its place: the item's embedding, or its analysis of this version.
    Taken,
    /// PostgreSQL does not take it.
    Refused(String),
}

impl sqlx::FromRow<'_, sqlx::postgres::PgRow> for Why {
    fn from_row(row: &sqlx::postgres::PgRow) -> sqlx::Result<Self> {
        use sqlx::Row as _;
        let why: String = row.try_get("why")?;
        Ok(match why.as_str() {
            "foreign" => Self::Foreign,
            "there" => Self::There,
            "no_item" => Self::NoItem,
            "no_analysis" => Self::NoAnalysis,
            "taken" => Self::Taken,
            _ => Self::Refused(why),
        })
    }
}

impl Table {
    fn insert(self) -> &'static str {
        match self {
            Self::Items => {
                "INSERT INTO items (id, user_id, filename, original_filename, file_path, file_size,
                     mime_type, status, object_sequencer, created_at, updated_at, import_id)
                 SELECT id, $1, filename, original_filename, file_path, file_size, mime_type,
                     status, CASE WHEN described THEN $3 END, created_at, updated_at, $2
                 FROM arriving ON CONFLICT DO NOTHING"
            }
            Self::Analyses => {
                "INSERT INTO analyses (id, item_id, user_id, version, category, summary,
                     raw_response, provider_used, model_used, trace_id, object_sequencer,
                     created_at, import_id)
                 SELECT a.id, a.item_id, $1, a.version, a.category, a.summary, a.raw_response,
                     a.provider_used, a.model_used, a.trace_id,
                     coalesce(i.object_sequencer, $3), a.created_at, $2
                 FROM arriving a CROSS JOIN LATERAL (
                     SELECT object_sequencer FROM items
                     WHERE id = a.item_id AND user_id = $1 LIMIT 1) i
                 ON CONFLICT DO NOTHING"
            }
            Self::Embeddings => {
                "INSERT INTO embeddings (id, item_id, analysis_id, user_id, embedding,
                     embedding_model, embedding_dimensions, embedding_source, created_at, import_id)
                 SELECT a.id, a.item_id, n.id, $1, a.embedding, a.embedding_model,
                     vector_dims(a.embedding), a.embedding_source, a.created_at, $2
                 FROM arriving a CROSS JOIN LATERAL (
                     SELECT id FROM analyses WHERE user_id = $1 AND item_id = a.item_id
                         AND (a.analysis_id IS NULL OR id = a.analysis_id)
                     ORDER BY version DESC LIMIT 1) n
                 WHERE $3 <> '' ON CONFLICT DO NOTHING"
            }
        }
    }

    /// The rows of a batch that this import did not bring.
    fn left(self) -> &'static str {
        match self {
            Self::Items => {
                "SELECT a.id, CASE WHEN t.user_id <> $1 THEN 'foreign' ELSE 'there' END AS why
                 FROM arriving a JOIN items t ON t.id = a.id
                 WHERE t.user_id <> $1 OR t.import_id IS DISTINCT FROM $2 ORDER BY a.id"
            }
            Self::Analyses => {
                "SELECT a.id, CASE WHEN t.user_id <> $1 THEN 'foreign'
                     WHEN t.id IS NOT NULL THEN 'there'
                     WHEN i.id IS NULL THEN 'no_item' ELSE 'taken' END AS why
                 FROM arriving a LEFT JOIN analyses t ON t.id = a.id
                     LEFT JOIN items i ON i.id = a.item_id AND i.user_id = $1
                 WHERE t.id IS NULL OR t.user_id <> $1 OR t.import_id IS DISTINCT FROM $2
                 ORDER BY a.id"
            }
            Self::Embeddings => {
                "SELECT a.id, CASE WHEN t.user_id <> $1 THEN 'foreign'
                     WHEN t.id IS NOT NULL THEN 'there'
                     WHEN i.id IS NULL THEN 'no_item'
                     WHEN o.id IS NOT NULL THEN 'taken' ELSE 'no_analysis' END AS why
                 FROM arriving a LEFT JOIN embeddings t ON t.id = a.id
                     LEFT JOIN items i ON i.id = a.item_id AND i.user_id = $1
                     LEFT JOIN embeddings o ON o.item_id = a.item_id AND o.user_id = $1
                 WHERE t.id IS NULL OR t.user_id <> $1 OR t.import_id IS DISTINCT FROM $2
                 ORDER BY a.id"
            }
        }
    }

    fn brought(self) -> &'static str {
        match self {
            Self::Items => {
                "SELECT count(*) FROM arriving a JOIN items t ON t.id = a.id
                 WHERE t.user_id = $1 AND t.import_id = $2"
            }
            Self::Analyses => {
                "SELECT count(*) FROM arriving a JOIN analyses t ON t.id = a.id
                 WHERE t.user_id = $1 AND t.import_id = $2"
            }
            Self::Embeddings => {
                "SELECT count(*) FROM arriving a JOIN embeddings t ON t.id = a.id
                 WHERE t.user_id = $1 AND t.import_id = $2"
            }
        }
    }

    /// Rows that could not be stored as the database stands: others have their ids or their places,
    /// or, unless the source brings items and analyses itself, there is nothing they belong to.
    fn standing(self) -> &'static str {
        match self {
            Self::Items => Self::Items.left(),
            Self::Analyses => {
                "SELECT a.id, CASE WHEN t.user_id <> $1 THEN 'foreign'
                     WHEN t.id IS NOT NULL THEN 'there' ELSE 'no_item' END AS why
                 FROM arriving a LEFT JOIN analyses t ON t.id = a.id
                     LEFT JOIN items i ON i.id = a.item_id AND i.user_id = $1
                 WHERE t.user_id <> $1 OR t.id IS NOT NULL AND t.import_id IS DISTINCT FROM $2
                     OR t.id IS NULL AND i.id IS NULL AND NOT $3
                 ORDER BY a.id"
            }
            Self::Embeddings => {
                "SELECT a.id, CASE WHEN t.user_id <> $1 THEN 'foreign'
                     WHEN t.id IS NOT NULL THEN 'there'
                     WHEN o.id IS NOT NULL THEN 'taken'
                     WHEN i.id IS NULL THEN 'no_item' ELSE 'no_analysis' END AS why
                 FROM arriving a LEFT JOIN embeddings t ON t.id = a.id
                     LEFT JOIN items i ON i.id = a.item_id AND i.user_id = $1
                     LEFT JOIN embeddings o ON o.item_id = a.item_id AND o.user_id = $1
                 WHERE t.user_id <> $1 OR t.id IS NOT NULL AND t.import_id IS DISTINCT FROM $2
                     OR t.id IS NULL AND (o.id IS NOT NULL OR NOT $3 AND (i.id IS NULL
                         OR NOT EXISTS (SELECT FROM analyses n
                             WHERE n.user_id = $1 AND n.item_id = a.item_id)))
                 ORDER BY a.id"
            }
        }
    }
}

/// Stores a batch and how far the import came with it, both or neither. A row that PostgreSQL
/// does not take is left by itself.
pub(super) async fn store(
    db: &mut PgConnection,
    import: &Import,
    batch: Batch,
    mark: Mark,
) -> Result<Stored> {
    let mut stored = Stored::default();
    let mut waiting = vec![batch];
    while let Some(batch) = waiting.pop() {
        let reached = waiting.is_empty().then_some(mark);
        match whole(db, import, &batch, reached).await {
            Ok(more) => {
                stored.added += more.added;
                stored.left.extend(more.left);
            }
            Err(error) => match refusal(&error) {
                Some(said) if batch.len() == 1 => {
                    let id = batch.rows().pop().map(|row| row.id).unwrap_or_default();
                    let why = Why::Refused(said);
                    stored.left.push(Left { id, why });
                    if let Some(mark) = reached {
                        ledger::mark(db, import, mark).await?;
                    }
                }
                Some(_) => {
                    let (first, second) = batch.halves();
                    waiting.extend([second, first]);
                }
                None => return Err(error),
            },
        }
    }
    Ok(stored)
}

/// What PostgreSQL says of a value that it does not take.
fn refusal(error: &anyhow::Error) -> Option<String> {
    let error = error
        .chain()
        .find_map(|cause| cause.downcast_ref::<sqlx::Error>())?;
    let error = error.as_database_error()?;
    let is_of_data = error.code().is_some_and(|code| code.starts_with("22"));
    is_of_data.then(|| error.message().to_owned())
}

async fn whole(
    db: &mut PgConnection,
    import: &Import,
    batch: &Batch,
    reached: Option<Mark>,
) -> Result<Stored> {
    let table = batch.table();
    let mut transaction = db.begin().await.context("begin to store a batch")?;
    arriving::copy(&mut transaction, batch)
        .await
        .context("send the batch")?;
    let done = sqlx::query(table.insert())
        .bind(&import.user_id)
        .bind(&import.id)
        .bind(LAST_VERSION)
        .execute(&mut *transaction)
        .await
        .with_context(|| format!("store rows of {}", table.name()))?;
    let left = sqlx::query_as(table.left())
        .bind(&import.user_id)
        .bind(&import.id)
        .fetch_all(&mut *transaction)
        .await
        .context("look what was not stored")?;
    if table == Table::Embeddings {
        found_by_search(&mut transaction, import).await?;
    }
    if let Some(mark) = reached {
        ledger::mark(&mut transaction, import, mark).await?;
    }
    statistics::count_at_once(&mut transaction).await?;
    transaction.commit().await.context("store the batch")?;
    statistics::refresh(db, table).await?;
    Ok(Stored {
        added: done.rows_affected(),
        left,
    })
}

/// Items that search finds from now on. How far those had come that were there is noted; those that
/// this import brought go with it.
///
/// Rows are named by arrays, not joined: nothing is known yet of tables that grow this fast, and the
/// planner would compare all of a user's rows with the batch.
async fn found_by_search(db: &mut PgConnection, import: &Import) -> Result<()> {
    sqlx::query(
        "INSERT INTO import_changes (import_id, user_id, item_id, before)
         SELECT $2, $1, id, jsonb_build_object('status', status) FROM items
         WHERE user_id = $1 AND status <> 'searchable' AND import_id IS DISTINCT FROM $2
             AND id = ANY (ARRAY(SELECT item_id FROM embeddings WHERE user_id = $1
                 AND import_id = $2 AND id = ANY (ARRAY(SELECT id FROM arriving))))
         ON CONFLICT DO NOTHING",
    )
    .bind(&import.user_id)
    .bind(&import.id)
    .execute(&mut *db)
    .await
    .context("note how far the items had come")?;
    sqlx::query(
        "UPDATE items SET status = 'searchable', status_reason = NULL
         WHERE user_id = $1 AND status <> 'searchable'
             AND id = ANY (ARRAY(SELECT item_id FROM embeddings WHERE user_id = $1
                 AND import_id = $2 AND id = ANY (ARRAY(SELECT id FROM arriving))))",
    )
    .bind(&import.user_id)
    .bind(&import.id)
    .execute(db)
    .await
    .context("record how far the items came")?;
    Ok(())
}

/// What became of rows that were sent before, or stands in the way of rows that were not.
pub(super) async fn look(
    db: &mut PgConnection,
    import: &Import,
    table: Table,
    rows: &[Row],
    sent: bool,
) -> Result<Looked> {
    let mut transaction = db.begin().await.context("begin to look")?;
    arriving::ids(&mut transaction, rows).await?;
    let sql = if sent { table.left() } else { table.standing() };
    let mut query = sqlx::query_as(sql).bind(&import.user_id).bind(&import.id);
    if !sent && table != Table::Items {
        query = query.bind(import.kind == Kind::Sqlite);
    }
    let left = query
        .fetch_all(&mut *transaction)
        .await
        .context("look what is there already")?;
    let (brought,): (i64,) = sqlx::query_as(table.brought())
        .bind(&import.user_id)
        .bind(&import.id)
        .fetch_one(&mut *transaction)
        .await
        .context("count what this import brought")?;
    transaction.rollback().await.context("end the look")?;
    Ok(Looked {
        brought: u64::try_from(brought)?,
        left,
    })
}
