//! `eval clean`: removes the corpora that runs have loaded, and the users who hold them.

use std::fmt;

use serde::Serialize;

use crate::checks::client::Client;
use crate::commands::proving::target;
use crate::commands::standing;
use crate::context::Context;
use crate::environments::EnvArg;
use crate::error::Result;
use crate::evaluation::corpus::{holds_one, sign_in};
use crate::report::Outcome;

/// Options of `eval clean`.
#[derive(clap::Args)]
pub struct Args {
    #[command(flatten)]
    env: EnvArg,
}

#[derive(Serialize)]
struct Removed {
    environment: String,
    users: Vec<String>,
}

/// Items go through the API as their owner would remove them, then the user goes.
pub(super) async fn run(ctx: &Context, args: Args) -> Result<Outcome> {
    let target = target(&args.env.env, standing::deployed(ctx, &args.env).await?)?;
    let pool = target.output("auth", "CognitoUserPoolId")?;
    let users = target.cloud.users.users(pool).await?;
    let mut removed = Vec::new();
    for user in users.into_iter().filter(|user| holds_one(&user.email)) {
        let step = ctx
            .events()
            .start(format!("remove the corpus of {}", user.email));
        let tenant = sign_in(&target, &user.email).await?;
        Client::new(&target, &tenant.token).remove_all().await?;
        target.cloud.users.remove(pool, &user.email).await?;
        step.finish();
        removed.push(user.email);
    }
    Outcome::of(&Removed {
        environment: args.env.env,
        users: removed,
    })
}

impl fmt::Display for Removed {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.users.is_empty() {
            return writeln!(f, "{} holds no corpus", self.environment);
        }
        self.users
            .iter()
            .try_for_each(|email| writeln!(f, "{email}: removed"))
    }
}
