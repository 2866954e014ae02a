//! `local psql`: open psql on the local database.

use std::ffi::OsString;
use std::os::unix::process::CommandExt as _;

use crate::context::Context;
use crate::error::{Error, Result};
use crate::local;
use crate::report::Outcome;

/// Options of `local psql`.
#[derive(clap::Args)]
pub struct Args {
    /// What psql is given, for example `-c "select 1"`
    #[arg(trailing_var_arg = true, allow_hyphen_values = true)]
    arguments: Vec<OsString>,
}

/// Becomes psql: Ctrl-C and the exit code are its own from here on.
pub(super) async fn run(ctx: &Context, args: Args) -> Result<Outcome> {
    let mut command = local::psql(ctx.root(), ctx.events()).await?;
    let error = command.args(args.arguments).exec();
    Err(Error::machine("could not run psql").because(error))
}
