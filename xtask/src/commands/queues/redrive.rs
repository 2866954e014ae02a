//! `queues redrive`: dead letters get another chance.

use super::Which;
use crate::context::Context;
use crate::engine::queues::redrive::{self, Moved};
use crate::engine::queues::{Pair, levels};
use crate::error::{Error, Result};
use crate::report::Outcome;

/// Options of `queues redrive`.
#[derive(clap::Args)]
pub struct Args {
    #[command(flatten)]
    which: Which,
    /// Without asking
    #[arg(long, short)]
    yes: bool,
}

/// Shows how many there are, asks, moves them.
pub(super) async fn run(ctx: &Context, args: Args) -> Result<Outcome> {
    let (opened, pairs) = args.which.open(ctx).await?;
    // Without a queue there is nowhere to move to: an error where it was asked for by name.
    let by_name = args.which.function.is_some();
    let movable: Vec<Pair> = pairs
        .into_iter()
        .filter(|pair| by_name || pair.queue.is_some())
        .collect();
    let (cloud, env) = (&opened.cloud, &args.which.env.env);
    let levels = levels(cloud, env, &movable).await?;
    if levels.dead() > 0 && !args.yes {
        let question = format!("{levels}Move {} dead letters back?", levels.dead());
        if !ctx.ask().confirm(&question, "--yes")? {
            return Err(Error::refused("nothing was moved"));
        }
    }
    let mut moved = Vec::new();
    for pair in &movable {
        let step = ctx.events().start(format!("redrive {}", pair.function));
        let count = redrive::redrive(cloud, env, pair).await?;
        step.finish_with(format!("{count} messages"));
        moved.push((pair.function, count));
    }
    Outcome::of(&Moved(moved))
}
