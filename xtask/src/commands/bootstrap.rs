//! `bootstrap`: the artifact bucket of an account and region. A deploy does it too.

use super::environment::open;
use crate::context::Context;
use crate::engine::deploy::ensure_bucket;
use crate::engine::from_stack::VendoredSchemas;
use crate::environments::EnvArg;
use crate::error::Result;
use crate::report::Outcome;

/// Options of `bootstrap`.
#[derive(clap::Args)]
pub struct Args {
    #[command(flatten)]
    env: EnvArg,
}

/// Creates or updates the bucket.
pub(super) async fn run(ctx: &Context, args: Args) -> Result<Outcome> {
    let opened = open(ctx, &args.env).await?;
    let bucket = opened.bucket().await?;
    let run = uuid::Uuid::new_v4().to_string();
    let changed =
        ensure_bucket(&opened.cloud, ctx.events(), &VendoredSchemas, &bucket, &run).await?;
    if !changed {
        ctx.events().skip("bootstrap", format!("{bucket} stands"));
    }
    Ok(Outcome::silent())
}
