//! The command table: global options and every command by name.

use std::path::PathBuf;

use clap::{Parser, ValueEnum};

use crate::commands::Command;

/// Takes the app from source to a verified, running system.
#[derive(Parser)]
#[command(
    name = "cargo xtask",
    bin_name = "cargo xtask",
    version,
    about,
    max_term_width = 100
)]
pub struct Cli {
    /// Options that every command takes.
    #[command(flatten)]
    pub global: Global,
    /// What to do.
    #[command(subcommand)]
    pub command: Command,
}

/// Options that every command takes.
#[derive(clap::Args)]
pub struct Global {
    /// How results and progress are written
    #[arg(long, global = true, value_enum, default_value_t = Output::Text)]
    pub output: Output,
    /// More detail on stderr
    #[arg(long, short, global = true)]
    pub verbose: bool,
    /// The project's folder, when it is not at or above the current one
    #[arg(long, global = true, value_name = "DIR")]
    pub root: Option<PathBuf>,
}

/// How results and progress are written.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum Output {
    /// Words for people
    Text,
    /// The result as JSON on stdout, events as JSON lines on stderr
    Json,
}
