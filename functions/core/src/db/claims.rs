//! Claims on work: what is delivered twice runs once, and what nobody finishes is free again.

use std::time::Duration;

use anyhow::{Context, Result, bail};
use contract::Grants;
use contract::access::Database;
use sqlx::PgConnection;
use uuid::Uuid;

use crate::db::Db;
use crate::domain::UserId;

/// A message lives for 14 days at most, so what was finished before that is not delivered again.
const KEPT: Duration = Duration::from_secs(15 * 24 * 60 * 60);
/// How many that are older go at one time; more than comes, so that none is left in the end.
const AT_ONCE: i64 = 100;

/// What claiming ends in.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Claim {
    /// The work is the caller's.
    Mine(Ticket),
    /// It was finished before.
    Finished,
    /// Somebody else is at it.
    Taken,
}

/// Proof of a claim.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Ticket {
    user_id: UserId,
    work: String,
    claim: Uuid,
}

/// Does a piece of work once, whoever else it is delivered to: claims it, runs it, and says that
/// it is finished, or frees it again when it failed. No connection is held while it runs.
pub async fn once<F: Grants<Database>>(
    db: &Db<F>,
    user: &UserId,
    work: &str,
    time: Duration,
    run: impl Future<Output = Result<()>>,
) -> Result<()> {
    let mut connection = db.acquire().await?;
    let ticket = match claim(&mut connection, user, work, time).await? {
        Claim::Mine(ticket) => ticket,
        Claim::Finished => {
            tracing::info!(work, "this was done before");
            return Ok(());
        }
        Claim::Taken => bail!("another invocation is at {work}"),
    };
    drop(connection);
    let done = run.await;
    let mut connection = db.acquire().await?;
    match done {
        Ok(()) => finish(&mut connection, &ticket).await,
        Err(error) => {
            release(&mut connection, &ticket).await?;
            Err(error)
        }
    }
}

/// Claims a piece of work for a time.
pub async fn claim(
    db: &mut PgConnection,
    user: &UserId,
    work: &str,
    time: Duration,
) -> Result<Claim> {
    let claim = Uuid::new_v4();
    let claimed: Option<(Uuid,)> = sqlx::query_as(
        "INSERT INTO work_claims AS held (user_id, work, claim, claimed_until)
         VALUES ($1, $2, $3, now() + make_interval(secs => $4))
         ON CONFLICT (user_id, work) DO UPDATE
             SET claim = excluded.claim, claimed_until = excluded.claimed_until
             WHERE held.user_id = $1 AND held.finished_at IS NULL AND held.claimed_until <= now()
         RETURNING claim",
    )
    .bind(user)
    .bind(work)
    .bind(claim)
    .bind(time.as_secs_f64())
    .fetch_optional(&mut *db)
    .await
    .with_context(|| format!("claim {work}"))?;
    if claimed.is_some() {
        let ticket = Ticket {
            user_id: user.clone(),
            work: work.to_owned(),
            claim,
        };
        return Ok(Claim::Mine(ticket));
    }
    let (finished,): (bool,) = sqlx::query_as(
        "SELECT coalesce(bool_or(finished_at IS NOT NULL), false)
         FROM work_claims WHERE user_id = $1 AND work = $2",
    )
    .bind(user)
    .bind(work)
    .fetch_one(db)
    .await
    .with_context(|| format!("look up who claimed {work}"))?;
    Ok(if finished {
        Claim::Finished
    } else {
        Claim::Taken
    })
}

/// Records that the work is done, and forgets what the same user's work was long ago.
pub async fn finish(db: &mut PgConnection, ticket: &Ticket) -> Result<()> {
    sqlx::query(
        "UPDATE work_claims SET finished_at = now()
         WHERE user_id = $1 AND work = $2 AND claim = $3",
    )
    .bind(&ticket.user_id)
    .bind(&ticket.work)
    .bind(ticket.claim)
    .execute(&mut *db)
    .await
    .with_context(|| format!("finish {}", ticket.work))?;
    if let Err(error) = forget(db, &ticket.user_id).await {
        // The work is done all the same, and the next one tries again.
        tracing::warn!(error = format!("{error:#}"), "finished claims are left");
    }
    Ok(())
}

/// Removes claims that nothing will ask for again. Those that another invocation is removing just
/// now are left to it.
async fn forget(db: &mut PgConnection, user: &UserId) -> Result<()> {
    sqlx::query(
        "DELETE FROM work_claims WHERE user_id = $1 AND work IN (
             SELECT old.work FROM work_claims old
             WHERE old.user_id = $1 AND old.finished_at < now() - make_interval(secs => $2)
             ORDER BY old.finished_at LIMIT $3 FOR UPDATE SKIP LOCKED)",
    )
    .bind(user)
    .bind(KEPT.as_secs_f64())
    .bind(AT_ONCE)
    .execute(db)
    .await
    .context("remove finished claims")?;
    Ok(())
}

/// Gives the work back after a failure, so that the next delivery need not wait.
pub async fn release(db: &mut PgConnection, ticket: &Ticket) -> Result<()> {
    sqlx::query(
        "DELETE FROM work_claims
         WHERE user_id = $1 AND work = $2 AND claim = $3 AND finished_at IS NULL",
    )
    .bind(&ticket.user_id)
    .bind(&ticket.work)
    .bind(ticket.claim)
    .execute(db)
    .await
    .with_context(|| format!("give back {}", ticket.work))?;
    Ok(())
}
