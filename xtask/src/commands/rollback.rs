//! `rollback`: traffic back to what ran before the last deploy, or to a named version.

use std::collections::BTreeMap;
use std::fmt;

use serde::Serialize;

use super::environment::open;
use super::interrupt::{SAME, heard};
use crate::context::Context;
use crate::engine::hotswap::Moved;
use crate::engine::lock::Lock;
use crate::engine::rollback::{self, Asked};
use crate::engine::stop::Stop;
use crate::engine::traffic::Traffic;
use crate::environments::EnvArg;
use crate::error::{Error, Result};
use crate::report::Outcome;

/// Options of `rollback`.
#[derive(clap::Args)]
pub struct Args {
    #[command(flatten)]
    env: EnvArg,
    /// Only this function; may be repeated. None means those that the last deploy moved
    #[arg(long, value_name = "NAME")]
    function: Vec<String>,
    /// To this version, of the one function that is named or has it
    #[arg(long, value_name = "VERSION")]
    to: Option<String>,
    /// Without asking
    #[arg(long, short)]
    yes: bool,
}

#[derive(Serialize)]
struct Back(BTreeMap<String, (String, String)>);

/// Moves the aliases; code and stacks stay.
pub(super) async fn run(ctx: &Context, args: Args) -> Result<Outcome> {
    let stop = Stop::default();
    heard(ctx.events(), &stop, SAME, start(ctx, &stop, args)).await
}

async fn start(ctx: &Context, stop: &Stop, args: Args) -> Result<Outcome> {
    let opened = open(ctx, &args.env).await?;
    let (cloud, desired) = (&opened.cloud, &opened.desired);
    if args.to.is_some() && args.function.len() > 1 {
        return Err(Error::input("--to names a version of one function")
            .hint("name one function with --function"));
    }
    let bucket = opened.bucket().await?;
    let asked = Asked {
        functions: &args.function,
        to: args.to.as_deref(),
    };
    let traffic = Traffic::read(cloud, &bucket, desired).await?;
    let seen = rollback::look(cloud, &traffic, asked).await?;
    for (function, why) in &seen.stays {
        ctx.events().skip(function, why);
    }
    let back = Back::from(&seen.moves);
    if seen.moves.is_empty() {
        return Outcome::of(&back);
    }
    if seen.guessed {
        ctx.events().warn(
            "no deploy left word of what ran before: this is the version published before, \
             which may never have been proved",
        );
    }
    let question = format!("{back}Move traffic back?");
    if !args.yes && !ctx.ask().confirm(&question, "--yes")? {
        return Err(Error::refused("nothing was moved"));
    }
    let work = async {
        // Nobody else moves anything from here on; what was agreed to must still hold.
        let mut traffic = Traffic::read(cloud, &bucket, desired).await?;
        if rollback::look(cloud, &traffic, asked).await? != seen {
            return Err(
                Error::conflict("traffic moved meanwhile, and nothing was moved back")
                    .hint("run the command again: it looks anew"),
            );
        }
        traffic.roll_back(ctx.events(), &seen.moves).await
    };
    let _at_work = stop.enter();
    opened.bucket_that_stands(ctx).await?;
    Lock::new(cloud, &bucket, &args.env.env)
        .during(&ctx.journals(), work)
        .await?;
    Outcome::of(&back)
}

impl From<&Vec<Moved>> for Back {
    fn from(moves: &Vec<Moved>) -> Self {
        let moves = moves.iter();
        let moves = moves.map(|moved| {
            let (from, to) = (moved.from.clone(), moved.to.clone());
            (moved.function.clone(), (from, to))
        });
        Self(moves.collect())
    }
}

impl fmt::Display for Back {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.0.is_empty() {
            return writeln!(f, "nothing to move back");
        }
        self.0
            .iter()
            .try_for_each(|(name, (from, to))| writeln!(f, "{name}: version {from} → {to}"))
    }
}
