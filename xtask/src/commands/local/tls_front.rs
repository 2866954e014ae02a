//! `local tls-front`: started by `local up`, not by people.

use crate::context::Context;
use crate::error::Result;
use crate::local::front;
use crate::report::Outcome;

/// Serves until it is ended.
pub(super) async fn run(ctx: &Context, options: front::Options) -> Result<Outcome> {
    front::serve(&options, ctx.events()).await?;
    Ok(Outcome::silent())
}
