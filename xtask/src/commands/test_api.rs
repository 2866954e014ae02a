//! `test-api`: every operation the API describes, as two users.

use futures::FutureExt as _;

use super::proving::{TestArgs, begin, stopped};
use crate::checks::api;
use crate::context::Context;
use crate::error::Result;
use crate::report::Outcome;

/// Options of `test-api`.
#[derive(clap::Args)]
pub struct Args {
    #[command(flatten)]
    test: TestArgs,
}

/// Runs the checks side by side and writes the report.
pub(super) async fn run(ctx: &Context, args: Args) -> Result<Outcome> {
    let proving = begin(ctx, &args.test.env).await?;
    let stop = stopped().boxed().shared();
    let cases = api::run(&proving.target, ctx.events(), stop).await?;
    let left_out = api::left_out(&proving.target);
    proving.end(ctx, "test-api", "api-test", &args.test, cases, left_out)
}
