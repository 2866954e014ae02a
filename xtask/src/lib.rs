//! Builds, deploys, checks and operates the app. `docs/ARCHITECTURE.md` draws the floors.

pub mod artifacts;
pub mod ask;
pub mod checks;
pub mod cli;
pub mod cloud;
pub mod codegen;
pub mod commands;
pub mod context;
pub mod database;
pub mod dataset;
pub mod dotenv;
pub mod engine;
pub mod environments;
pub mod error;
pub mod evaluation;
pub mod event;
pub mod legacy;
pub mod local;
pub mod machine;
pub mod report;
pub mod secret;
pub mod tidy;
pub mod ui;
pub mod validation;
pub mod workspace;

use std::ffi::OsString;
use std::process::ExitCode;

use clap::Parser;

use crate::cli::Cli;
use crate::error::Error;
use crate::ui::Ui;

/// Parse, run, print, and turn the result into an exit code.
pub fn main(args: impl IntoIterator<Item = OsString>) -> ExitCode {
    let cli = match Cli::try_parse_from(args) {
        Ok(cli) => cli,
        Err(error) => return ui::usage(&error),
    };
    let ui = Ui::new(&cli.global);
    let answers = cli.command.answers();
    let outcome = start(cli, &ui);
    ui.finish(match answers {
        true => outcome.map_err(Error::no_answer),
        false => outcome,
    })
}

fn start(cli: Cli, ui: &Ui) -> Result<report::Outcome, Error> {
    // aws-lc-rs everywhere: a second TLS provider in the process panics at the first handshake.
    let _already_installed = rustls::crypto::aws_lc_rs::default_provider().install_default();
    let context = context::Context::new(&cli.global, ui.events(), ui.ask())?;
    let runtime = tokio::runtime::Builder::new_multi_thread()
        .enable_all()
        .build()
        .map_err(|source| Error::machine("start the async runtime").because(source))?;
    let outcome = runtime.block_on(commands::run(&context, cli.command));
    // A command may leave blocking work behind after Ctrl-C; the process does not wait for it.
    runtime.shutdown_background();
    outcome
}
