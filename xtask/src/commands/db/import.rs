//! `db import`: the rows of an export into a database.

use std::fs::File;
use std::io::BufReader;
use std::path::PathBuf;

use super::{locked, reach};
use crate::context::Context;
use crate::database::transfer;
use crate::engine::stop::Stop;
use crate::environments::{self, EnvArg};
use crate::error::{Doing as _, Error, Kind, Result};
use crate::report::Outcome;

/// Options of `db import`.
#[derive(clap::Args)]
pub struct Args {
    #[command(flatten)]
    env: EnvArg,
    /// The file that `db export` wrote
    #[arg(value_name = "FILE")]
    file: PathBuf,
    /// Replace rows that are there with other content
    #[arg(long)]
    overwrite: bool,
    /// Over a connection of this machine instead of the ops function
    #[arg(long)]
    direct: bool,
    /// Into a protected environment, without asking
    #[arg(long, short)]
    yes: bool,
}

/// The file is verified as a whole before the first row is stored.
pub(super) async fn run(ctx: &Context, stop: &Stop, args: Args) -> Result<Outcome> {
    let shown = args.file.display();
    let open = || File::open(&args.file).doing_as(Kind::Input, format!("read {shown}"));
    let contents = transfer::verify(BufReader::new(open()?))?;
    let rows: u64 = contents.tables.0.values().map(|sum| sum.rows).sum();
    let (name, from) = (&args.env.env, &contents.environment);
    let environment = environments::load(ctx.root(), name)?;
    if environment.protection.deletion && !args.yes {
        let question = format!("Store {rows} rows of {from} in {name}?");
        if !ctx.ask().confirm(&question, "--yes")? {
            return Err(Error::refused("nothing was stored"));
        }
    }
    let mut database = reach(ctx, &args.env, args.direct).await?;
    let step = ctx.events().start(format!("import rows of {from}"));
    let reader = BufReader::new(open()?);
    let work = transfer::import(database.as_mut(), reader, args.overwrite, rows, &step);
    let report = locked(ctx, stop, &args.env, stop.cuts(work)).await?;
    step.finish_with(format!("{rows} rows"));
    let outcome = Outcome::of(&report)?;
    if report.different() == 0 {
        return Ok(outcome);
    }
    ctx.events()
        .warn("rows with other content were left; --overwrite replaces them");
    Ok(outcome.with_code(Kind::Failed.exit_code()))
}
