//! `import chroma`: the vectors of a Chroma collection, for items that are there already.

use std::path::PathBuf;

use super::Destination;
use crate::context::Context;
use crate::engine::stop::Stop;
use crate::error::Result;
use crate::legacy::chroma::Chroma;
use crate::report::Outcome;

/// Options of `import chroma`.
#[derive(clap::Args)]
pub struct Args {
    /// The directory with chroma.sqlite3, or an export as JSON Lines; it is only read
    #[arg(value_name = "PATH")]
    path: PathBuf,
    #[command(flatten)]
    collection: Collection,
    #[command(flatten)]
    destination: Destination,
}

/// Which vectors of a directory, and of which model they are.
#[derive(clap::Args)]
pub(super) struct Collection {
    /// The collection, where there are several
    #[arg(long, value_name = "NAME")]
    pub(super) collection: Option<String>,
    /// The model of vectors that do not name theirs
    #[arg(long, value_name = "MODEL", default_value = "voyage-3.5-lite")]
    pub(super) model: String,
}

pub(super) async fn run(ctx: &Context, stop: &Stop, args: Args) -> Result<Outcome> {
    let ids = args.destination.ids(ctx).await?;
    let Collection { collection, model } = &args.collection;
    let source = Chroma::open(&args.path, collection.as_deref(), model, ids.clone())?;
    args.destination
        .import(ctx, stop, Box::new(source), ids)
        .await
}
