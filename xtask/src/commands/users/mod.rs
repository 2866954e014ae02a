//! `users`: make, sign in, list and remove the users of an environment.

mod create;
mod delete;
mod handover;
mod kept;
mod list;
mod token;
mod whose;

use clap::Subcommand;

pub(super) use handover::refresh_token;
pub(super) use kept::{emails, forget};
pub(super) use token::fresh;
pub(super) use whose::id_of;

use super::standing::{self, Standing};
use crate::context::Context;
use crate::engine::steps::output;
use crate::environments::EnvArg;
use crate::error::{Error, Result};
use crate::report::Outcome;

/// The user that seeding makes too.
pub(crate) const TEST_USER: &str = "test@collections.local";

/// What to do with users.
#[derive(Subcommand)]
pub enum Command {
    /// Make a user who can sign in at once, and sign in
    Create(create::Args),
    /// Print a fresh token of the user who signed in here
    Token(token::Args),
    /// List the users
    List(list::Args),
    /// Remove a user; what the user uploaded stays
    Delete(delete::Args),
}

/// Runs one of them.
pub(super) async fn run(ctx: &Context, command: Command) -> Result<Outcome> {
    match command {
        Command::Create(args) => create::run(ctx, args).await,
        Command::Token(args) => token::run(ctx, args).await,
        Command::List(args) => list::run(ctx, args).await,
        Command::Delete(args) => delete::run(ctx, args).await,
    }
}

/// An environment with a user pool.
struct Pool {
    standing: Standing,
    id: String,
    client: String,
}

impl Pool {
    async fn open(ctx: &Context, env: &EnvArg) -> Result<Self> {
        Self::of(standing::deployed(ctx, env).await?)
    }

    fn of(standing: Standing) -> Result<Self> {
        let of = |name: &str| output(&standing.deployed, "auth", name).map(str::to_owned);
        let (id, client) = (of("CognitoUserPoolId")?, of("CognitoClientId")?);
        Ok(Self {
            standing,
            id,
            client,
        })
    }
}

/// An address as clap reads it.
pub(super) fn address(text: &str) -> Result<String, String> {
    let (name, host) = text.split_once('@').unwrap_or_default();
    let plain = !text.chars().any(|c| c.is_whitespace() || c.is_control());
    match plain && !name.is_empty() && !host.is_empty() && !host.contains('@') {
        true => Ok(text.to_ascii_lowercase()),
        false => Err("an address has a name, an @ and a host".to_owned()),
    }
}

/// A user whose password is not known here.
fn other_password(env: &str, email: &str) -> Error {
    let again = format!("cargo xtask users create --env {env} --email {email}");
    Error::conflict(format!("{email} exists in {env}, with another password"))
        .hint(format!("give the user a new one: {again} --reset-password"))
        .hint(format!(
            "or remove the user: cargo xtask users delete --env {env} --email {email}"
        ))
}

/// A user whom the pool does not know.
fn absent(env: &str, email: &str) -> Error {
    let error = Error::input(format!("{email} is no user of {env}"));
    let error = match email {
        TEST_USER => error.hint(format!(
            "load the golden set, which makes the user: cargo xtask seed golden --env {env}"
        )),
        _ => error.hint(format!(
            "see who there is: cargo xtask users list --env {env}"
        )),
    };
    error.hint(format!(
        "or make the user: cargo xtask users create --env {env} --email {email} --generate"
    ))
}

/// Nobody signed in here yet.
fn nobody(env: &str, email: &str) -> Error {
    Error::input(format!("nobody signed in to {env} as {email} from here")).hint(format!(
        "cargo xtask users create --env {env} --email {email}"
    ))
}
