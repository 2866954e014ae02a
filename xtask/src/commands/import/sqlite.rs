//! `import sqlite`: a database of the old app, `collections.db` or `collections_golden.db`.

use std::path::PathBuf;

use super::Destination;
use crate::context::Context;
use crate::engine::stop::Stop;
use crate::error::Result;
use crate::legacy::sqlite::Sqlite;
use crate::report::Outcome;

/// Options of `import sqlite`.
#[derive(clap::Args)]
pub struct Args {
    /// The database; it is only read
    #[arg(value_name = "FILE")]
    file: PathBuf,
    #[command(flatten)]
    destination: Destination,
}

pub(super) async fn run(ctx: &Context, stop: &Stop, args: Args) -> Result<Outcome> {
    let ids = args.destination.ids(ctx).await?;
    let source = Sqlite::open(&args.file, ids.clone())?;
    args.destination
        .import(ctx, stop, Box::new(source), ids)
        .await
}
