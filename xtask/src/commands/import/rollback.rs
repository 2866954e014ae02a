//! `import rollback`: what an import brought goes, anything else stays.

use collections_core::db::operate::moving::{Import, Kind, Noted};

use super::standing;
use super::{agreed, list, locked, reach};
use crate::context::Context;
use crate::engine::stop::Stop;
use crate::environments::EnvArg;
use crate::error::{Error, Kind as ErrorKind, Result};
use crate::legacy::images;
use crate::legacy::rollback::{TakenBack, rollback};
use crate::report::Outcome;

/// Options of `import rollback`.
#[derive(clap::Args)]
pub struct Args {
    /// The import, as `import list` names it; its beginning is enough
    #[arg(value_name = "ID")]
    id: String,
    #[command(flatten)]
    env: EnvArg,
    /// In a protected environment, without asking
    #[arg(long, short)]
    yes: bool,
}

pub(super) async fn run(ctx: &Context, stop: &Stop, args: Args) -> Result<Outcome> {
    let mut database = reach(ctx, &args.env, false).await?;
    let noted = one(list::noted(database.as_mut(), None).await?, &args)?;
    let import = Import {
        id: noted.id,
        user_id: noted.user_id,
        kind: noted.kind,
        source: noted.source,
    };
    agreed(
        ctx,
        &args.env,
        &format!("Take back {}", import.source),
        args.yes,
    )?;
    let work = async {
        // Objects first: the rows say where they are.
        let objects = match import.kind {
            Kind::Images => {
                let standing = standing::deployed(ctx, &args.env).await?;
                let shelf = super::images::shelf(&standing, import.user_id.clone())?;
                images::remove(&shelf, &import, database.as_mut()).await?
            }
            Kind::Sqlite | Kind::Chroma => 0,
        };
        let undone = rollback(database.as_mut(), &import, ctx.events()).await?;
        Ok((objects, undone))
    };
    let (objects, undone) = locked(ctx, stop, &args.env, stop.cuts(work)).await?;
    let nothing_kept = undone.kept.is_empty();
    let outcome = Outcome::of(&TakenBack {
        import: import.id,
        undone,
        objects,
    })?;
    Ok(match nothing_kept {
        true => outcome,
        false => outcome.with_code(ErrorKind::Failed.exit_code()),
    })
}

fn one(noted: Vec<Noted>, args: &Args) -> Result<Noted> {
    let (id, env) = (&args.id, &args.env.env);
    let mut found: Vec<Noted> = noted
        .into_iter()
        .filter(|one| one.id.starts_with(id.as_str()))
        .collect();
    let hint = format!("see which there are: cargo xtask import list --env {env}");
    match (found.pop(), found.is_empty()) {
        (Some(one), true) => Ok(one),
        (Some(_), false) => {
            Err(Error::input(format!("{id} begins the ids of several imports")).hint(hint))
        }
        (None, _) => Err(Error::input(format!("{env} has no import {id}")).hint(hint)),
    }
}
