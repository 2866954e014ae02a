//! What arrived, held against the source: column by column, in the database, which alone knows
//! when two JSON documents or two rounded vectors are the same.

use anyhow::{Context, Result};
use pgvector::HalfVector;
use serde::{Deserialize, Serialize};
use sqlx::{AssertSqlSafe, Connection as _, PgConnection};

use super::ledger::Import;
use super::{Batch, Table, arriving};
use crate::domain::{ItemId, UserId};
use crate::retrieval::vector::{EXACT_UP_TO, INDEX_SETTINGS};

/// How a batch compares.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Compared {
    /// A sum over the rows of the source, in no order.
    pub source: i64,
    /// The same sum over what is stored.
    pub stored: i64,
    /// Rows that are missing or different.
    pub differs: Vec<Differs>,
}

/// A row that is not as in the source.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, sqlx::FromRow)]
pub struct Differs {
    /// Its id.
    pub id: String,
    /// The columns; none where the row is missing.
    pub columns: Vec<String>,
    /// Whether the row is another user's.
    pub foreign: bool,
}

/// The items nearest to a vector.
pub type Neighbours = Vec<ItemId>;

impl Table {
    /// What of a row the source says and nothing changes later.
    fn compared(self) -> &'static [&'static str] {
        match self {
            Self::Items => &["filename", "original_filename", "created_at"],
            Self::Analyses => &[
                "item_id",
                "version",
                "category",
                "summary",
                "raw_response",
                "provider_used",
                "model_used",
                "trace_id",
                "created_at",
            ],
            Self::Embeddings => &["item_id", "embedding", "embedding_model", "created_at"],
        }
    }
}

pub(super) async fn compare(
    db: &mut PgConnection,
    import: &Import,
    batch: &Batch,
) -> Result<Compared> {
    let table = batch.table();
    let mut transaction = db.begin().await.context("begin to compare")?;
    arriving::copy(&mut transaction, batch)
        .await
        .context("send the batch")?;
    let (source, stored) = sqlx::query_as(AssertSqlSafe(sums(table)))
        .bind(&import.user_id)
        .fetch_one(&mut *transaction)
        .await
        .context("sum up both sides")?;
    let differs = sqlx::query_as(AssertSqlSafe(different(table)))
        .bind(&import.user_id)
        .fetch_all(&mut *transaction)
        .await
        .context("compare the rows")?;
    transaction.rollback().await.context("end the comparison")?;
    Ok(Compared {
        source,
        stored,
        differs,
    })
}

fn sums(table: Table) -> String {
    let of = |alias: &str| {
        let columns = table
            .compared()
            .iter()
            .map(|name| format!("{alias}.{name}"));
        let columns: Vec<String> = columns.collect();
        format!(
            "coalesce(bit_xor(hashtextextended(ROW({alias}.id, {})::text, 0)), 0)",
            columns.join(", ")
        )
    };
    format!(
        "SELECT {}, {} FROM arriving a LEFT JOIN {} t ON t.id = a.id AND t.user_id = $1",
        of("a"),
        of("t"),
        table.name()
    )
}

fn different(table: Table) -> String {
    let columns = table.compared().iter().map(|name| {
        // A vector has no IS DISTINCT FROM of its own.
        match *name {
            "embedding" => {
                "CASE WHEN NOT a.embedding = t.embedding THEN 'embedding' END".to_owned()
            }
            _ => format!("CASE WHEN a.{name} IS DISTINCT FROM t.{name} THEN '{name}' END"),
        }
    });
    // What the source does not say, and what must hold of every row.
    let also = match table {
        Table::Items => {
            "CASE WHEN NOT starts_with(t.file_path, $1 || '/images/') THEN 'file_path' END"
        }
        Table::Analyses => {
            "CASE WHEN jsonb_typeof(t.raw_response) <> 'object' THEN 'raw_response' END"
        }
        Table::Embeddings => {
            "CASE WHEN t.embedding_dimensions <> vector_dims(a.embedding)
                 THEN 'embedding_dimensions' END"
        }
    };
    let columns: Vec<String> = columns.chain([also.to_owned()]).collect();
    format!(
        "SELECT id, coalesce(columns, '{{}}') AS columns, is_foreign AS foreign FROM (
             SELECT a.id, t.id IS NULL AS missing, t.user_id <> $1 IS TRUE AS is_foreign,
                 CASE WHEN t.id IS NOT NULL THEN array_remove(ARRAY[{}], NULL) END AS columns
             FROM arriving a LEFT JOIN {} t ON t.id = a.id) compared
         WHERE missing OR is_foreign OR columns <> '{{}}' ORDER BY id",
        columns.join(", "),
        table.name()
    )
}

/// As a search by meaning finds them: exactly, or by the index for a user who has many.
pub(super) async fn neighbours(
    db: &mut PgConnection,
    user: &UserId,
    near: &[f32],
    limit: i64,
) -> Result<Neighbours> {
    let mut transaction = db.begin().await.context("begin to search")?;
    let (many,): (bool,) = sqlx::query_as(
        "SELECT count(*) > $2 FROM (
             SELECT 1 FROM embeddings WHERE user_id = $1 LIMIT $2 + 1) found",
    )
    .bind(user)
    .bind(EXACT_UP_TO)
    .fetch_one(&mut *transaction)
    .await
    .context("count the embeddings")?;
    let sql = match many {
        true => {
            "SELECT item_id FROM embeddings WHERE user_id = $1
                 ORDER BY embedding <=> $2 LIMIT $3"
        }
        false => {
            "SELECT item_id FROM embeddings WHERE user_id = $1
                  ORDER BY (embedding <=> $2) + 0, item_id LIMIT $3"
        }
    };
    if many {
        sqlx::raw_sql(INDEX_SETTINGS)
            .execute(&mut *transaction)
            .await
            .context("prepare the index")?;
    }
    let found: Vec<(ItemId,)> = sqlx::query_as(sql)
        .bind(user)
        .bind(HalfVector::from_f32_slice(near))
        .bind(limit)
        .fetch_all(&mut *transaction)
        .await
        .context("search by meaning")?;
    Ok(found.into_iter().map(|(id,)| id).collect())
}
