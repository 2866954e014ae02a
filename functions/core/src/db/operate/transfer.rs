//! Rows out and in, as JSON, page by page: what holds a page holds the whole.

use anyhow::{Context, Result, ensure};
use serde::{Deserialize, Serialize};
use sqlx::types::Json;
use sqlx::{AssertSqlSafe, Connection as _, PgConnection};

use super::Row;
use super::tables::{self, Table};

/// An answer of a function holds six million bytes; this leaves room for its wrapping.
const PAGE_BYTES: i64 = 2_000_000;
/// More rows than this are never looked at for one page.
const PAGE_ROWS: i64 = 500;

/// Some rows, and whether that was all.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Page {
    /// In the order of the key.
    pub rows: Vec<Row>,
    /// Whether more may come after the last of them.
    pub more: bool,
}

/// What became of rows that were to be stored.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Imported {
    /// Not there before.
    pub added: u64,
    /// There before, with the same content or overwritten now.
    pub same: u64,
    /// There before with other content, and left so.
    pub different: u64,
}

impl std::ops::AddAssign for Imported {
    fn add_assign(&mut self, other: Self) {
        self.added += other.added;
        self.same += other.same;
        self.different += other.different;
    }
}

/// The rows after a row, at most a page of them.
pub(super) async fn page(
    connection: &mut PgConnection,
    table: &str,
    after: Option<&Row>,
) -> Result<Page> {
    let table = tables::find(table)?;
    in_utc(connection).await?;
    let sql = page_sql(table, after.is_some());
    let query = sqlx::query_as(AssertSqlSafe(sql))
        .bind(PAGE_ROWS)
        .bind(PAGE_BYTES);
    let query = match after {
        Some(row) => query.bind(Json(row)),
        None => query,
    };
    let found: Vec<(Json<Row>, bool)> = query
        .fetch_all(connection)
        .await
        .with_context(|| format!("read rows of {}", table.name))?;
    // One more row than the page holds tells that there is more.
    let more = found.iter().any(|(_, fits)| !fits) || found.len() as i64 == PAGE_ROWS;
    let rows = found.into_iter().filter(|(_, fits)| *fits);
    Ok(Page {
        rows: rows.map(|(row, _)| row.0).collect(),
        more,
    })
}

/// Rows in the order of the key, each with whether it still fits; the first always does.
fn page_sql(table: &Table, goes_on: bool) -> String {
    let key: Vec<String> = table
        .key
        .iter()
        .map(|(name, _)| format!("t.{name}"))
        .collect();
    let key = key.join(", ");
    let after: Vec<String> = table
        .key
        .iter()
        .map(|(name, kind)| format!("($3 ->> '{name}')::{kind}"))
        .collect();
    let begin = match goes_on {
        true => format!("WHERE ({key}) > ({})", after.join(", ")),
        false => String::new(),
    };
    let computed: String = table
        .computed
        .iter()
        .map(|name| format!(" - '{name}'"))
        .collect();
    format!(
        "SELECT line, number = 1 OR bytes <= $2 FROM (
             SELECT line, row_number() OVER rows AS number,
                    sum(octet_length(line::text)) OVER rows AS bytes
             FROM (SELECT to_jsonb(t){computed} AS line, row_number() OVER (ORDER BY {key}) AS place
                   FROM {table} t {begin} ORDER BY {key} LIMIT $1) page
             WINDOW rows AS (ORDER BY place)
         ) measured ORDER BY number",
        table = table.name,
    )
}

