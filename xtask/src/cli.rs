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

#[cfg(test)]
mod tests {
    use clap::{Command, CommandFactory as _};

    use super::Cli;

    /// Commands whose help nobody has reviewed yet; `INSTA_UPDATE=always` writes it.
    const NOT_REVIEWED: [&str; 2] = ["history", "queues"];

    /// One file per command: a new command brings its own.
    #[test]
    fn the_help_of_every_command_is_as_it_was_reviewed() {
        let mut all = Cli::command().term_width(100);
        all.build();
        let mut settings = insta::Settings::clone_current();
        settings.set_snapshot_path("snapshots/help");
        settings.set_prepend_module_to_snapshot(false);
        settings.set_omit_expression(true);
        settings.bind(|| check("xtask", all));
    }

    fn check(name: &str, mut command: Command) {
        insta::assert_snapshot!(name, command.render_long_help());
        for inner in command.get_subcommands() {
            if inner.get_name() != "help" && !NOT_REVIEWED.contains(&inner.get_name()) {
                check(&format!("{name}-{}", inner.get_name()), inner.clone());
            }
        }
    }
}
