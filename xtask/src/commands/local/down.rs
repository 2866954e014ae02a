//! `local down`: stop every part; data stays.

use crate::context::Context;
use crate::error::Result;
use crate::local;
use crate::report::Outcome;

/// Says nothing when nothing ran.
pub(super) async fn run(ctx: &Context) -> Result<Outcome> {
    local::down(ctx.root(), ctx.events()).await?;
    Ok(Outcome::silent())
}
