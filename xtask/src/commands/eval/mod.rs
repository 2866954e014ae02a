//! `eval`: how good search is. Ask judged queries, compare two runs, refuse what is worse.

mod asked;
mod clean;
mod compare;
mod gate;
mod langsmith;
mod run;

use clap::Subcommand;

use crate::context::Context;
use crate::error::{Error, Result};
use crate::report::Outcome;

/// What to do.
#[derive(Subcommand)]
pub enum Command {
    /// Ask every query of a judged set and report what the answers are worth
    Run(run::Args),
    /// Say in what two runs, or two search types, differ
    Compare(compare::Args),
    /// Refuse (exit code 1) what is worse than the committed baseline
    Gate(gate::Args),
    /// Remove the corpora that runs have loaded, with their users
    Clean(clean::Args),
}

/// Runs one of them; Ctrl-C ends it, and nothing is half written.
pub(super) async fn run(ctx: &Context, command: Command) -> Result<Outcome> {
    let work = async {
        match command {
            Command::Run(args) => run::run(ctx, args).await,
            Command::Compare(args) => compare::run(ctx, &args),
            Command::Gate(args) => gate::run(ctx, args).await,
            Command::Clean(args) => clean::run(ctx, args).await,
        }
    };
    tokio::select! {
        outcome = work => outcome,
        () = super::proving::stopped() => Err(Error::interrupted("stopped half way")
            .hint("nothing was reported; the same command begins again, and loads only what is missing")),
    }
}
