//! `secrets populate`: every parameter gets its value, after the plan was seen.

use std::fmt;

use serde::Serialize;

use super::{complete, filler};
use crate::commands::standing;
use crate::context::Context;
use crate::engine::lock::Lock;
use crate::engine::parameters::ParameterPlan;
use crate::engine::stop::Stop;
use crate::environments::EnvArg;
use crate::error::{Error, Result};
use crate::event::Event;
use crate::report::Outcome;

/// Options of `secrets populate`.
#[derive(clap::Args)]
pub struct Args {
    #[command(flatten)]
    env: EnvArg,
    /// Show what would be done and change nothing
    #[arg(long)]
    dry_run: bool,
    /// Overwrite values that are there, without asking
    #[arg(long)]
    force: bool,
    /// Delete parameters that the manifest does not know
    #[arg(long)]
    prune: bool,
}

#[derive(Serialize)]
struct Populated {
    environment: String,
    written: Vec<String>,
    database_secret: bool,
    pruned: Vec<String>,
}

/// Shows, asks where something is overwritten, writes.
pub(super) async fn run(ctx: &Context, stop: &Stop, args: Args) -> Result<Outcome> {
    let mut standing = standing::look(ctx, &args.env).await?;
    if !args.dry_run {
        complete(ctx, &mut standing).await?;
    }
    let filler = filler(&standing);
    let plan = filler.plan(&standing.deployed).await?;
    if args.dry_run {
        return Outcome::of(&plan);
    }
    ctx.events().emit(Event::Planned {
        plan: plan.to_string(),
    });
    plan.check()?;
    agree(ctx, &plan, args.force)?;
    let opened = &standing.opened;
    let bucket = opened.bucket().await?;
    let has_database = standing.deployed.outputs.contains_key("database");
    let work = async {
        let database_secret = has_database && filler.fill_secret(&standing.deployed).await?;
        filler.write(&plan).await?;
        let pruned = match args.prune {
            true => plan.orphans.clone(),
            false => Vec::new(),
        };
        opened.cloud.parameters.delete(&pruned).await?;
        let written = plan.writes().map(|(entry, ..)| entry.path.clone());
        Ok(Populated {
            environment: args.env.env.clone(),
            written: written.collect(),
            database_secret,
            pruned,
        })
    };
    let _at_work = stop.enter();
    let lock = Lock::new(&opened.cloud, &bucket, &args.env.env);
    let populated = match has_database {
        true => lock.during(&ctx.journals(), work).await?,
        // Before the first deploy there is no bucket to keep the lock in.
        false => work.await?,
    };
    if !args.prune && !plan.orphans.is_empty() {
        ctx.events()
            .warn("some parameters are in no manifest; --prune deletes them");
    }
    Outcome::of(&populated)
}

/// Overwriting needs a yes.
fn agree(ctx: &Context, plan: &ParameterPlan, force: bool) -> Result<()> {
    let overwritten = plan.overwrites();
    if overwritten.is_empty() || force {
        return Ok(());
    }
    let names = overwritten.join(", ");
    let question = format!("Overwrite what is there: {names}?");
    match ctx.ask().confirm(&question, "--force")? {
        true => Ok(()),
        false => Err(Error::refused("nothing was written")),
    }
}

impl fmt::Display for Populated {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let changed = self.written.len() + self.pruned.len();
        if changed == 0 && !self.database_secret {
            return writeln!(f, "{}: every parameter has its value", self.environment);
        }
        for name in &self.written {
            writeln!(f, "wrote {name}")?;
        }
        for name in &self.pruned {
            writeln!(f, "deleted {name}")?;
        }
        if self.database_secret {
            writeln!(f, "wrote the database secret")?;
        }
        Ok(())
    }
}
