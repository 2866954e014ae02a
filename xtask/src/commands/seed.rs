//! `seed`: the schema, the golden set, or a collection of one's own, for one user.

use std::fmt;
use std::path::{Path, PathBuf};

use clap::{Subcommand, ValueEnum};
use serde::Serialize;

use super::standing;
use super::users::TEST_USER;
use crate::context::Context;
use crate::dataset::{DataSet, GOLDEN};
use crate::engine::phases::Extra as _;
use crate::engine::steps::migrate::Migrate;
use crate::engine::steps::seed::{Seeding, Way, ensure_user};
use crate::environments::EnvArg;
use crate::error::{Error, Result};
use crate::report::Outcome;

/// What is loaded.
#[derive(Subcommand)]
pub enum Command {
    /// The golden set: 55 items with their analyses
    Golden(Args),
    /// A collection of your own, from a folder laid out as golden/
    Full(FullArgs),
    /// The schema alone
    Schema(SchemaArgs),
}

/// For whom, and how.
#[derive(clap::Args)]
pub struct Args {
    #[command(flatten)]
    env: EnvArg,
    /// The user who gets it; made if there is none
    #[arg(long, default_value = TEST_USER)]
    email: String,
    /// How it gets in
    #[arg(long, value_enum, default_value_t = Through::Rows)]
    through: Through,
}

/// Options of `seed full`.
#[derive(clap::Args)]
pub struct FullArgs {
    #[command(flatten)]
    args: Args,
    /// The folder with items.json and images/
    #[arg(long, value_name = "DIR", default_value = "data")]
    from: PathBuf,
}

/// Options of `seed schema`.
#[derive(clap::Args)]
pub struct SchemaArgs {
    #[command(flatten)]
    env: EnvArg,
}

/// How data gets in.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(super) enum Through {
    /// Load what is known of the images; no vision model is asked
    Rows,
    /// Upload the images and let the pipeline look at them
    Pipeline,
}

#[derive(Serialize)]
struct Report {
    environment: String,
    email: String,
    user_id: String,
    set: String,
    total: usize,
    items: i64,
    analyses: i64,
    embeddings: i64,
    stored: usize,
}

/// Loads; Ctrl-C stops, and the next run goes on.
pub(super) async fn run(ctx: &Context, command: Command) -> Result<Outcome> {
    let work = async {
        match &command {
            Command::Golden(args) => load(ctx, args, &ctx.path(GOLDEN.0)).await,
            Command::Full(full) => load(ctx, &full.args, &ctx.path(&full.from)).await,
            Command::Schema(args) => schema(ctx, &args.env).await,
        }
    };
    tokio::select! {
        outcome = work => outcome,
        _ = tokio::signal::ctrl_c() => Err(Error::interrupted("stopped half way")
            .hint("the same command goes on where this ended")),
    }
}

async fn load(ctx: &Context, args: &Args, folder: &Path) -> Result<Outcome> {
    let set = DataSet::read(folder)?;
    let standing = standing::deployed(ctx, &args.env).await?;
    let cloud = &standing.opened.cloud;
    let owner = ensure_user(cloud, &standing.deployed, &args.email).await?;
    let seeding = Seeding {
        cloud,
        events: ctx.events(),
        deployed: &standing.deployed,
        set: &set,
        owner,
    };
    let way = match args.through {
        Through::Rows => Way::Rows,
        Through::Pipeline => Way::Pipeline,
    };
    let seeded = seeding.run(way).await?;
    Outcome::of(&Report {
        environment: args.env.env.clone(),
        email: args.email.clone(),
        user_id: seeding.owner.to_string(),
        set: folder
            .file_name()
            .unwrap_or_default()
            .to_string_lossy()
            .into_owned(),
        total: set.items.len(),
        items: seeded.counts.items,
        analyses: seeded.counts.analyses,
        embeddings: seeded.counts.embeddings,
        stored: seeded.stored,
    })
}

async fn schema(ctx: &Context, env: &EnvArg) -> Result<Outcome> {
    let standing = standing::deployed(ctx, env).await?;
    let migrate = Migrate {
        cloud: standing.opened.cloud.clone(),
    };
    let step = ctx.events().start("migrate");
    let said = migrate.run(&standing.deployed).await?;
    step.finish_with(said);
    Ok(Outcome::silent())
}

impl fmt::Display for Report {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self {
            environment,
            email,
            user_id,
            set,
            total,
            items,
            analyses,
            embeddings,
            stored,
        } = self;
        writeln!(
            f,
            "{environment}: {set}, {total} items, for {email} ({user_id})"
        )?;
        writeln!(
            f,
            "  items {items}, analyses {analyses}, embeddings {embeddings}, images stored now {stored}"
        )?;
        writeln!(f, "next:")?;
        writeln!(
            f,
            "  cargo xtask users create --env {environment} --email {email}"
        )?;
        writeln!(f, "  cargo xtask open --env {environment}")
    }
}
