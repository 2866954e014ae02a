//! `doctor`: what this machine lacks, and the command that installs it.

use crate::context::Context;
use crate::error::{Kind, Result};
use crate::machine;
use crate::report::Outcome;

/// Options of `doctor`.
#[derive(clap::Args)]
pub struct Args {}

/// Looks at each tool the work needs; ends with 4 when something required is missing.
pub async fn run(ctx: &Context, _args: Args) -> Result<Outcome> {
    let findings = machine::examine(ctx.root()).await?;
    let outcome = Outcome::of(&findings)?;
    Ok(if findings.ready {
        outcome
    } else {
        outcome.with_code(Kind::Machine.exit_code())
    })
}
