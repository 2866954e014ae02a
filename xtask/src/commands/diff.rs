//! `diff`: what a deploy would do. Exit code 0 for nothing, 2 for changes.

use super::environment::{Pace, open};
use crate::context::Context;
use crate::engine::deploy::{Deploy, Options};
use crate::engine::from_stack::{MonthlyPrices, VendoredSchemas};
use crate::engine::stop::Stop;
use crate::environments::EnvArg;
use crate::error::Result;
use crate::report::Outcome;

/// There are changes.
const CHANGES: u8 = 2;

/// Options of `diff`.
#[derive(clap::Args)]
pub struct Args {
    #[command(flatten)]
    env: EnvArg,
    /// Leave the functions' code out: no build, infrastructure only
    #[arg(long)]
    no_build: bool,
}

/// Looks, changes nothing.
pub(super) async fn run(ctx: &Context, args: Args) -> Result<Outcome> {
    let opened = open(ctx, &args.env).await?;
    let artifacts = match args.no_build {
        true => None,
        false => Some(opened.build(ctx, &[], Pace::Thorough).await?),
    };
    let deploy = Deploy {
        cloud: &opened.cloud,
        events: ctx.events(),
        ask: ctx.ask(),
        desired: &opened.desired,
        schemas: &VendoredSchemas,
        artifacts: artifacts.as_ref(),
        prices: Some(&MonthlyPrices(&opened.environment)),
        extras: &[],
        options: &Options::default(),
        stop: &Stop::default(),
        journals: ctx.journals(),
    };
    let plan = deploy.look().await?.plan;
    let code = if plan.is_empty() { 0 } else { CHANGES };
    Ok(Outcome::of(&plan)?.with_code(code))
}
