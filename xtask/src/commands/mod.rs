//! One command, one file: its `Args` and `run(ctx, args)`.

mod codegen;
mod doctor;

use clap::Subcommand;

use crate::context::Context;
use crate::error::Result;
use crate::report::Outcome;

/// Every command.
#[derive(Subcommand)]
pub enum Command {
    /// Write the typed resources from the vendored schemas
    Codegen(codegen::Args),
    /// Say what this machine lacks, and the command that installs it
    Doctor(doctor::Args),
}

/// Runs one command.
pub async fn run(ctx: &Context, command: Command) -> Result<Outcome> {
    match command {
        Command::Codegen(args) => codegen::run(ctx, args).await,
        Command::Doctor(args) => doctor::run(ctx, args).await,
    }
}
