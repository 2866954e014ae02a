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
#[allow(clippy::unwrap_used)]
mod tests {
    use std::path::Path;

    use clap::{Command, CommandFactory as _, Parser as _};

    use super::Cli;

    /// The pages that people read: every one that git knows or would add.
    fn pages(root: &Path) -> Vec<String> {
        let pages = crate::tidy::sources::listed(root, "*.md").unwrap();
        for page in [
            "README.md",
            "docs/recipes/measure-search.md",
            "templates/README.md",
        ] {
            assert!(pages.iter().any(|known| known == page), "{page} is no page");
        }
        pages
    }

    #[test]
    fn a_plan_is_written_or_stacks_are_freed_but_not_both() {
        let parse = |more: &[&str]| {
            let args = ["xtask", "deploy", "--env", "dev"];
            Cli::try_parse_from(args.iter().chain(more)).map(drop)
        };
        let both = parse(&["--plan-out", "plan.json", "--continue-rollback"]);
        let kind = both.unwrap_err().kind();
        assert_eq!(kind, clap::error::ErrorKind::ArgumentConflict);
        parse(&["--continue-rollback", "--from", "compute"]).unwrap();
    }

    /// What follows `cargo xtask` in a text: the names of a command, and its options.
    fn commands(text: &str) -> Vec<Vec<&str>> {
        let after = text.split("cargo xtask ").skip(1);
        let word =
            |word: &&str| word.starts_with(|sign: char| sign.is_ascii_lowercase() || sign == '-');
        after
            .map(|rest| {
                let end = rest
                    .find(['`', '\n', '#', ',', ')', '"'])
                    .unwrap_or(rest.len());
                rest[..end].split_whitespace().take_while(word).collect()
            })
            .collect()
    }

    #[test]
    fn every_command_in_the_pages_is_there_with_its_options() {
        let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("..");
        let mut seen = 0;
        for page in pages(&root) {
            // A page that git still knows but that is gone says nothing.
            let text = std::fs::read_to_string(root.join(&page)).unwrap_or_default();
            for words in commands(&text) {
                let mut command = Cli::command();
                command.build();
                for word in words {
                    if let Some(name) = word.strip_prefix("--") {
                        let name = name.split(['=', '.', ':', ';']).next().unwrap();
                        let known = ["help", "output", "verbose", "root"];
                        let has = command
                            .get_arguments()
                            .any(|one| one.get_long() == Some(name));
                        assert!(
                            has || known.contains(&name),
                            "{page}: {} has no --{name}",
                            command.get_name()
                        );
                    } else if command.has_subcommands() {
                        let inner = command.find_subcommand(word).cloned();
                        command =
                            inner.unwrap_or_else(|| panic!("{page}: there is no command {word}"));
                        seen += 1;
                    }
                }
            }
        }
        assert!(seen > 50, "only {seen} commands were found");
    }

    /// The targets of the Makefile that this tool stands in for.
    const TARGETS: &[&str] = &[
        "infra-bootstrap",
        "infra-diff",
        "infra-deploy",
        "infra-destroy",
        "secrets-populate",
        "secrets-export",
        "db-connect",
        "db-migrate",
        "db-seed-golden",
        "db-seed-full",
        "db-reset",
        "lambda-deploy-api",
        "lambda-deploy-all",
        "lambda-logs",
        "cognito-create-user",
        "cognito-get-token",
        "s3-upload-images",
        "s3-download-images",
        "test-infra",
        "test-api",
        "test-e2e",
        "test-all",
        "eval-aws",
        "eval-compare",
        "migrate-db",
        "migrate-images",
        "migrate-validate",
        "status",
        "clean",
        "help",
    ];

    #[test]
    fn every_old_target_stands_beside_its_command() {
        let readme = include_str!("../../README.md");
        for target in TARGETS {
            let rows = readme.lines().filter(|line| {
                let was = line.strip_prefix("| `make ").unwrap_or_default();
                was.split(['`', ' ']).next() == Some(target)
            });
            let rows: Vec<&str> = rows.collect();
            assert_eq!(rows.len(), 1, "{target}: {rows:#?}");
            assert!(rows[0].contains("| `cargo xtask "), "{}", rows[0]);
        }
    }

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
            if inner.get_name() != "help" {
                check(&format!("{name}-{}", inner.get_name()), inner.clone());
            }
        }
    }
}
