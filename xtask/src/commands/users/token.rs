//! `users token`: a fresh token on stdout, the only place where one is ever printed.

use std::fmt;

use serde::Serialize;

use super::kept::{Kept, Session};
use super::{TEST_USER, address, nobody};
use crate::cloud::users::Tokens;
use crate::commands::standing::{self, Standing};
use crate::context::Context;
use crate::engine::steps::output;
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

/// A user who is signed in anew.
pub(in crate::commands) struct Fresh {
    pub(in crate::commands) user_id: String,
    pub(in crate::commands) tokens: Tokens,
}

/// Gives a new token.
pub(super) async fn run(ctx: &Context, args: Args) -> Result<Outcome> {
    let (env, email) = (&args.env.env, &args.email);
    // Whether anybody signed in is known before the environment is asked.
    kept_session(ctx, env, email)?;
    let standing = standing::deployed(ctx, &args.env).await?;
    let Fresh { tokens, .. } = fresh(ctx, &standing, env, email).await?;
    Outcome::of(&Token {
        email: email.clone(),
        token: tokens.id.expose().to_owned(),
        seconds: tokens.seconds,
    })
}

/// Refreshes the session that is kept here; a password that was made here renews one that ended.
pub(in crate::commands) async fn fresh(
    ctx: &Context,
    standing: &Standing,
    env: &str,
    email: &str,
) -> Result<Fresh> {
    let (kept, session) = kept_session(ctx, env, email)?;
    let client = output(&standing.deployed, "auth", "CognitoClientId")?;
    let users = &standing.opened.cloud.users;
    let mut tokens = match session.refresh() {
        Some(refresh) => users.refresh(client, &refresh).await?,
        None => None,
    };
    if let (None, Some(password)) = (&tokens, session.password()) {
        tokens = users.sign_in(client, email, &password).await?;
    }
    let tokens = tokens.ok_or_else(|| {
        Error::failed(format!("the session of {email} has ended")).hint(format!(
            "sign in again: cargo xtask users create --env {env} --email {email}"
        ))
    })?;
    kept.keep(ctx.root(), env, email, &session.user_id, &tokens, None)?;
    Ok(Fresh {
        user_id: session.user_id,
        tokens,
    })
}

fn kept_session(ctx: &Context, env: &str, email: &str) -> Result<(Kept, Session)> {
    let kept = Kept::read(ctx.root(), env)?;
    let session = kept.0.get(email).cloned();
    let session = session.ok_or_else(|| nobody(env, email))?;
    Ok((kept, session))
}

impl fmt::Display for Token {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(f, "{}", self.token)
    }
}
