//! `test-all`: the hops, the API and the journeys, in one report.

use futures::FutureExt as _;

use super::proving::{TestArgs, begin, stopped};
use crate::checks::{self, api, e2e, infra};
use crate::context::Context;
use crate::error::Result;
use crate::report::Outcome;

/// Options of `test-all`.
#[derive(clap::Args)]
pub struct Args {
    #[command(flatten)]
    test: TestArgs,
}

/// Hops first: what follows only makes sense of them. Then the API and the journeys side by side.
pub(super) async fn run(ctx: &Context, args: Args) -> Result<Outcome> {
    let proving = begin(ctx, &args.test.env).await?;
    let (target, events) = (&proving.target, ctx.events());
    let stop = stopped().boxed().shared();
    let mut cases =
        checks::run(infra::SUITE, &infra::steps(), target, events, stop.clone()).await?;
    proving.publish(ctx, &cases).await?;
    let journeys = e2e::journeys();
    let (api, journeys) = tokio::join!(
        api::run(target, events, stop.clone()),
        checks::run(e2e::SUITE, &journeys, target, events, stop),
    );
    cases.extend(api?);
    cases.extend(journeys?);
    let left_out = api::left_out(&proving.target);
    proving.end(ctx, "test-all", "all-tests", &args.test, cases, left_out)
}
