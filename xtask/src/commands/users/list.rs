//! `users list`: who there is.

use std::fmt;

use serde::Serialize;

use super::Pool;
use crate::cloud::users::User;
use crate::context::Context;
use crate::environments::EnvArg;
use crate::error::Result;
use crate::report::Outcome;

/// Options of `users list`.
#[derive(clap::Args)]
pub struct Args {
    #[command(flatten)]
    env: EnvArg,
}

#[derive(Serialize)]
#[serde(transparent)]
struct Listing(Vec<User>);

/// Lists them by address.
pub(super) async fn run(ctx: &Context, args: Args) -> Result<Outcome> {
    let pool = Pool::open(ctx, &args.env).await?;
    let mut users = pool.standing.opened.cloud.users.users(&pool.id).await?;
    users.sort_by(|a, b| a.email.cmp(&b.email));
    Outcome::of(&Listing(users))
}

impl fmt::Display for Listing {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.0.is_empty() {
            return writeln!(f, "no users");
        }
        self.0
            .iter()
            .try_for_each(|user| writeln!(f, "{:<40} {} {}", user.email, user.id, user.status))
    }
}
