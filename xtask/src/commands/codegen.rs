//! `codegen`: write the typed resources from the vendored schemas.

use crate::codegen;
use crate::context::Context;
use crate::error::{Error, Result};
use crate::report::Outcome;

/// Options of `codegen`.
#[derive(clap::Args)]
pub struct Args {
    /// Write nothing; fail when a file is not what the schemas give
    #[arg(long)]
    check: bool,
}

/// Generates, or compares.
pub async fn run(ctx: &Context, args: Args) -> Result<Outcome> {
    if args.check {
        let stale = codegen::stale(ctx.root())?;
        if stale.is_empty() {
            return Ok(Outcome::silent());
        }
        return Err(Error::failed(format!(
            "not what stack/schemas gives: {}",
            stale.join(", ")
        ))
        .hint("run cargo xtask codegen"));
    }
    let step = ctx.events().start("generate stack/src/aws");
    let written = codegen::write(ctx.root())?;
    step.finish_with(format!("{written} files written"));
    Ok(Outcome::silent())
}
