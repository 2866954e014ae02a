//! A new beginning: every table and routine of ours goes, extensions stay.

use anyhow::{Context, Result, ensure};
use sqlx::{Connection as _, PgConnection};

use crate::db::migrate::{self, Report};

/// Extensions keep their types, so that open connections of functions go on working.
const REMOVE: &str = "
DO $$
DECLARE found record;
BEGIN
    FOR found IN
        SELECT format('DROP TABLE IF EXISTS %s CASCADE', c.oid::regclass) AS statement
        FROM pg_class c
        WHERE c.relnamespace = 'public'::regnamespace AND c.relkind IN ('r', 'p')
          AND NOT EXISTS (SELECT FROM pg_depend d WHERE d.objid = c.oid AND d.deptype = 'e')
    LOOP EXECUTE found.statement; END LOOP;
    FOR found IN
        SELECT format('DROP ROUTINE IF EXISTS %s CASCADE', p.oid::regprocedure) AS statement
        FROM pg_proc p
        WHERE p.pronamespace = 'public'::regnamespace
          AND NOT EXISTS (SELECT FROM pg_depend d WHERE d.objid = p.oid AND d.deptype = 'e')
    LOOP EXECUTE found.statement; END LOOP;
END
$$";

/// Removes everything and migrates anew. Production is never reset, whoever asks.
pub(super) async fn reset(
    connection: &mut PgConnection,
    environment: &str,
    named: &str,
) -> Result<Report> {
    ensure!(environment != "prod", "prod is never reset");
    ensure!(
        environment == named,
        "this is the database of {environment}, not of {named}"
    );
    let mut transaction = connection.begin().await.context("begin the reset")?;
    // A function that holds a lock must not make this wait for ever.
    sqlx::query("SET LOCAL lock_timeout = '20s'")
        .execute(&mut *transaction)
        .await
        .context("bound the waiting")?;
    sqlx::query(REMOVE)
        .execute(&mut *transaction)
        .await
        .context("remove the tables; is a function in the middle of something?")?;
    transaction.commit().await.context("remove the tables")?;
    migrate::migrate(connection, false).await
}
