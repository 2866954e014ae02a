//! `test-infra`: each hop of a deployed environment, with real effects.

use super::proving::{TestArgs, begin, stopped};
use crate::checks::{self, infra};
use crate::context::Context;
use crate::error::{Error, Result};
use crate::report::Outcome;

/// Options of `test-infra`.
#[derive(clap::Args)]
pub struct Args {
    #[command(flatten)]
    test: TestArgs,
    /// Only this step; may be repeated
    #[arg(long, value_name = "STEP")]
    only: Vec<String>,
}

/// Runs the steps side by side and writes the report.
pub(super) async fn run(ctx: &Context, args: Args) -> Result<Outcome> {
    let steps = chosen(&args.only)?;
    let proving = begin(ctx, &args.test.env).await?;
    let target = &proving.target;
    let cases = checks::run(infra::SUITE, &steps, target, ctx.events(), stopped()).await?;
    // Some steps alone say nothing of the environment.
    if args.only.is_empty() {
        proving.publish(ctx, &cases).await?;
    }
    proving.end(ctx, "test-infra", "infra-test", &args.test, cases, None)
}

fn chosen(only: &[String]) -> Result<Vec<Box<dyn checks::Check>>> {
    let steps = infra::steps();
    let names: Vec<String> = steps.iter().map(|step| step.name()).collect();
    if let Some(unknown) = only.iter().find(|name| !names.contains(name)) {
        return Err(Error::input(format!("there is no step {unknown}"))
            .hint(format!("there are: {}", names.join(", "))));
    }
    let steps = steps.into_iter();
    Ok(steps
        .filter(|step| only.is_empty() || only.contains(&step.name()))
        .collect())
}
