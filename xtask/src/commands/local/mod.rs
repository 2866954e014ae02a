//! `local`: the environment on this machine. One subcommand, one file.

mod down;
mod logs;
mod psql;
mod reset;
mod status;
mod tls_front;
mod up;

use crate::context::Context;
use crate::error::Result;
use crate::report::Outcome;

/// The subcommands of `local`.
#[derive(clap::Subcommand)]
pub enum Command {
    /// Start what does not run, and say where everything is
    Up,
    /// How every part is; ends with 0 only if all are healthy
    Status,
    /// The last lines that the parts wrote
    Logs(logs::Args),
    /// Stop every part; data stays
    Down,
    /// Remove all local data and start anew
    Reset(reset::Args),
    /// Open psql on the local database
    Psql(psql::Args),
    /// The process between clients with TLS and PostgreSQL
    #[command(hide = true)]
    TlsFront(crate::local::front::Options),
}

/// Runs one subcommand.
pub async fn run(ctx: &Context, command: Command) -> Result<Outcome> {
    match command {
        Command::Up => up::run(ctx).await,
        Command::Status => status::run(ctx).await,
        Command::Logs(args) => logs::run(ctx, args).await,
        Command::Down => down::run(ctx).await,
        Command::Reset(args) => reset::run(ctx, args).await,
        Command::Psql(args) => psql::run(ctx, args).await,
        Command::TlsFront(options) => tls_front::run(ctx, options).await,
    }
}
