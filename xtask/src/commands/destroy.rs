//! `destroy`: take an environment away, after the user typed its name.

use super::environment::open;
use super::interrupt;
use crate::context::Context;
use crate::engine::destroy::{self, Gone};
use crate::engine::lock::Lock;
use crate::engine::stop::Stop;
use crate::environments::EnvArg;
use crate::error::Result;
use crate::event::Event;
use crate::report::Outcome;

/// Options of `destroy`.
#[derive(clap::Args)]
pub struct Args {
    #[command(flatten)]
    env: EnvArg,
    /// The environment's name once more, instead of typing it
    #[arg(long, value_name = "ENV")]
    confirm: Option<String>,
}

/// Shows what goes and what stays, asks, does it.
pub(super) async fn run(ctx: &Context, args: Args) -> Result<Outcome> {
    let stop = Stop::default();
    let again = format!("cargo xtask destroy --env {}", args.env.env);
    interrupt::heard(ctx.events(), &stop, &again, start(ctx, &args, &stop)).await
}

async fn start(ctx: &Context, args: &Args, stop: &Stop) -> Result<Outcome> {
    let opened = open(ctx, &args.env).await?;
    let (cloud, desired) = (&opened.cloud, &opened.desired);
    let (demolition, live) = destroy::look(desired, cloud).await?;
    if demolition.is_empty() {
        return Outcome::of(&demolition);
    }
    demolition.check(desired)?;
    ctx.events().emit(Event::Planned {
        plan: demolition.to_string(),
    });
    demolition.agreed(&args.env.env, args.confirm.as_deref(), ctx.ask())?;
    let _at_work = stop.enter();
    let bucket = opened.bucket_that_stands(ctx).await?;
    let work = demolition.run(desired, &live, cloud, ctx.events(), stop);
    Lock::new(cloud, &bucket, &args.env.env)
        .during(work)
        .await?;
    Outcome::of(&Gone {
        environment: demolition.environment,
        kept: demolition.kept,
    })
}
