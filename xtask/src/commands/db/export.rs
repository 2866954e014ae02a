//! `db export`: every row into a file.

use std::fmt;
use std::fs::Permissions;
use std::io::BufWriter;
use std::os::unix::fs::PermissionsExt as _;
use std::path::{Path, PathBuf};

use serde::Serialize;

use super::reach;
use crate::context::Context;
use crate::database::transfer::{self, Tables};
use crate::environments::EnvArg;
use crate::error::{Doing as _, Error, Kind, Result};
use crate::report::Outcome;

/// Options of `db export`.
#[derive(clap::Args)]
pub struct Args {
    #[command(flatten)]
    env: EnvArg,
    /// The file; only its owner may read it
    #[arg(long, value_name = "FILE")]
    out: PathBuf,
    /// Over a file that is there
    #[arg(long)]
    force: bool,
    /// Over a connection of this machine instead of the ops function
    #[arg(long)]
    direct: bool,
}

#[derive(Serialize)]
struct Exported {
    file: String,
    tables: Tables,
}

/// The file is there whole or not at all.
pub(super) async fn run(ctx: &Context, args: Args) -> Result<Outcome> {
    let shown = args.out.display().to_string();
    if args.out.exists() && !args.force {
        return Err(
            Error::refused(format!("{shown} is there already")).hint("--force writes over it")
        );
    }
    let mut database = reach(ctx, &args.env, args.direct).await?;
    let what = || format!("write {shown}");
    let folder = args.out.parent().filter(|folder| *folder != Path::new(""));
    let folder = folder.unwrap_or(Path::new("."));
    let new = tempfile::NamedTempFile::new_in(folder).doing_as(Kind::Input, what())?;
    new.as_file()
        .set_permissions(Permissions::from_mode(0o600))
        .doing_as(Kind::Machine, what())?;
    let step = ctx.events().start("export the rows");
    let mut out = BufWriter::new(new.as_file());
    let tables = transfer::export(database.as_mut(), &args.env.env, &mut out, &step).await?;
    drop(out);
    let rows: u64 = tables.0.values().map(|sum| sum.rows).sum();
    step.finish_with(format!("{rows} rows"));
    let kept = new.persist(&args.out).map_err(|error| error.error);
    kept.doing_as(Kind::Machine, what())?;
    Outcome::of(&Exported {
        file: shown,
        tables,
    })
}

impl fmt::Display for Exported {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(f, "{}{}", self.tables, self.file)
    }
}
