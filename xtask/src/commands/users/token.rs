//! `users token`: a fresh token on stdout, the only place where one is ever printed.

use std::fmt;

use serde::Serialize;

use super::kept::Kept;
use super::{Pool, TEST_USER, address, nobody};
use crate::context::Context;
use crate::environments::EnvArg;
use crate::error::{Error, Result};
use crate::report::Outcome;

/// Options of `users token`.
#[derive(clap::Args)]
pub struct Args {
    #[command(flatten)]
    env: EnvArg,
    /// Of which user
    #[arg(long, value_parser = address, default_value = TEST_USER)]
    email: String,
}

#[derive(Serialize)]
struct Token {
    email: String,
    token: String,
    seconds: u64,
}

/// Refreshes the session that is kept here; a password that was made here renews one that ended.
pub(super) async fn run(ctx: &Context, args: Args) -> Result<Outcome> {
    let (env, email) = (&args.env.env, &args.email);
    let kept = Kept::read(ctx.root(), env)?;
    let session = kept.0.get(email).cloned();
    let session = session.ok_or_else(|| nobody(env, email))?;
    let pool = Pool::open(ctx, &args.env).await?;
    let users = &pool.standing.opened.cloud.users;
    let mut tokens = match session.refresh() {
        Some(refresh) => users.refresh(&pool.client, &refresh).await?,
        None => None,
    };
    if let (None, Some(password)) = (&tokens, session.password()) {
        tokens = users.sign_in(&pool.client, email, &password).await?;
    }
    let tokens = tokens.ok_or_else(|| {
        Error::failed(format!("the session of {email} has ended")).hint(format!(
            "sign in again: cargo xtask users create --env {env} --email {email}"
        ))
    })?;
    kept.keep(ctx.root(), env, email, &session.user_id, &tokens, None)?;
    Outcome::of(&Token {
        email: email.clone(),
        token: tokens.id.expose().to_owned(),
        seconds: tokens.seconds,
    })
}

impl fmt::Display for Token {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(f, "{}", self.token)
    }
}
