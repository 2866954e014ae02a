//! `queues purge`: dead letters are thrown away, after their name was typed.

use std::fmt;

use serde::Serialize;

use super::Which;
use crate::context::Context;
use crate::engine::queues::levels;
use crate::error::{Error, Result};
use crate::report::Outcome;

/// Options of `queues purge`.
#[derive(clap::Args)]
pub struct Args {
    #[command(flatten)]
    which: Which,
    /// The name once more, instead of typing it: the function's, or the environment's for all
    #[arg(long, value_name = "NAME")]
    confirm: Option<String>,
}

#[derive(Serialize)]
struct Purged {
    thrown_away: u64,
}

/// Shows how many there are, asks for the name, throws them away. What waits stays.
pub(super) async fn run(ctx: &Context, args: Args) -> Result<Outcome> {
    let (opened, pairs) = args.which.open(ctx).await?;
    let env = &args.which.env.env;
    let levels = levels(&opened.cloud, env, &pairs).await?;
    let thrown_away = levels.dead();
    if thrown_away == 0 {
        return Outcome::of(&Purged { thrown_away });
    }
    let name = args.which.function.as_ref().unwrap_or(env);
    let agreed = match &args.confirm {
        Some(typed) => typed == name,
        None => ctx.ask().typed(
            &format!("{levels}Throw {thrown_away} dead letters away?"),
            name,
            &format!("--confirm {name}"),
        )?,
    };
    if !agreed {
        return Err(Error::refused(format!(
            "nothing was thrown away: {name} was not typed"
        )));
    }
    for pair in &pairs {
        opened.cloud.queues.purge(&pair.dead).await?;
    }
    Outcome::of(&Purged { thrown_away })
}

impl fmt::Display for Purged {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(f, "{} dead letters thrown away", self.thrown_away)
    }
}
