//! What the planner knows of tables that grow and shrink faster than PostgreSQL looks at them by
//! itself. A table that was last looked at when it was empty is taken for empty, however full it
//! is, and a batch is then compared with all of its rows.

use anyhow::{Context, Result};
use sqlx::{AssertSqlSafe, PgConnection};

use super::Table;

/// Counts what the transaction changes as soon as it ends, not a second later.
pub(super) async fn count_at_once(db: &mut PgConnection) -> Result<()> {
    sqlx::query("SELECT pg_stat_force_next_flush()")
        .execute(db)
        .await
        .context("have the changed rows counted")?;
    Ok(())
}

/// Has PostgreSQL look at a table of which more rows have changed than it knows.
pub(super) async fn refresh(db: &mut PgConnection, table: Table) -> Result<()> {
    let (outdated,): (bool,) = sqlx::query_as(
        "SELECT pg_stat_get_mod_since_analyze(oid) > greatest(reltuples, 0)
         FROM pg_class WHERE oid = $1::regclass",
    )
    .bind(table.name())
    .fetch_one(&mut *db)
    .await
    .with_context(|| format!("ask what is known of {}", table.name()))?;
    if outdated {
        sqlx::raw_sql(AssertSqlSafe(format!("ANALYZE {}", table.name())))
            .execute(db)
            .await
            .with_context(|| format!("look at {}", table.name()))?;
    }
    Ok(())
}
