//! `drift`: what was changed by hand since the last deploy. Exit code 2 when something was.

use super::environment::open;
use crate::context::Context;
use crate::engine::drift;
use crate::engine::from_stack::VendoredSchemas;
use crate::environments::EnvArg;
use crate::error::Result;
use crate::report::Outcome;

/// Something drifted.
const DRIFTED: u8 = 2;

/// Options of `drift`.
#[derive(clap::Args)]
pub struct Args {
    #[command(flatten)]
    env: EnvArg,
}

/// Looks, changes nothing.
pub(super) async fn run(ctx: &Context, args: Args) -> Result<Outcome> {
    let opened = open(ctx, &args.env).await?;
    let step = ctx.events().start("look for drift");
    let drifted = drift::look(&opened.desired, &opened.cloud, &VendoredSchemas).await?;
    step.finish();
    let code = if drifted.0.is_empty() { 0 } else { DRIFTED };
    Ok(Outcome::of(&drifted)?.with_code(code))
}
