//! `destroy`: take an environment away, after the user typed its name.

use super::environment::{Opened, open};
use super::{interrupt, users};
use crate::context::Context;
use crate::engine::destroy::{self, Gone};
use crate::engine::live::Live;
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

/// The users that were made from here; a pool that is kept would keep them.
async fn remove_users(ctx: &Context, opened: &Opened, live: &Live, name: &str) -> Result<()> {
    let auth = live.stacks.get("auth");
    let pool = auth.and_then(|auth| auth.stack.outputs.get("CognitoUserPoolId"));
    let mut emails = users::forget(ctx.root(), name)?;
    emails.push(users::TEST_USER.to_owned());
    if let Some(pool) = pool {
        for email in emails {
            opened.cloud.users.remove(pool, &email).await?;
        }
    }
    Ok(())
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
    let name = &args.env.env;
    demolition.agreed(name, args.confirm.as_deref(), ctx.ask())?;
    let _at_work = stop.enter();
    let bucket = opened.bucket_that_stands(ctx).await?;
    if name != "prod" {
        remove_users(ctx, &opened, &live, name).await?;
    }
    let work = demolition.run(desired, &live, cloud, ctx.events(), stop);
    Lock::new(cloud, &bucket, name).during(work).await?;
    Outcome::of(&Gone {
        environment: demolition.environment,
        kept: demolition.kept,
    })
}
