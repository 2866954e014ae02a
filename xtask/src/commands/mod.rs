//! One command, one file: its `Args` and `run(ctx, args)`.

mod bootstrap;
pub mod codegen;
pub mod cost;
mod deploy;
mod destroy;
mod diff;
pub mod doctor;
mod drift;
mod environment;
pub mod graph;
mod history;
mod interrupt;
pub mod local;
mod outputs;
mod queues;
pub mod render;
mod rollback;
mod serve;
mod status;
pub mod test;
mod unlock;
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
    /// Make the bucket that deploys keep their code in
    Bootstrap(bootstrap::Args),
    /// Write the typed resources from the vendored schemas
    Codegen(codegen::Args),
    /// Print or write the CloudFormation templates
    Render(render::Args),
    /// Check every template offline
    Validate(validate::Args),
    /// Estimate the monthly cost, per stack and in all
    Cost(cost::Args),
    /// Draw which stack takes values from which
    Graph(graph::Args),
    /// Build, plan, ask, and apply
    Deploy(Box<deploy::Args>),
    /// Take an environment away
    Destroy(destroy::Args),
    /// Show what a deploy would do; exits 2 when there are changes
    Diff(diff::Args),
    /// Say what this machine lacks, and the command that installs it
    Doctor(doctor::Args),
    /// The environment on this machine: start, look, stop
    #[command(subcommand)]
    Local(local::Command),
    /// Show what was changed by hand; exits 2 when something was
    Drift(drift::Args),
    /// Where conversations are kept
    #[command(subcommand)]
    History(history::Command),
    /// Print the addresses and names of an environment
    Outputs(outputs::Args),
    /// What waits for the functions, and what none could handle
    #[command(subcommand)]
    Queues(queues::Command),
    /// Move traffic back to the versions before
    Rollback(rollback::Args),
    /// Run the API as a plain server on this machine, against an environment that stands
    Serve(serve::Args),
    /// Show stacks, versions and the lock
    Status(status::Args),
    /// Break a lock by its id
    Unlock(unlock::Args),
}

/// Runs one command.
pub async fn run(ctx: &Context, command: Command) -> Result<Outcome> {
    match command {
        Command::Test(args) => test::run(ctx, args).await,
        Command::Bootstrap(args) => bootstrap::run(ctx, args).await,
        Command::Codegen(args) => codegen::run(ctx, args).await,
        Command::Render(args) => render::run(ctx, args).await,
        Command::Validate(args) => validate::run(ctx, args).await,
        Command::Cost(args) => cost::run(ctx, args).await,
        Command::Graph(args) => graph::run(ctx, args).await,
        Command::Deploy(args) => deploy::run(ctx, *args).await,
        Command::Destroy(args) => destroy::run(ctx, args).await,
        Command::Diff(args) => diff::run(ctx, args).await,
        Command::Doctor(args) => doctor::run(ctx, args).await,
        Command::Local(command) => local::run(ctx, command).await,
        Command::Drift(args) => drift::run(ctx, args).await,
        Command::History(command) => history::run(ctx, command).await,
        Command::Outputs(args) => outputs::run(ctx, args).await,
        Command::Queues(command) => queues::run(ctx, command).await,
        Command::Rollback(args) => rollback::run(ctx, args).await,
        Command::Serve(args) => serve::run(ctx, args).await,
        Command::Status(args) => status::run(ctx, args).await,
        Command::Unlock(args) => unlock::run(ctx, args).await,
    }
}
