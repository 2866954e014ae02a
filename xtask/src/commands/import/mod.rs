//! `import`: the data of the old app, moved in, compared, taken back. One subcommand, one file.

mod chroma;
mod images;
mod list;
mod rollback;
mod sqlite;
mod validate;

use collections_core::domain::UserId;

use super::db::{locked, reach};
use super::environment::agreed;
use super::interrupt::{SAME, heard};
use super::standing;
use super::users::TEST_USER;
use crate::context::Context;
use crate::engine::steps::output;
use crate::engine::steps::seed::ensure_user;
use crate::engine::stop::Stop;
use crate::environments::EnvArg;
use crate::error::{Doing as _, Error, Kind, Result};
use crate::legacy::run::{self, Job};
use crate::legacy::{Ids, Source};
use crate::report::Outcome;

/// The subcommands of `import`.
#[derive(clap::Subcommand)]
pub enum Command {
    /// Items, analyses and embeddings of a SQLite database of the old app
    Sqlite(sqlite::Args),
    /// The vectors of a Chroma collection, for items that were moved in before
    Chroma(chroma::Args),
    /// The folder of images, for items that were moved in before
    Images(images::Args),
    /// Compare what is there with the source: counts, checksums, dimensions, tenants, neighbours
    Validate(validate::Args),
    /// Remove what an import brought, and nothing else
    Rollback(rollback::Args),
    /// The imports of an environment, and what is there of each
    List(list::Args),
}

/// Whose the data becomes.
#[derive(clap::Args)]
struct Owner {
    /// Whose it becomes: the `sub` of a user's token
    #[arg(long, value_name = "SUB", conflicts_with = "email")]
    user: Option<UserId>,
    /// Whose it becomes: the user with this address, made if there is none
    #[arg(long, default_value = TEST_USER)]
    email: String,
}

/// Where rows go, and how.
#[derive(clap::Args)]
struct Destination {
    #[command(flatten)]
    env: EnvArg,
    #[command(flatten)]
    owner: Owner,
    /// Store nothing; count, and list every row that would be refused, and why
    #[arg(long)]
    dry_run: bool,
    /// Give every row a new id, for data that another user has already
    #[arg(long)]
    new_ids: bool,
    /// Over a connection of this machine instead of the ops function
    #[arg(long)]
    direct: bool,
    /// Into a protected environment, without asking
    #[arg(long, short)]
    yes: bool,
}

/// Runs one subcommand; Ctrl-C stops it and gives the lock back, and the same command goes on.
pub(super) async fn run(ctx: &Context, command: Command) -> Result<Outcome> {
    let stop = Stop::default();
    let work = async {
        match command {
            Command::Sqlite(args) => sqlite::run(ctx, &stop, args).await,
            Command::Chroma(args) => chroma::run(ctx, &stop, args).await,
            Command::Images(args) => images::run(ctx, &stop, args).await,
            Command::Validate(args) => validate::run(ctx, args).await,
            Command::Rollback(args) => rollback::run(ctx, &stop, args).await,
            Command::List(args) => list::run(ctx, args).await,
        }
    };
    heard(ctx.events(), &stop, SAME, work).await
}

impl Owner {
    /// The user's id; a user who is missing is made unless that would be too much.
    async fn id(&self, ctx: &Context, env: &EnvArg, make: bool) -> Result<UserId> {
        if let Some(user) = &self.user {
            return Ok(user.clone());
        }
        let standing = standing::deployed(ctx, env).await?;
        let (cloud, deployed) = (&standing.opened.cloud, &standing.deployed);
        if make {
            return ensure_user(cloud, deployed, &self.email).await;
        }
        let pool = output(deployed, "auth", "CognitoUserPoolId")?;
        let user = cloud.users.user(pool, &self.email).await?;
        let user = user.ok_or_else(|| {
            Error::input(format!("{} has no user {}", env.env, self.email))
                .hint("an import makes the user; a dry run takes any --user SUB instead")
        })?;
        user.id.parse().doing("understand the id of the user")
    }
}

impl Destination {
    async fn ids(&self, ctx: &Context) -> Result<Ids> {
        Ok(Ids {
            user: self.owner.id(ctx, &self.env, !self.dry_run).await?,
            anew: self.new_ids,
        })
    }

    /// Surveys a source and sends it.
    async fn import(
        &self,
        ctx: &Context,
        stop: &Stop,
        source: Box<dyn Source>,
        ids: Ids,
    ) -> Result<Outcome> {
        let surveyed = run::survey(source, ids, ctx.events()).await?;
        if !self.dry_run {
            let rows: u64 = surveyed.survey.found.values().sum();
            self.agreed(
                ctx,
                &format!("Store {rows} rows of {}", surveyed.import.source),
            )?;
        }
        let mut database = reach(ctx, &self.env, self.direct).await?;
        let job = Job {
            environment: &self.env.env,
            events: ctx.events(),
            dry_run: self.dry_run,
        };
        let work = surveyed.run(database.as_mut(), &job);
        let mut report = match self.dry_run {
            true => work.await?,
            false => locked(ctx, stop, &self.env, stop.cuts(work)).await?,
        };
        report.write(&ctx.path("reports"))?;
        let outcome = Outcome::of(&report)?;
        Ok(match report.refused.is_empty() {
            true => outcome,
            false => outcome.with_code(Kind::Failed.exit_code()),
        })
    }

    fn agreed(&self, ctx: &Context, what: &str) -> Result<()> {
        agreed(ctx, &self.env, what, self.yes)
    }
}
