//! `doctor`: what this machine lacks, and the command that installs it.

use crate::context::Context;
use crate::error::Result;
use crate::report::Outcome;

/// Options of `doctor`.
#[derive(clap::Args)]
pub struct Args {}

/// Looks at each tool the work needs.
pub async fn run(_ctx: &Context, _args: Args) -> Result<Outcome> {
    Ok(Outcome::silent())
}
