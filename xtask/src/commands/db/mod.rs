//! `db`: the database of an environment. One subcommand, one file.

mod check;
mod connect;
mod export;
mod import;
mod migrate;
mod reset;
mod status;

use std::path::PathBuf;

use collections_core::db::{Address, Credentials as CoreCredentials, authorities};

use super::environment::open;
use super::interrupt::{SAME, heard};
use super::standing::{self, Standing};
use crate::context::Context;
use crate::database::{Database, Direct, ThroughOps};
use crate::engine::live::ALIAS;
use crate::engine::lock::Lock;
use crate::engine::parameters::Credentials;
use crate::engine::steps::output;
use crate::engine::stop::Stop;
use crate::environments::{self, EnvArg};
use crate::error::{Doing as _, Error, Kind, Result};
use crate::local;
use crate::report::Outcome;

/// The subcommands of `db`.
#[derive(clap::Subcommand)]
pub enum Command {
    /// Apply the migrations that are pending
    Migrate(migrate::Args),
    /// Server, migrations, rows
    Status(status::Args),
    /// Look in the migrations for statements that endanger a database in use
    Check(check::Args),
    /// Remove all tables and migrate anew; never in production
    Reset(reset::Args),
    /// Open psql over verified TLS
    Connect(connect::Args),
    /// Write every row into a file
    Export(export::Args),
    /// Store the rows of such a file
    Import(import::Args),
}

/// Runs one subcommand.
pub(super) async fn run(ctx: &Context, command: Command) -> Result<Outcome> {
    let stop = Stop::default();
    match command {
        Command::Migrate(args) => {
            heard(ctx.events(), &stop, SAME, migrate::run(ctx, &stop, args)).await
        }
        Command::Status(args) => status::run(ctx, args).await,
        Command::Check(args) => check::run(ctx, &args),
        Command::Reset(args) => {
            heard(ctx.events(), &stop, SAME, reset::run(ctx, &stop, args)).await
        }
        Command::Connect(args) => connect::run(ctx, args).await,
        Command::Export(args) => export::run(ctx, args).await,
        Command::Import(args) => {
            heard(ctx.events(), &stop, SAME, import::run(ctx, &stop, args)).await
        }
    }
}

/// The database of an environment: on `local` over a connection, which needs no deploy; elsewhere
/// through `ops`, or over a connection where that is wanted.
pub(super) async fn reach(ctx: &Context, env: &EnvArg, direct: bool) -> Result<Box<dyn Database>> {
    if environments::load(ctx.root(), &env.env)?.is_local() {
        let (address, credentials) = local_address(ctx).await?;
        let direct = Direct::connect(&address, &credentials, &env.env).await?;
        return Ok(Box::new(direct));
    }
    let standing = standing::deployed(ctx, env).await?;
    if direct {
        let (address, credentials) = address(&standing).await?;
        let direct = Direct::connect(&address, &credentials, &env.env).await?;
        return Ok(Box::new(direct));
    }
    Ok(Box::new(ThroughOps {
        functions: standing.opened.cloud.functions.clone(),
        function: output(&standing.deployed, "compute", "OpsFunctionName")?.to_owned(),
        alias: ALIAS,
    }))
}

async fn local_address(ctx: &Context) -> Result<(Address, CoreCredentials)> {
    let database = local::up(ctx.root(), ctx.events()).await?.database;
    let address = Address {
        authorities: read_authorities(&database.ca_file)?,
        host: database.host,
        port: database.port,
        name: database.name,
    };
    let credentials = Credentials {
        username: database.user,
        password: database.password,
    };
    Ok((address, for_core(&credentials)))
}

/// Where the database of a deployed environment is, and who signs in.
pub(super) async fn address(standing: &Standing) -> Result<(Address, CoreCredentials)> {
    let opened = &standing.opened;
    let value = |name: &str| output(&standing.deployed, "database", name);
    let name = &opened.environment.name;
    if opened.environment.is_private() {
        return Err(
            Error::refused(format!("the database of {name} is in a private network")).hint(
                "what goes through the ops function works: db status, migrate, export, import",
            ),
        );
    }
    let secret = opened
        .cloud
        .parameters
        .secret(value("DatabaseSecretArn")?)
        .await?;
    let secret = secret.ok_or_else(|| Error::failed("the database secret is empty"))?;
    let credentials = Credentials::parse(&secret)?;
    let ca_file = value("DatabaseCaFile").ok().filter(|path| !path.is_empty());
    let address = Address {
        host: value("DatabaseHost")?.to_owned(),
        port: value("DatabasePort")?
            .parse()
            .doing("understand the port of the database")?,
        name: value("DatabaseName")?.to_owned(),
        authorities: match ca_file {
            Some(file) => read_authorities(&PathBuf::from(file))?,
            None => authorities::built_in(),
        },
    };
    Ok((address, for_core(&credentials)))
}

fn read_authorities(file: &std::path::Path) -> Result<Vec<u8>> {
    std::fs::read(file).doing_as(Kind::Machine, format!("read {}", file.display()))
}

/// The functions' own type for the same.
pub(super) fn for_core(credentials: &Credentials) -> CoreCredentials {
    CoreCredentials {
        username: credentials.username.clone(),
        password: collections_core::Secret::new(credentials.password.expose()),
    }
}

/// The environment's lock, for what changes its database. `local` is one user's own.
pub(super) async fn locked<T>(
    ctx: &Context,
    stop: &Stop,
    env: &EnvArg,
    work: impl Future<Output = Result<T>>,
) -> Result<T> {
    let _at_work = stop.enter();
    if environments::load(ctx.root(), &env.env)?.is_local() {
        return work.await;
    }
    let opened = open(ctx, env).await?;
    let bucket = opened.bucket().await?;
    Lock::new(&opened.cloud, &bucket, &env.env)
        .during(&ctx.journals(), work)
        .await
}
