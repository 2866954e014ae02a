//! `queues status`: how full every queue is.

use super::Which;
use crate::context::Context;
use crate::engine::queues;
use crate::error::Result;
use crate::report::Outcome;

/// Prints one line per function.
pub(super) async fn run(ctx: &Context, which: Which) -> Result<Outcome> {
    let (opened, pairs) = which.open(ctx).await?;
    Outcome::of(&queues::levels(&opened.cloud, &which.env.env, &pairs).await?)
}
