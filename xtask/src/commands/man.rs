//! `man`: a man page for the tool and one for each command.

use std::fmt;
use std::path::{Path, PathBuf};

use clap::CommandFactory as _;
use serde::Serialize;

use crate::cli::Cli;
use crate::context::Context;
use crate::error::{Doing as _, Kind, Result};
use crate::report::Outcome;

/// Options of `man`.
#[derive(clap::Args)]
pub struct Args {
    /// The folder the pages go to
    #[arg(long, value_name = "DIR")]
    out: PathBuf,
}

#[derive(Serialize)]
struct Pages {
    folder: String,
    pages: Vec<String>,
}

/// Writes the pages.
pub(super) async fn run(_ctx: &Context, args: Args) -> Result<Outcome> {
    let what = || format!("write man pages into {}", args.out.display());
    std::fs::create_dir_all(&args.out).doing_as(Kind::Input, what())?;
    let mut command = Cli::command().name("cargo-xtask").bin_name("cargo xtask");
    command.build();
    let mut pages = Vec::new();
    page(&command, "cargo-xtask", &args.out, &mut pages).doing_as(Kind::Input, what())?;
    Outcome::of(&Pages {
        folder: args.out.display().to_string(),
        pages,
    })
}

fn page(
    command: &clap::Command,
    name: &str,
    folder: &Path,
    pages: &mut Vec<String>,
) -> std::io::Result<()> {
    let file = format!("{name}.1");
    let mut text = Vec::new();
    let title = name.to_uppercase();
    // clap keeps names for as long as the program runs; there are some fifty.
    let named: &'static str = Box::leak(name.to_owned().into_boxed_str());
    clap_mangen::Man::new(command.clone().name(named))
        .title(title)
        .render(&mut text)?;
    std::fs::write(folder.join(&file), text)?;
    pages.push(file);
    let commands = command.get_subcommands();
    let commands = commands.filter(|one| !one.is_hide_set() && one.get_name() != "help");
    for inner in commands {
        page(
            inner,
            &format!("{name}-{}", inner.get_name()),
            folder,
            pages,
        )?;
    }
    Ok(())
}

impl fmt::Display for Pages {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (folder, pages) = (&self.folder, self.pages.len());
        writeln!(
            f,
            "{pages} pages in {folder}: man -l {folder}/cargo-xtask.1"
        )
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use clap::CommandFactory as _;

    use super::{Cli, page};

    #[test]
    fn every_command_has_a_page_with_its_options() {
        let folder = tempfile::tempdir().unwrap();
        let mut command = Cli::command().name("cargo-xtask");
        command.build();
        let mut pages = Vec::new();
        page(&command, "cargo-xtask", folder.path(), &mut pages).unwrap();
        let read = |name: &str| std::fs::read_to_string(folder.path().join(name)).unwrap();
        assert!(
            pages.contains(&"cargo-xtask-deploy.1".to_owned()),
            "{pages:?}"
        );
        assert!(read("cargo-xtask-secrets-populate.1").contains("prune"));
        assert!(read("cargo-xtask.1").contains("cargo\\-xtask"));
    }
}
