//! `cost`: what an environment costs in a month, standing still and in use.

use crate::context::Context;
use crate::environments::{self, EnvArg};
use crate::error::Result;
use crate::report::Outcome;

use stack::cost::{Estimate, Usage, estimate};

/// Options of `cost`.
#[derive(clap::Args)]
pub struct Args {
    #[command(flatten)]
    environment: EnvArg,
    /// Show the difference to this environment
    #[arg(long, value_name = "NAME")]
    compare: Option<String>,
}

/// Estimates from the rendered templates; asks nobody.
pub(super) async fn run(ctx: &Context, args: Args) -> Result<Outcome> {
    let this = of(ctx, &args.environment.env)?;
    match &args.compare {
        Some(other) => Outcome::of(&this.compare(&of(ctx, other)?)),
        None => Outcome::of(&this),
    }
}

fn of(ctx: &Context, name: &str) -> Result<Estimate> {
    let environment = environments::load(ctx.root(), name)?;
    let app = environments::render(&environment)?;
    Ok(estimate(&app, &environment, &Usage::default()))
}
