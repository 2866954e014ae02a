//! `local up`: start what does not run, and say where everything is.

use crate::context::Context;
use crate::error::Result;
use crate::local;
use crate::report::Outcome;

/// Ends with the table of `local status`.
pub(super) async fn run(ctx: &Context) -> Result<Outcome> {
    local::up(ctx.root(), ctx.events()).await?;
    Outcome::of(&local::status(ctx.root(), ctx.events()).await?)
}
