//! `secrets`: Parameter Store and the database's secret. One subcommand, one file.

mod diff;
mod export;
mod populate;
mod rotate;

use super::interrupt::{SAME, heard};
use super::standing::Standing;
use crate::context::Context;
use crate::engine::parameters::{add_keys, missing_keys};
use crate::engine::steps::parameters::FillParameters;
use crate::engine::stop::Stop;
use crate::error::Result;
use crate::report::Outcome;
use contract::parameters::prefix;

/// The subcommands of `secrets`.
#[derive(clap::Subcommand)]
pub enum Command {
    /// Fill Parameter Store from .env and the outputs of the stacks
    Populate(populate::Args),
    /// Show what populate would do; exits 2 when there are changes
    Diff(diff::Args),
    /// Write the parameters into a .env file
    Export(export::Args),
    /// Give the database a new password and prove that functions pick it up
    Rotate(rotate::Args),
}

/// Runs one subcommand.
pub(super) async fn run(ctx: &Context, command: Command) -> Result<Outcome> {
    let stop = Stop::default();
    match command {
        Command::Populate(args) => {
            heard(ctx.events(), &stop, SAME, populate::run(ctx, &stop, args)).await
        }
        Command::Diff(args) => diff::run(ctx, args).await,
        Command::Export(args) => export::run(ctx, args).await,
        Command::Rotate(args) => {
            heard(ctx.events(), &stop, SAME, rotate::run(ctx, &stop, args)).await
        }
    }
}

/// The filler of an environment.
pub(super) fn filler(standing: &Standing) -> FillParameters {
    let opened = &standing.opened;
    FillParameters {
        cloud: opened.cloud.clone(),
        environment: opened.environment.clone(),
        dotenv: opened.dotenv.clone(),
        credentials: opened.credentials.clone(),
    }
}

/// Asks for keys that nobody has said, where somebody is there to ask.
async fn complete(ctx: &Context, standing: &mut Standing) -> Result<()> {
    let opened = &mut standing.opened;
    if !ctx.ask().is_there() {
        return Ok(());
    }
    let path = prefix(&opened.environment.name);
    let live = opened.cloud.parameters.below(&path).await?;
    let needed = missing_keys(&opened.environment, &opened.dotenv, &live);
    add_keys(&needed, ctx.ask(), &mut opened.dotenv)
}
