//! `unlock`: break a lock whose holder is gone, by its id.

use super::environment::open;
use crate::context::Context;
use crate::engine::lock::Lock;
use crate::environments::EnvArg;
use crate::error::Result;
use crate::report::Outcome;

/// Options of `unlock`.
#[derive(clap::Args)]
pub struct Args {
    #[command(flatten)]
    env: EnvArg,
    /// The lock's id, as the refused deploy named it
    #[arg(long)]
    id: String,
}

/// Releases the lock if it has this id.
pub(super) async fn run(ctx: &Context, args: Args) -> Result<Outcome> {
    let opened = open(ctx, &args.env).await?;
    let bucket = opened.bucket().await?;
    let step = ctx.events().start(format!("unlock {}", args.env.env));
    Lock::new(&opened.cloud, &bucket, &args.env.env)
        .release(&args.id)
        .await?;
    step.finish();
    Ok(Outcome::silent())
}