/// Stores rows of one table, all of them or none.
pub(super) async fn store(
    connection: &mut PgConnection,
    table: &str,
    rows: &[Row],
    overwrite: bool,
) -> Result<Imported> {
    let table = tables::find(table)?;
    in_utc(connection).await?;
    let columns = columns(connection, table).await?;
    for row in rows {
        if let Some(name) = row.keys().find(|name| !columns.contains(name)) {
            anyhow::bail!(
                "{} has no column {name}; migrate this database first",
                table.name
            );
        }
    }
    let mut transaction = connection.begin().await.context("begin to store rows")?;
    let list = Json(rows);
    // Counted before: what a conflict leaves out says nothing of why.
    let (there, same): (i64, i64) = sqlx::query_as(AssertSqlSafe(compare_sql(table)))
        .bind(list)
        .fetch_one(&mut *transaction)
        .await
        .with_context(|| format!("compare rows of {}", table.name))?;
    let done = sqlx::query(AssertSqlSafe(store_sql(table, &columns, overwrite)))
        .bind(list)
        .execute(&mut *transaction)
        .await
        .with_context(|| format!("store rows of {}", table.name))?;
    if let Some(counted) = table.counted {
        sqlx::query(AssertSqlSafe(count_on_sql(table, counted)))
            .execute(&mut *transaction)
            .await
            .with_context(|| format!("count on in {}", table.name))?;
    }
    transaction.commit().await.context("store the rows")?;
    let (rows, there) = (rows.len() as u64, u64::try_from(there)?);
    let (same, touched) = (u64::try_from(same)?, done.rows_affected());
    let (added, same) = match overwrite {
        true => (rows - there, there),
        false => (touched, same),
    };
    Ok(Imported {
        added,
        same,
        different: rows.saturating_sub(added + same),
    })
}

/// How many of the rows are there by their key, and how many of these are the same.
fn compare_sql(table: &Table) -> String {
    let key: Vec<&str> = table.key.iter().map(|(name, _)| *name).collect();
    let computed: String = table
        .computed
        .iter()
        .map(|name| format!(" - '{name}'"))
        .collect();
    format!(
        "SELECT count(*), count(*) FILTER (WHERE to_jsonb(t){computed} = to_jsonb(r){computed})
         FROM jsonb_populate_recordset(NULL::{table}, $1) r JOIN {table} t USING ({key})",
        key = key.join(", "),
        table = table.name,
    )
}

fn store_sql(table: &Table, columns: &[String], overwrite: bool) -> String {
    let key: Vec<&str> = table.key.iter().map(|(name, _)| *name).collect();
    let set: Vec<String> = columns
        .iter()
        .filter(|column| !key.contains(&column.as_str()))
        .map(|column| format!("{column} = excluded.{column}"))
        .collect();
    let conflict = match overwrite {
        true => format!("({}) DO UPDATE SET {}", key.join(", "), set.join(", ")),
        false => "DO NOTHING".to_owned(),
    };
    let overriding = table.counted.map_or("", |_| "OVERRIDING SYSTEM VALUE");
    let columns = columns.join(", ");
    format!(
        "INSERT INTO {table} ({columns}) {overriding}
         SELECT {columns} FROM jsonb_populate_recordset(NULL::{table}, $1)
         ON CONFLICT {conflict}",
        table = table.name,
    )
}

fn count_on_sql(table: &Table, counted: &str) -> String {
    let name = table.name;
    format!(
        "SELECT setval(pg_get_serial_sequence('{name}', '{counted}'),
                       greatest(max({counted}), 1), max({counted}) IS NOT NULL) FROM {name}"
    )
}

/// The columns that are stored, by name.
async fn columns(connection: &mut PgConnection, table: &Table) -> Result<Vec<String>> {
    let all: Vec<(String,)> = sqlx::query_as(
        "SELECT a.attname::text FROM pg_attribute a
         WHERE a.attrelid = to_regclass($1) AND a.attnum > 0 AND NOT a.attisdropped
           AND a.attgenerated = ''
         ORDER BY a.attnum",
    )
    .bind(table.name)
    .fetch_all(connection)
    .await
    .with_context(|| format!("list the columns of {}", table.name))?;
    ensure!(!all.is_empty(), "there is no table {}", table.name);
    let all = all.into_iter().map(|(name,)| name);
    Ok(all
        .filter(|name| !table.computed.contains(&name.as_str()))
        .collect())
}

/// The same moment reads the same, whatever the server's zone.
async fn in_utc(connection: &mut PgConnection) -> Result<()> {
    sqlx::query("SET TIME ZONE 'UTC'")
        .execute(connection)
        .await
        .context("set the time zone")?;
    Ok(())
}
