//! Whether a database does what the app needs of one: tables, rows, vectors by nearness.

use anyhow::{Context, Result};
use serde::{Deserialize, Serialize};
use sqlx::{Connection as _, PgConnection};

/// What the database could do.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Probed {
    /// The server's version.
    pub server: String,
    /// The version of pgvector, if it is installed.
    pub pgvector: Option<String>,
    /// What came back of the rows that were stored.
    pub rows: Vec<String>,
    /// The rows by nearness to a vector, if there are vectors.
    pub nearest: Option<Vec<String>>,
}

/// Makes a table, fills and reads it and drops it again. All in one transaction: a probe that is
/// killed leaves nothing.
pub async fn probe(connection: &mut PgConnection) -> Result<Probed> {
    let (server, pgvector): (String, Option<String>) = sqlx::query_as(
        "SELECT current_setting('server_version'),
                (SELECT extversion FROM pg_extension WHERE extname = 'vector')",
    )
    .fetch_one(&mut *connection)
    .await
    .context("ask the database for its version")?;
    let mut transaction = connection.begin().await.context("begin the probe")?;
    for statement in [
        "CREATE TABLE infra_probe (name TEXT PRIMARY KEY, place TEXT NOT NULL)",
        "INSERT INTO infra_probe VALUES ('east', '[1,0]'), ('north', '[0,1]'), ('west', '[-1,0]')",
    ] {
        sqlx::query(statement)
            .execute(&mut *transaction)
            .await
            .context("make and fill a table")?;
    }
    let rows = names(
        &mut transaction,
        "SELECT name FROM infra_probe ORDER BY name",
    )
    .await?;
    let nearest = match pgvector {
        None => None,
        Some(_) => {
            let by_cosine = "SELECT name FROM infra_probe ORDER BY place::vector <=> '[0.2,0.9]'";
            Some(names(&mut transaction, by_cosine).await?)
        }
    };
    sqlx::query("DROP TABLE infra_probe")
        .execute(&mut *transaction)
        .await
        .context("drop the table")?;
    transaction.commit().await.context("end the probe")?;
    Ok(Probed {
        server,
        pgvector,
        rows,
        nearest,
    })
}

async fn names(connection: &mut PgConnection, sql: &'static str) -> Result<Vec<String>> {
    let rows: Vec<(String,)> = sqlx::query_as(sql)
        .fetch_all(connection)
        .await
        .context("read the table")?;
    Ok(rows.into_iter().map(|(name,)| name).collect())
}
