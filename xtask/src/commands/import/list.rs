//! `import list`: which imports an environment has seen.

use std::fmt;

use collections_core::db::operate::Request;
use collections_core::db::operate::moving::{Moving, Noted};
use collections_core::domain::UserId;
use serde::Serialize;

use super::reach;
use crate::context::Context;
use crate::database::{Database, ask};
use crate::environments::EnvArg;
use crate::error::Result;
use crate::report::Outcome;

/// Options of `import list`.
#[derive(clap::Args)]
pub struct Args {
    #[command(flatten)]
    env: EnvArg,
    /// Only of this user
    #[arg(long, value_name = "SUB")]
    user: Option<UserId>,
}

#[derive(Serialize)]
#[serde(transparent)]
struct Imports(Vec<Noted>);

pub(super) async fn run(ctx: &Context, args: Args) -> Result<Outcome> {
    let mut database = reach(ctx, &args.env, false).await?;
    Outcome::of(&Imports(noted(database.as_mut(), args.user).await?))
}

/// The imports of a user, or all.
pub(super) async fn noted(
    database: &mut dyn Database,
    user_id: Option<UserId>,
) -> Result<Vec<Noted>> {
    ask(database, Request::Moving(Moving::List { user_id })).await
}

impl fmt::Display for Imports {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.0.is_empty() {
            return writeln!(f, "no imports");
        }
        for one in &self.0 {
            let state = match one.finished_at {
                Some(at) => format!("finished {at}"),
                None => format!("begun {}, not finished", one.begun_at),
            };
            writeln!(
                f,
                "{}  {} {} for {}",
                one.id,
                one.kind.name(),
                one.source,
                one.user_id
            )?;
            writeln!(
                f,
                "    {} items, {} analyses, {} embeddings, {} items changed; {state}",
                one.items, one.analyses, one.embeddings, one.changes
            )?;
        }
        Ok(())
    }
}
