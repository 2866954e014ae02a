//! `queues`: what waits for the functions, and what none of them could handle.

mod peek;
mod purge;
mod redrive;
mod status;

use clap::Subcommand;

use super::environment::{Opened, open};
use crate::context::Context;
use crate::engine::queues::{Pair, pairs};
use crate::environments::EnvArg;
use crate::error::Result;
use crate::report::Outcome;

/// What to do with them.
#[derive(Subcommand)]
pub enum Command {
    /// How much waits, is worked on, and is dead
    Status(Which),
    /// Show dead letters without taking them away
    Peek(peek::Args),
    /// Move dead letters back to where they came from
    Redrive(redrive::Args),
    /// Throw dead letters away
    Purge(purge::Args),
}

/// Whose queues.
#[derive(clap::Args)]
pub struct Which {
    #[command(flatten)]
    env: EnvArg,
    /// Only this function's
    #[arg(long, short, value_name = "NAME")]
    function: Option<String>,
}

impl Which {
    /// The environment and the queues that are meant.
    async fn open(&self, ctx: &Context) -> Result<(Opened, Vec<Pair>)> {
        let environment = crate::environments::load(ctx.root(), &self.env.env)?;
        let pairs = pairs(&environment, self.function.as_deref())?;
        Ok((open(ctx, &self.env).await?, pairs))
    }
}

/// Runs one of them.
pub(super) async fn run(ctx: &Context, command: Command) -> Result<Outcome> {
    match command {
        Command::Status(which) => status::run(ctx, which).await,
        Command::Peek(args) => peek::run(ctx, args).await,
        Command::Redrive(args) => redrive::run(ctx, args).await,
        Command::Purge(args) => purge::run(ctx, args).await,
    }
}
