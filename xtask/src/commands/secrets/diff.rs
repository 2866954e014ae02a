//! `secrets diff`: what populate would do, masked.

use super::filler;
use crate::commands::standing;
use crate::context::Context;
use crate::environments::EnvArg;
use crate::error::Result;
use crate::report::Outcome;

/// What `diff` exits with when there is something to show.
const CHANGES: u8 = 2;

/// Options of `secrets diff`.
#[derive(clap::Args)]
pub struct Args {
    #[command(flatten)]
    env: EnvArg,
}

/// Looks, changes nothing.
pub(super) async fn run(ctx: &Context, args: Args) -> Result<Outcome> {
    let standing = standing::look(ctx, &args.env).await?;
    let plan = filler(&standing).plan(&standing.deployed).await?;
    let same = !plan.has_changes() && plan.orphans.is_empty() && plan.check().is_ok();
    let outcome = Outcome::of(&plan)?;
    Ok(if same {
        outcome
    } else {
        outcome.with_code(CHANGES)
    })
}
