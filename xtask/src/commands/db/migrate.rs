//! `db migrate`: apply what is pending, after it was checked.

use std::fmt;

use collections_core::db::migrate::Report;
use collections_core::db::operate::Request;
use serde::Serialize;

use super::{locked, reach};
use crate::context::Context;
use crate::database::check;
use crate::database::reach::ask;
use crate::engine::stop::Stop;
use crate::environments::EnvArg;
use crate::error::Result;
use crate::report::Outcome;

/// Options of `db migrate`.
#[derive(clap::Args)]
pub struct Args {
    #[command(flatten)]
    env: EnvArg,
    /// Print the SQL that would run and change nothing
    #[arg(long)]
    dry_run: bool,
}

#[derive(Serialize)]
#[serde(transparent)]
struct Migrated(Report);

/// Pending migrations that break a rule are refused, on a dry run too.
pub(super) async fn run(ctx: &Context, stop: &Stop, args: Args) -> Result<Outcome> {
    let mut database = reach(ctx, &args.env, false).await?;
    let plan: Report = ask(database.as_mut(), Request::Migrate { dry_run: true }).await?;
    let pending: Vec<i64> = plan.applied.iter().map(|step| step.version).collect();
    let files = check::files(&ctx.path("migrations"))?;
    let pending = files.iter().filter(|file| pending.contains(&file.version));
    let findings: Vec<_> = pending.flat_map(check::check).collect();
    check::refuse(&findings)?;
    if args.dry_run || plan.applied.is_empty() {
        return Outcome::of(&Migrated(plan));
    }
    let work = ask(database.as_mut(), Request::Migrate { dry_run: false });
    let done: Report = locked(ctx, stop, &args.env, work).await?;
    Outcome::of(&Migrated(done))
}

impl fmt::Display for Migrated {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let report = &self.0;
        if report.applied.is_empty() {
            return writeln!(f, "the schema is up to date");
        }
        for step in &report.applied {
            let (version, description) = (step.version, &step.description);
            match &step.sql {
                Some(sql) => writeln!(f, "-- would apply {version} {description}\n{}", sql.trim())?,
                None => writeln!(f, "applied {version} {description}")?,
            }
        }
        Ok(())
    }
}
