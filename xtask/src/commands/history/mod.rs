//! `history`: where conversations are kept. One subcommand, one file.

mod r#move;

use crate::context::Context;
use crate::error::Result;
use crate::report::Outcome;

/// The subcommands of `history`.
#[derive(clap::Subcommand)]
pub enum Command {
    /// Copy all conversations from one back end to another, and compare
    Move(r#move::Args),
}

/// Runs one subcommand.
pub(super) async fn run(ctx: &Context, command: Command) -> Result<Outcome> {
    match command {
        Command::Move(args) => r#move::run(ctx, args).await,
    }
}
