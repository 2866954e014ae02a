//! `import images`: the old app's folder of images, for items that were moved in before.

use std::path::PathBuf;

use collections_core::db::operate::Request;
use collections_core::db::operate::moving::{self, Import, Moving};
use collections_core::domain::UserId;

use super::standing::{self, Standing};
use super::{Owner, agreed, locked, reach};
use crate::context::Context;
use crate::database::ask;
use crate::engine::steps::output;
use crate::engine::stop::Stop;
use crate::environments::EnvArg;
use crate::error::{Doing as _, Kind, Result};
use crate::legacy::Ids;
use crate::legacy::images::{self, Folder, Shelf};
use crate::report::Outcome;

/// Options of `import images`.
#[derive(clap::Args)]
pub struct Args {
    /// The folder with the images; it is only read
    #[arg(value_name = "FOLDER")]
    folder: PathBuf,
    #[command(flatten)]
    env: EnvArg,
    #[command(flatten)]
    owner: Owner,
    /// Store nothing; count, and list every item without an image
    #[arg(long)]
    dry_run: bool,
    /// Into a protected environment, without asking
    #[arg(long, short)]
    yes: bool,
}

pub(super) async fn run(ctx: &Context, stop: &Stop, args: Args) -> Result<Outcome> {
    let folder = Folder::read(&args.folder)?;
    let standing = standing::deployed(ctx, &args.env).await?;
    let user = args.owner.id(ctx, &args.env, !args.dry_run).await?;
    let import = import(&args, user.clone())?;
    if !args.dry_run {
        agreed(
            ctx,
            &args.env,
            &format!("Store images of {}", import.source),
            args.yes,
        )?;
    }
    let mut database = reach(ctx, &args.env, false).await?;
    let shelf = shelf(&standing, user)?;
    let work = async {
        if !args.dry_run {
            let begin = Request::Moving(Moving::Begin(import.clone()));
            let _standing: moving::Standing = ask(database.as_mut(), begin).await?;
        }
        let (dry_run, events) = (args.dry_run, ctx.events());
        let run = images::run(&shelf, &folder, &import, database.as_mut(), dry_run, events);
        let photographs = run.await?;
        if !args.dry_run {
            let finish = Request::Moving(Moving::Finish(import.clone()));
            let _noted: bool = ask(database.as_mut(), finish).await?;
        }
        Ok(photographs)
    };
    let mut photographs = match args.dry_run {
        true => work.await?,
        false => locked(ctx, stop, &args.env, stop.cuts(work)).await?,
    };
    photographs.write(&args.env.env, &import, &ctx.path("reports"))?;
    let outcome = Outcome::of(&photographs)?;
    Ok(match photographs.refused.is_empty() {
        true => outcome,
        false => outcome.with_code(Kind::Failed.exit_code()),
    })
}

/// The same folder for the same user is the same import.
fn import(args: &Args, user: UserId) -> Result<Import> {
    let whole = args
        .folder
        .canonicalize()
        .doing_as(Kind::Input, format!("find {}", args.folder.display()))?;
    let ids = Ids { user, anew: false };
    let name = whole.file_name().unwrap_or_default().to_string_lossy();
    let path = whole.to_string_lossy();
    Ok(ids.import(moving::Kind::Images, name.into_owned(), path.as_bytes()))
}

/// The bucket of an environment.
pub(super) fn shelf(standing: &Standing, user: UserId) -> Result<Shelf> {
    let cloud = &standing.opened.cloud;
    Ok(Shelf {
        media: cloud.media.clone(),
        objects: cloud.objects.clone(),
        clock: cloud.clock.clone(),
        bucket: output(&standing.deployed, "storage", "BucketName")?.to_owned(),
        user,
    })
}
