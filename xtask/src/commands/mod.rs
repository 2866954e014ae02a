//! One command, one file: its `Args` and `run(ctx, args)`.

pub mod codegen;
pub mod doctor;
pub mod graph;
pub mod local;
pub mod render;
pub mod test;
pub mod validate;

use clap::Subcommand;

use crate::context::Context;
use crate::error::Result;
use crate::report::Outcome;

/// Every command.
#[derive(Subcommand)]
pub enum Command {
    /// Run everything that must hold before a change lands
    Test(test::Args),
    /// Write the typed resources from the vendored schemas
    Codegen(codegen::Args),
    /// Print or write the CloudFormation templates
    Render(render::Args),
    /// Check every template offline
    Validate(validate::Args),
    /// Draw which stack takes values from which
    Graph(graph::Args),
    /// Say what this machine lacks, and the command that installs it
    Doctor(doctor::Args),
    /// The environment on this machine: start, look, stop
    #[command(subcommand)]
    Local(local::Command),
}

/// Runs one command.
pub async fn run(ctx: &Context, command: Command) -> Result<Outcome> {
    match command {
        Command::Test(args) => test::run(ctx, args).await,
        Command::Codegen(args) => codegen::run(ctx, args).await,
        Command::Render(args) => render::run(ctx, args).await,
        Command::Validate(args) => validate::run(ctx, args).await,
        Command::Graph(args) => graph::run(ctx, args).await,
        Command::Doctor(args) => doctor::run(ctx, args).await,
        Command::Local(command) => local::run(ctx, command).await,
    }
}
