//! `status`: everything that stands of an environment and how it does, on one page. A part that
//! cannot be looked at says why; the others are told all the same.

mod parts;
mod show;

use std::time::{Duration, SystemTime};

use serde::Serialize;

use self::parts::{Database, FunctionState, Parameters, QueueState, Spending};
use super::standing;
use crate::context::Context;
use crate::engine::live;
use crate::engine::lock::{Holder, Lock};
use crate::environments::EnvArg;
use crate::error::Result;
use crate::report::Outcome;

/// No part is waited for longer than this.
const PATIENCE: Duration = Duration::from_secs(20);

/// Options of `status`.
#[derive(clap::Args)]
pub struct Args {
    #[command(flatten)]
    env: EnvArg,
    /// What it has cost this month too; Cost Explorer takes a cent for the question
    #[arg(long)]
    cost: bool,
}

/// A part, or why it could not be looked at.
#[derive(Debug, Serialize)]
#[serde(rename_all = "snake_case")]
enum Part<T> {
    Known(T),
    Unknown(String),
}

#[derive(Serialize)]
struct Status {
    environment: String,
    account: String,
    region: String,
    stacks: Vec<(String, Option<String>)>,
    functions: Part<Vec<FunctionState>>,
    database: Part<Database>,
    parameters: Part<Parameters>,
    queues: Part<Vec<QueueState>>,
    cost: Option<Part<Spending>>,
    lock: Option<Holder>,
}

/// Looks, changes nothing.
pub(super) async fn run(ctx: &Context, args: Args) -> Result<Outcome> {
    let standing = standing::look(ctx, &args.env).await?;
    let opened = &standing.opened;
    let (live, bucket, caller) = tokio::try_join!(
        live::read(&opened.desired, &opened.cloud),
        opened.bucket(),
        async { Ok(opened.cloud.identity.caller().await?) }
    )?;
    let stacks = opened.desired.stacks.iter().map(|stack| {
        let standing = live.stacks.get(&stack.id);
        let status = standing.map(|standing| standing.stack.status.to_string());
        (stack.name.clone(), status)
    });
    let unwanted = opened.desired.unwanted.iter().filter_map(|stack| {
        let status = live.unwanted.get(&stack.id)?.stack.status;
        let said = format!("{status}, not wanted any more: the next deploy deletes it");
        Some((stack.name.clone(), Some(said)))
    });
    let stacks = stacks.chain(unwanted);
    let lock = Lock::new(&opened.cloud, &bucket, &args.env.env);
    let cost = async {
        match args.cost {
            true => Some(part(PATIENCE, parts::cost(&standing)).await),
            false => None,
        }
    };
    let (functions, database, parameters, queues, cost, lock) = tokio::join!(
        part(PATIENCE, parts::functions(&standing, &live)),
        part(PATIENCE, parts::database(&standing)),
        part(PATIENCE, parts::parameters(&standing)),
        part(PATIENCE, parts::queues(&standing)),
        cost,
        lock.holder(),
    );
    Outcome::of(&Status {
        environment: args.env.env.clone(),
        account: caller.account,
        region: opened.cloud.region.clone(),
        stacks: stacks.collect(),
        functions,
        database,
        parameters,
        queues,
        cost,
        lock: lock?,
    })
}

async fn part<T>(patience: Duration, look: impl Future<Output = Result<T>>) -> Part<T> {
    match tokio::time::timeout(patience, look).await {
        Ok(Ok(known)) => Part::Known(known),
        Ok(Err(error)) => Part::Unknown(error.to_string()),
        Err(_) => Part::Unknown(format!("no answer in {patience:?}")),
    }
}

/// The first of a month and the day after today, as Cost Explorer takes them.
fn month(now: SystemTime) -> (String, String) {
    let today = time::OffsetDateTime::from(now).date();
    let first = today.replace_day(1).unwrap_or(today);
    let tomorrow = today.next_day().unwrap_or(today);
    (first.to_string(), tomorrow.to_string())
}

#[cfg(test)]
mod tests {
    use std::time::{Duration, UNIX_EPOCH};

    use super::{Part, month, part};
    use crate::error::Error;

    #[test]
    fn a_month_begins_on_its_first_and_holds_today() {
        let at = |seconds| month(UNIX_EPOCH + Duration::from_secs(seconds));
        let day = |from: &str, until: &str| (from.to_owned(), until.to_owned());
        assert_eq!(at(1_795_000_001), day("2026-11-01", "2026-11-19"));
        assert_eq!(at(1_796_083_200), day("2026-12-01", "2026-12-02"));
        assert_eq!(at(1_798_675_200), day("2026-12-01", "2027-01-01"));
    }

    #[tokio::test]
    async fn a_part_that_fails_or_hangs_says_so_and_costs_the_others_nothing() {
        let patience = Duration::from_millis(20);
        let failed: Part<()> = part(patience, async { Err(Error::failed("no luck")) }).await;
        assert!(matches!(failed, Part::Unknown(why) if why == "no luck"));
        let hung: Part<()> = part(patience, std::future::pending()).await;
        assert!(matches!(hung, Part::Unknown(why) if why == "no answer in 20ms"));
    }
}
