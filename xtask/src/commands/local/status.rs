//! `local status`: how every part is.

use crate::context::Context;
use crate::error::{Kind, Result};
use crate::local;
use crate::report::Outcome;

/// Ends with 0 only if all parts are healthy.
pub(super) async fn run(ctx: &Context) -> Result<Outcome> {
    let status = local::status(ctx.root(), ctx.events()).await?;
    let outcome = Outcome::of(&status)?;
    Ok(if status.healthy {
        outcome
    } else {
        outcome.with_code(Kind::Failed.exit_code())
    })
}
