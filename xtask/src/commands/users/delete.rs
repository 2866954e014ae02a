//! `users delete`: the user goes; items, by their owner's id, stay in the database.

use std::fmt;

use serde::Serialize;

use super::kept::Kept;
use super::{Pool, address};
use crate::context::Context;
use crate::environments::EnvArg;
use crate::error::{Error, Result};
use crate::report::Outcome;

/// Options of `users delete`.
#[derive(clap::Args)]
pub struct Args {
    #[command(flatten)]
    env: EnvArg,
    /// The user's address
    #[arg(long, value_parser = address)]
    email: String,
    /// Do not ask
    #[arg(long, short)]
    yes: bool,
}

#[derive(Serialize)]
struct Deleted {
    environment: String,
    email: String,
    user_id: String,
}

/// Asks, removes the user, forgets the session.
pub(super) async fn run(ctx: &Context, args: Args) -> Result<Outcome> {
    let pool = Pool::open(ctx, &args.env).await?;
    let (env, email) = (&args.env.env, &args.email);
    let users = &pool.standing.opened.cloud.users;
    let user = users.user(&pool.id, email).await?.ok_or_else(|| {
        Error::input(format!("{env} has no user {email}")).hint(format!(
            "see who there is: cargo xtask users list --env {env}"
        ))
    })?;
    if !args.yes
        && !ctx
            .ask()
            .confirm(&format!("Delete {email} of {env}?"), "--yes")?
    {
        return Err(Error::refused("nobody was deleted"));
    }
    users.remove(&pool.id, email).await?;
    Kept::read(ctx.root(), env)?.forget(ctx.root(), env, email)?;
    Outcome::of(&Deleted {
        environment: env.clone(),
        email: email.clone(),
        user_id: user.id,
    })
}

impl fmt::Display for Deleted {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(f, "{}: deleted from {}", self.email, self.environment)?;
        writeln!(
            f,
            "  items of {} stay, and nobody can reach them",
            self.user_id
        )
    }
}
