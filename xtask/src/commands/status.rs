//! `status`: every stack, the version each function runs, and who holds the lock.

use std::fmt;

use serde::Serialize;

use super::environment::open;
use crate::context::Context;
use crate::engine::live;
use crate::engine::lock::{Holder, Lock};
use crate::environments::EnvArg;
use crate::error::Result;
use crate::report::Outcome;

/// Options of `status`.
#[derive(clap::Args)]
pub struct Args {
    #[command(flatten)]
    env: EnvArg,
}

#[derive(Serialize)]
struct Status {
    environment: String,
    stacks: Vec<(String, Option<String>)>,
    functions: Vec<(String, Option<String>)>,
    lock: Option<Holder>,
}

/// Looks, changes nothing.
pub(super) async fn run(ctx: &Context, args: Args) -> Result<Outcome> {
    let opened = open(ctx, &args.env).await?;
    let (live, bucket) =
        tokio::try_join!(live::read(&opened.desired, &opened.cloud), opened.bucket())?;
    let lock = Lock::new(&opened.cloud, &bucket, &args.env.env)
        .holder()
        .await?;
    let stacks = opened.desired.stacks.iter().map(|stack| {
        let standing = live.stacks.get(&stack.id);
        (
            stack.name.clone(),
            standing.map(|standing| standing.stack.status.to_string()),
        )
    });
    let functions = opened.desired.functions.iter().map(|function| {
        let at = live.functions.get(&function.name);
        (
            function.function_name.clone(),
            at.map(|at| at.version.clone()),
        )
    });
    Outcome::of(&Status {
        environment: args.env.env,
        stacks: stacks.collect(),
        functions: functions.collect(),
        lock,
    })
}

impl fmt::Display for Status {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (name, status) in &self.stacks {
            writeln!(
                f,
                "{name}: {}",
                status.as_deref().unwrap_or("does not stand")
            )?;
        }
        for (name, version) in &self.functions {
            match version {
                Some(version) => writeln!(f, "{name}: version {version}")?,
                None => writeln!(f, "{name}: does not stand")?,
            }
        }
        match &self.lock {
            Some(lock) => writeln!(
                f,
                "{}: locked by {}, id {}",
                self.environment, lock.holder, lock.id
            ),
            None => writeln!(f, "{}: not locked", self.environment),
        }
    }
}
