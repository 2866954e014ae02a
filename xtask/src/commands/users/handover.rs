//! Signing somebody in elsewhere than here: a refresh token, for the console in a browser.

use super::kept::Kept;
use super::{Pool, absent, other_password};
use crate::cloud::users::{Tokens, User};
use crate::commands::standing::Standing;
use crate::context::Context;
use crate::error::{Error, Result};
use crate::secret::Secret;

/// A refresh token of a user who is there. One whom seeding made, and who has no password yet, gets
/// one, which is kept as `users create --generate` keeps it.
pub(crate) async fn refresh_token(
    ctx: &Context,
    standing: Standing,
    email: &str,
) -> Result<Secret> {
    let env = standing.deployed.environment.clone();
    let pool = Pool::of(standing)?;
    let users = &pool.standing.opened.cloud.users;
    let user = users.user(&pool.id, email).await?;
    let user = user.ok_or_else(|| absent(&env, email))?;
    let kept = Kept::read(ctx.root(), &env)?;
    let session = kept.0.get(email).cloned().unwrap_or_default();
    // A session of its own, where a password allows it: signing out there ends none here.
    let refresh = match session.password() {
        Some(password) => signed_in(&pool, email, &password).await?,
        None => None,
    };
    if let Some(Tokens {
        refresh: Some(refresh),
        ..
    }) = refresh
    {
        return Ok(refresh);
    }
    if let Some(refresh) = session.refresh()
        && users.refresh(&pool.client, &refresh).await?.is_some()
    {
        return Ok(refresh);
    }
    if user.status == "CONFIRMED" {
        return Err(other_password(&env, email));
    }
    let tokens = first_password(ctx, &pool, &env, &user, kept).await?;
    tokens
        .refresh
        .ok_or_else(|| Error::failed(format!("signing in as {email} gave no refresh token")))
}

async fn signed_in(pool: &Pool, email: &str, password: &Secret) -> Result<Option<Tokens>> {
    let users = &pool.standing.opened.cloud.users;
    Ok(users.sign_in(&pool.client, email, password).await?)
}

async fn first_password(
    ctx: &Context,
    pool: &Pool,
    env: &str,
    user: &User,
    kept: Kept,
) -> Result<Tokens> {
    let (users, email) = (&pool.standing.opened.cloud.users, &user.email);
    let password = Secret::password();
    users.set_password(&pool.id, email, &password).await?;
    let tokens = signed_in(pool, email, &password).await?;
    let tokens = tokens.ok_or_else(|| other_password(env, email))?;
    kept.keep(ctx.root(), env, email, &user.id, &tokens, Some(&password))?;
    Ok(tokens)
}
