//! `rollback`: every function's traffic back to the version before, or to a named one.

use std::collections::BTreeMap;
use std::fmt;

use futures::future::try_join_all;
use serde::Serialize;

use super::environment::open;
use super::interrupt::{SAME, heard};
use crate::context::Context;
use crate::engine::hotswap;
use crate::engine::live::ALIAS;
use crate::engine::lock::Lock;
use crate::engine::stop::Stop;
use crate::environments::EnvArg;
use crate::error::{Error, Result};
use crate::report::Outcome;

/// Options of `rollback`.
#[derive(clap::Args)]
pub struct Args {
    #[command(flatten)]
    env: EnvArg,
    /// Only this function; may be repeated
    #[arg(long, value_name = "NAME")]
    function: Vec<String>,
    /// To this version; needs one --function
    #[arg(long, value_name = "VERSION", requires = "function")]
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
    if args.to.is_some() && args.function.len() != 1 {
        return Err(Error::input("--to names a version of one function")
            .hint("name the function with --function"));
    }
    args.function
        .iter()
        .try_for_each(|name| opened.desired.function(name).map(drop))?;
    let mut back = BTreeMap::new();
    for function in &opened.desired.functions {
        if !args.function.is_empty() && !args.function.contains(&function.name) {
            continue;
        }
        let name = &function.function_name;
        let Some(at) = opened.cloud.functions.aliased(name, ALIAS).await? else {
            continue;
        };
        let published = opened.cloud.functions.versions(name).await?;
        match hotswap::previous(&published, &at, args.to.as_deref()) {
            Some(previous) => {
                drop(back.insert(name.clone(), (at.version, previous.version.clone())));
            }
            None if args.to.is_some() => {
                return Err(Error::input(format!("{name} has no such version")));
            }
            None => ctx.events().skip(name, "it has no version before this one"),
        }
    }
    let back = Back(back);
    if !back.0.is_empty()
        && !args.yes
        && !ctx
            .ask()
            .confirm(&format!("{back}Move traffic back?"), "--yes")?
    {
        return Err(Error::refused("nothing was moved"));
    }
    if !back.0.is_empty() {
        let _at_work = stop.enter();
        let bucket = opened.bucket_that_stands(ctx).await?;
        let work = try_join_all(back.0.iter().map(|(function, (_, to))| async {
            let moved = opened.cloud.functions.move_alias(function, ALIAS, to).await;
            moved.map_err(Error::from)
        }));
        Lock::new(&opened.cloud, &bucket, &args.env.env)
            .during(&ctx.journals(), work)
            .await?;
    }
    Outcome::of(&back)
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
