//! `users create`: a user who can sign in at once. Run again, it only signs in.

use std::fmt;

use serde::Serialize;

use super::kept::{ID_FILE, Kept, TOKEN_FILE};
use super::{Pool, TEST_USER, address, other_password};
use crate::cloud::users::{Tokens, User};
use crate::context::Context;
use crate::engine::steps::verify::api_address;
use crate::environments::EnvArg;
use crate::error::{Error, Result};
use crate::report::Outcome;
use crate::secret::Secret;

/// Holds a password for scripts: a flag would show in the list of processes.
const VARIABLE: &str = "COLLECTIONS_PASSWORD";

/// Options of `users create`.
#[derive(clap::Args)]
pub struct Args {
    #[command(flatten)]
    env: EnvArg,
    /// The address the user signs in with
    #[arg(long, value_parser = address, default_value = TEST_USER)]
    email: String,
    /// Make a password instead of asking for one; COLLECTIONS_PASSWORD gives one too
    #[arg(long)]
    generate: bool,
    /// Give a user who exists this password
    #[arg(long)]
    reset_password: bool,
}

#[derive(Serialize)]
struct Created {
    environment: String,
    email: String,
    user_id: String,
    is_new: bool,
    minutes: u64,
    api: Option<String>,
}

/// A password, and whether it was made here.
struct Password {
    value: Secret,
    made: bool,
}

/// Makes the user if need be, signs in, keeps the token.
pub(super) async fn run(ctx: &Context, args: Args) -> Result<Outcome> {
    let pool = Pool::open(ctx, &args.env).await?;
    let (env, email) = (&args.env.env, &args.email);
    let users = &pool.standing.opened.cloud.users;
    let there = users.user(&pool.id, email).await?;
    let kept = Kept::read(ctx.root(), env)?;
    // Seeding makes a user too, who has no password yet.
    let has_password = there
        .as_ref()
        .is_some_and(|user| user.status == "CONFIRMED");
    let password = args.password(ctx, &kept, has_password)?;
    let is_new = there.is_none();
    let user = match there {
        Some(user) => user,
        None => users.create(&pool.id, email).await?,
    };
    // Somebody may have made the user and got no further.
    if is_new || args.reset_password || user.status != "CONFIRMED" {
        let set = users.set_password(&pool.id, email, &password.value).await;
        if let Err(error) = set {
            if is_new {
                users.remove(&pool.id, email).await?;
            }
            return Err(Error::from(error).hint(
                "a password has 12 characters or more, with a capital, a small letter and a digit",
            ));
        }
    }
    let tokens = users.sign_in(&pool.client, email, &password.value).await?;
    let tokens = tokens.ok_or_else(|| args.other_password())?;
    let made = password.made.then_some(&password.value);
    kept.keep(ctx.root(), env, email, &user.id, &tokens, made)?;
    Outcome::of(&created(&pool, &args, &user, is_new, &tokens))
}

fn created(pool: &Pool, args: &Args, user: &User, is_new: bool, tokens: &Tokens) -> Created {
    let cloud = &pool.standing.opened.cloud;
    Created {
        environment: args.env.env.clone(),
        email: args.email.clone(),
        user_id: user.id.clone(),
        is_new,
        minutes: tokens.seconds / 60,
        api: api_address(cloud, &pool.standing.deployed).ok(),
    }
}

impl Args {
    fn password(&self, ctx: &Context, kept: &Kept, exists: bool) -> Result<Password> {
        let given = std::env::var(VARIABLE).ok().filter(|text| !text.is_empty());
        if let Some(value) = given {
            return Ok(Password {
                value: Secret::new(value),
                made: false,
            });
        }
        let known = kept
            .0
            .get(&self.email)
            .and_then(|session| session.password());
        if let Some(value) = known.filter(|_| exists && !self.reset_password) {
            return Ok(Password { value, made: true });
        }
        if self.generate {
            if exists && !self.reset_password {
                return Err(self.other_password());
            }
            return Ok(Password {
                value: Secret::password(),
                made: true,
            });
        }
        let question = format!("Password of {} (empty: make one)", self.email);
        let flag = format!("--generate, or the variable {VARIABLE}");
        Ok(match ctx.ask().secret(&question, true, &flag)? {
            Some(value) => Password {
                value: Secret::new(value),
                made: false,
            },
            None if exists && !self.reset_password => return Err(self.other_password()),
            None => Password {
                value: Secret::password(),
                made: true,
            },
        })
    }

    fn other_password(&self) -> Error {
        other_password(&self.env.env, &self.email)
    }
}

impl fmt::Display for Created {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self {
            environment,
            email,
            user_id,
            is_new,
            minutes,
            api,
        } = self;
        let what = if *is_new { "created" } else { "exists" };
        writeln!(f, "{email}: {what}, signed in to {environment}")?;
        writeln!(f, "  id    {user_id}, in {ID_FILE}")?;
        writeln!(f, "  token in {TOKEN_FILE}, taken for {minutes} minutes")?;
        writeln!(f, "next:")?;
        if let Some(api) = api {
            writeln!(
                f,
                "  curl -H \"Authorization: Bearer $(cat {TOKEN_FILE})\" {api}/items"
            )?;
        }
        writeln!(
            f,
            "  cargo xtask users token --env {environment} --email {email}"
        )
    }
}
