//! `test-e2e`: an image from upload to search and away again, through the API and through events.

use super::proving::{TestArgs, begin, stopped};
use crate::checks::{self, e2e};
use crate::context::Context;
use crate::error::Result;
use crate::report::Outcome;

/// Options of `test-e2e`.
#[derive(clap::Args)]
pub struct Args {
    #[command(flatten)]
    test: TestArgs,
}

/// Runs both journeys side by side and writes the report.
pub(super) async fn run(ctx: &Context, args: Args) -> Result<Outcome> {
    let proving = begin(ctx, &args.test.env).await?;
    let (target, journeys) = (&proving.target, e2e::journeys());
    let cases = checks::run(e2e::SUITE, &journeys, target, ctx.events(), stopped()).await?;
    proving.end(ctx, "test-e2e", "e2e-test", &args.test, cases, None)
}
