//! `db connect`: psql over verified TLS.

use std::ffi::OsString;
use std::io::Write as _;
use std::os::unix::process::CommandExt as _;
use std::process::Command;

use super::address;
use crate::commands::standing;
use crate::context::Context;
use crate::environments::{self, EnvArg};
use crate::error::{Doing as _, Error, Kind, Result};
use crate::local;
use crate::report::Outcome;

/// Options of `db connect`.
#[derive(clap::Args)]
pub struct Args {
    #[command(flatten)]
    env: EnvArg,
    /// What psql is given, for example `-c "select 1"`
    #[arg(trailing_var_arg = true, allow_hyphen_values = true)]
    arguments: Vec<OsString>,
}

/// Becomes psql: Ctrl-C and the exit code are its own from here on.
pub(super) async fn run(ctx: &Context, args: Args) -> Result<Outcome> {
    let environment = environments::load(ctx.root(), &args.env.env)?;
    let mut command = match environment.is_local() {
        true => {
            local::up(ctx.root(), ctx.events()).await?;
            local::psql(ctx.root(), ctx.events()).await?
        }
        false => remote(ctx, &args.env).await?,
    };
    let error = command.args(args.arguments).exec();
    Err(Error::machine("could not run psql").because(error))
}

/// The machine's own psql: the one that is brought along has no TLS.
async fn remote(ctx: &Context, env: &EnvArg) -> Result<Command> {
    let installed = Command::new("psql").arg("--version").output();
    if !installed.is_ok_and(|output| output.status.success()) {
        return Err(Error::machine("there is no psql on this machine")
            .hint("install it: apt-get install postgresql-client, or brew install libpq")
            .hint(format!(
                "or without it: cargo xtask db status --env {}",
                env.env
            )));
    }
    let standing = standing::deployed(ctx, env).await?;
    let (address, credentials) = address(&standing).await?;
    let folder = ctx.path(".local");
    std::fs::create_dir_all(&folder).doing_as(Kind::Machine, "make the folder .local")?;
    let authorities = folder.join(format!("authorities-{}.pem", env.env));
    let written = std::fs::File::create(&authorities)
        .and_then(|mut file| file.write_all(&address.authorities));
    written.doing_as(Kind::Machine, format!("write {}", authorities.display()))?;
    let mut command = Command::new("psql");
    command
        .env("PGSSLMODE", "verify-full")
        .env("PGSSLROOTCERT", &authorities)
        .env("PGHOST", &address.host)
        .env("PGPORT", address.port.to_string())
        .env("PGDATABASE", &address.name)
        .env("PGUSER", &credentials.username)
        // Not on the command line, where everybody could read it.
        .env("PGPASSWORD", credentials.password.expose())
        .env("PGCONNECT_TIMEOUT", "15");
    Ok(command)
}
