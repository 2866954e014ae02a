//! `completions`: a script that completes `cargo xtask` in a shell.

use std::fmt;

use clap::CommandFactory as _;
use clap_complete::Shell;
use serde::Serialize;

use crate::cli::Cli;
use crate::context::Context;
use crate::error::{Error, Result};
use crate::report::Outcome;

/// What the script completes: the shell sees `cargo`, so the tool goes by a name of its own.
const NAME: &str = "xtask";

/// Options of `completions`.
#[derive(clap::Args)]
pub struct Args {
    /// The shell
    #[arg(value_enum)]
    shell: Shell,
}

#[derive(Serialize)]
#[serde(transparent)]
struct Script(String);

/// Prints the script; the README says where it goes.
pub(super) async fn run(_ctx: &Context, args: Args) -> Result<Outcome> {
    let mut command = Cli::command().bin_name(NAME);
    let mut script = Vec::new();
    clap_complete::generate(args.shell, &mut command, NAME, &mut script);
    let script = String::from_utf8(script)
        .map_err(|error| Error::failed("the script is not text").because(error))?;
    Outcome::of(&Script(script))
}

impl fmt::Display for Script {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

#[cfg(test)]
mod tests {
    use clap::{CommandFactory as _, ValueEnum as _};
    use clap_complete::Shell;

    use super::{Cli, NAME};

    #[test]
    fn every_shell_gets_every_command() {
        let commands = Cli::command();
        for shell in Shell::value_variants() {
            let mut script = Vec::new();
            let mut command = Cli::command().bin_name(NAME);
            clap_complete::generate(*shell, &mut command, NAME, &mut script);
            let script = String::from_utf8_lossy(&script);
            for command in commands
                .get_subcommands()
                .filter(|command| !command.is_hide_set())
            {
                assert!(
                    script.contains(command.get_name()),
                    "{shell} lacks {command}"
                );
            }
        }
    }
}
