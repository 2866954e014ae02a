//! `db reset`: all tables go, the schema comes back empty.

use std::fmt;

use collections_core::db::migrate::Report;
use collections_core::db::operate::{Request, Status};
use serde::Serialize;

use super::{locked, reach};
use crate::context::Context;
use crate::database::reach::ask;
use crate::engine::stop::Stop;
use crate::environments::{self, EnvArg};
use crate::error::{Error, Result};
use crate::report::Outcome;

/// Options of `db reset`.
#[derive(clap::Args)]
pub struct Args {
    #[command(flatten)]
    env: EnvArg,
    /// The environment's name once more, instead of typing it
    #[arg(long, value_name = "ENV")]
    confirm: Option<String>,
}

#[derive(Serialize)]
struct Anew {
    environment: String,
    removed_rows: i64,
    migrations: usize,
}

/// Refuses production and what is protected, before anybody is asked.
pub(super) async fn run(ctx: &Context, stop: &Stop, args: Args) -> Result<Outcome> {
    let name = &args.env.env;
    let environment = environments::load(ctx.root(), name)?;
    if name == "prod" || environment.protection.deletion {
        return Err(
            Error::refused(format!("the database of {name} is never reset"))
                .hint("to begin anew there, restore a snapshot: docs/RUNBOOK.md#database"),
        );
    }
    let mut database = reach(ctx, &args.env, false).await?;
    let before: Status = ask(database.as_mut(), Request::Status).await?;
    let rows: i64 = before.tables.iter().map(|table| table.rows).sum();
    let agreed = match &args.confirm {
        Some(typed) => typed == name,
        None => {
            let question = format!("Remove all tables of {name} with {rows} rows?");
            ctx.ask()
                .typed(&question, name, &format!("--confirm {name}"))?
        }
    };
    if !agreed {
        return Err(Error::refused(format!(
            "nothing was removed: {name} was not typed"
        )));
    }
    let request = Request::Reset {
        environment: name.clone(),
    };
    let done: Report = locked(ctx, stop, &args.env, ask(database.as_mut(), request)).await?;
    Outcome::of(&Anew {
        environment: name.clone(),
        removed_rows: rows,
        migrations: done.applied.len(),
    })
}

impl fmt::Display for Anew {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self {
            environment,
            removed_rows,
            migrations,
        } = self;
        writeln!(
            f,
            "{environment}: {removed_rows} rows removed, {migrations} migrations applied; images in the bucket stay"
        )
    }
}
