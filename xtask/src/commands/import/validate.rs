//! `import validate`: what was moved in, held against its source.

use std::path::PathBuf;
use std::time::Instant;

use time::OffsetDateTime;
use time::format_description::well_known::Rfc3339;

use super::chroma::Collection;
use super::{Owner, reach};
use crate::checks::report::{Report, millis};
use crate::context::Context;
use crate::environments::EnvArg;
use crate::error::{Doing as _, Result};
use crate::legacy::chroma::Chroma;
use crate::legacy::report::stamp;
use crate::legacy::sqlite::{Sqlite, is_sqlite};
use crate::legacy::{Ids, Source, run, validate};
use crate::report::Outcome;

/// Options of `import validate`.
#[derive(clap::Args)]
pub struct Args {
    /// The SQLite database, Chroma directory or export that was moved in
    #[arg(value_name = "SOURCE")]
    source: PathBuf,
    #[command(flatten)]
    env: EnvArg,
    #[command(flatten)]
    owner: Owner,
    #[command(flatten)]
    collection: Collection,
    /// The import gave every row a new id
    #[arg(long)]
    new_ids: bool,
    /// Over a connection of this machine instead of the ops function
    #[arg(long)]
    direct: bool,
}

pub(super) async fn run(ctx: &Context, args: Args) -> Result<Outcome> {
    let begun = Instant::now();
    let started = OffsetDateTime::now_utc().format(&Rfc3339);
    let started = started.doing("write the time")?;
    let ids = Ids {
        user: args.owner.id(ctx, &args.env, false).await?,
        anew: args.new_ids,
    };
    let surveyed = run::survey(source(&args, ids.clone())?, ids, ctx.events()).await?;
    let mut database = reach(ctx, &args.env, args.direct).await?;
    let cases = validate::validate(surveyed, database.as_mut(), ctx.events()).await?;
    let mut report = Report::new("import validate", &args.env.env, started.clone(), cases);
    report.millis = millis(begun.elapsed());
    report.write(&ctx.path("reports"), "import-validate", &stamp(&started))?;
    let code = u8::from(!report.is_green());
    Ok(Outcome::of(&report)?.with_code(code))
}

fn source(args: &Args, ids: Ids) -> Result<Box<dyn Source>> {
    if is_sqlite(&args.source) || !args.source.exists() {
        return Ok(Box::new(Sqlite::open(&args.source, ids)?));
    }
    let Collection { collection, model } = &args.collection;
    let chroma = Chroma::open(&args.source, collection.as_deref(), model, ids)?;
    Ok(Box::new(chroma))
}
