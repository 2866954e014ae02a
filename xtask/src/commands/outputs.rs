//! `outputs`: the addresses and names that a deploy wrote.

use std::fmt;

use serde::Serialize;

use super::environment::open;
use crate::context::Context;
use crate::engine::apply::Values;
use crate::engine::{live, outputs};
use crate::environments::EnvArg;
use crate::error::Result;
use crate::report::Outcome;

/// Options of `outputs`.
#[derive(clap::Args)]
pub struct Args {
    #[command(flatten)]
    env: EnvArg,
    /// Read them from the stacks again
    #[arg(long)]
    refresh: bool,
}

#[derive(Serialize)]
#[serde(transparent)]
struct Listing(Values);

/// Prints the file, after reading it anew where asked.
pub(super) async fn run(ctx: &Context, args: Args) -> Result<Outcome> {
    if args.refresh {
        let opened = open(ctx, &args.env).await?;
        let live = live::read(&opened.desired, &opened.cloud).await?;
        let stacks = live.stacks.into_iter();
        let values: Values = stacks
            .map(|(id, standing)| (id, standing.stack.outputs))
            .collect();
        outputs::write(ctx.root(), &args.env.env, &values)?;
    }
    Outcome::of(&Listing(outputs::read(ctx.root(), &args.env.env)?))
}

impl fmt::Display for Listing {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (stack, outputs) in &self.0 {
            for (name, value) in outputs {
                writeln!(f, "{stack}.{name}: {value}")?;
            }
        }
        Ok(())
    }
}
