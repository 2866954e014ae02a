//! `destroy`: take an environment away, after the user typed its name.

use super::environment::open;
use crate::context::Context;
use crate::engine::destroy::{self, Gone};
use crate::engine::lock::Lock;
use crate::environments::EnvArg;
use crate::error::{Error, Result};
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
    let opened = open(ctx, &args.env).await?;
    let (cloud, desired) = (&opened.cloud, &opened.desired);
    let (demolition, live) = destroy::look(desired, cloud).await?;
    if demolition.stacks.is_empty() {
        return Outcome::of(&demolition);
    }
    demolition.check(desired)?;
    ctx.events().emit(Event::Planned {
        plan: demolition.to_string(),
    });
    let name = &args.env.env;
    let agreed = match &args.confirm {
        Some(typed) => typed == name,
        None => ctx.ask().typed(
            &format!("Delete {name}?"),
            name,
            &format!("--confirm {name}"),
        )?,
    };
    if !agreed {
        return Err(Error::refused(format!(
            "nothing was deleted: {name} was not typed"
        )));
    }
    let bucket = opened.bucket().await?;
    let work = demolition.run(desired, &live, cloud, ctx.events());
    Lock::new(cloud, &bucket, name).during(work).await?;
    Outcome::of(&Gone {
        environment: demolition.environment,
        kept: demolition.kept,
    })
}
