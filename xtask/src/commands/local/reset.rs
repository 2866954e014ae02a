//! `local reset`: remove all local data and start anew.

use crate::context::Context;
use crate::error::{Error, Result};
use crate::local;
use crate::report::Outcome;

/// Options of `local reset`.
#[derive(clap::Args)]
pub struct Args {
    /// Do not ask
    #[arg(long)]
    yes: bool,
}

/// Asks first; the installed tools stay.
pub(super) async fn run(ctx: &Context, args: Args) -> Result<Outcome> {
    let question = "Remove the local database, the emulator's state and all logs?";
    if !args.yes && !ctx.ask().confirm(question, "--yes")? {
        return Err(Error::refused("nothing was removed"));
    }
    local::reset(ctx.root(), ctx.events()).await?;
    Outcome::of(&local::status(ctx.root(), ctx.events()).await?)
}
