//! One command, one file: its `Args` and `run(ctx, args)`.

mod bootstrap;
mod ci_files;
mod clean;
pub mod codegen;
mod completions;
pub mod cost;
mod db;
mod deploy;
mod destroy;
mod diff;
pub mod doctor;
mod drift;
mod environment;
mod eval;
pub mod graph;
mod history;
mod images;
mod import;
mod interrupt;
pub mod local;
mod logs;
mod man;
mod metrics;
mod open;
mod outputs;
mod proving;
mod queues;
pub mod render;
mod rollback;
mod secrets;
mod seed;
mod serve;
mod standing;
mod status;
pub mod test;
mod test_all;
mod test_api;
mod test_e2e;
mod test_infra;
mod unlock;
mod users;
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
    /// Open the console in a browser; on `local` as the test user
    Open(open::Args),
    /// Print the addresses and names of an environment
    Outputs(outputs::Args),
    /// What waits for the functions, and what none could handle
    #[command(subcommand)]
    Queues(queues::Command),
    /// Move traffic back to what ran before the last deploy
    Rollback(rollback::Args),
    /// Run the API as a plain server on this machine, against an environment that stands
    Serve(serve::Args),
    /// Show stacks, functions, database, parameters, queues, cost and the lock
    Status(status::Args),
    /// Users of an environment: create, token, list, delete
    #[command(subcommand)]
    Users(users::Command),
    /// Load the golden set, or a collection of your own
    #[command(subcommand)]
    Seed(seed::Command),
    /// Prove each hop of a deployed environment, with real effects
    TestInfra(test_infra::Args),
    /// Call every operation of the API, as two users
    TestApi(test_api::Args),
    /// Send an image the whole way, through the API and through events
    TestE2e(test_e2e::Args),
    /// All of these, in one report
    TestAll(test_all::Args),
    /// How good search is: ask judged queries, compare, refuse what is worse
    #[command(subcommand)]
    Eval(eval::Command),
    /// Parameters and the database's secret: fill, compare, export, rotate
    #[command(subcommand)]
    Secrets(secrets::Command),
    /// The database: migrate, look, check, reset, connect, export, import
    #[command(subcommand)]
    Db(db::Command),
    /// A user's images: from a folder into the bucket, and back
    #[command(subcommand)]
    Images(images::Command),
    /// The data of the old app: move it in, compare, take it back
    #[command(subcommand)]
    Import(import::Command),
    /// What functions wrote, merged by time
    Logs(logs::Args),
    /// Figures of database, functions, queues and API
    Metrics(metrics::Args),
    /// Write the workflows of CI that environments ask for
    CiFiles(ci_files::Args),
    /// Remove what builds and deploys left on this machine
    Clean(clean::Args),
    /// Print completions for a shell
    Completions(completions::Args),
    /// Write man pages
    Man(man::Args),
    /// Break a lock by its id
    Unlock(unlock::Args),
}

impl Command {
    /// Whether the exit code is the answer to a question, so that errors have only one.
    pub fn answers(&self) -> bool {
        matches!(self, Self::Diff(_))
    }
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
        Command::Open(args) => open::run(ctx, args).await,
        Command::Outputs(args) => outputs::run(ctx, args).await,
        Command::Queues(command) => queues::run(ctx, command).await,
        Command::Rollback(args) => rollback::run(ctx, args).await,
        Command::Serve(args) => serve::run(ctx, args).await,
        Command::Status(args) => status::run(ctx, args).await,
        Command::Users(command) => users::run(ctx, command).await,
        Command::Seed(command) => seed::run(ctx, command).await,
        Command::TestInfra(args) => test_infra::run(ctx, args).await,
        Command::TestApi(args) => test_api::run(ctx, args).await,
        Command::TestE2e(args) => test_e2e::run(ctx, args).await,
        Command::TestAll(args) => test_all::run(ctx, args).await,
        Command::Eval(command) => eval::run(ctx, command).await,
        Command::Secrets(command) => secrets::run(ctx, command).await,
        Command::Db(command) => db::run(ctx, command).await,
        Command::Images(command) => images::run(ctx, command).await,
        Command::Import(command) => import::run(ctx, command).await,
        Command::Logs(args) => logs::run(ctx, args).await,
        Command::Metrics(args) => metrics::run(ctx, args).await,
        Command::CiFiles(args) => ci_files::run(ctx, args).await,
        Command::Clean(args) => clean::run(ctx, args).await,
        Command::Completions(args) => completions::run(ctx, args).await,
        Command::Man(args) => man::run(ctx, args).await,
        Command::Unlock(args) => unlock::run(ctx, args).await,
    }
}
