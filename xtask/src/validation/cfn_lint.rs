//! cfn-lint, the community's linter: a second opinion on every template, for the tests.

use std::path::{Path, PathBuf};

use tokio::process::Command;

use crate::error::{Doing as _, Error, Kind, Result};
use crate::event::Events;

/// Tells the tests where it is.
pub const VARIABLE: &str = "COLLECTIONS_CFN_LINT";

const VERSION: &str = "1.58.0";

/// Installs it into an environment of its own, if it is not there yet; gives the program.
pub async fn install(tools: &Path, events: &Events) -> Result<PathBuf> {
    let folder = tools.join(format!("cfn-lint-{VERSION}"));
    let program = folder.join("bin/cfn-lint");
    // pip writes the program last.
    if program.is_file() {
        return Ok(program);
    }
    let step = events.start("install cfn-lint");
    let venv = ["-m", "venv", "--clear"];
    run(
        Command::new("python3").args(venv).arg(&folder),
        "make a Python environment",
    )
    .await?;
    let python = folder.join("bin/python");
    let package = format!("cfn-lint=={VERSION}");
    let pip = [
        "-m",
        "pip",
        "install",
        "--quiet",
        "--disable-pip-version-check",
        &package,
    ];
    run(Command::new(python).args(pip), "install cfn-lint").await?;
    step.finish();
    Ok(program)
}

async fn run(command: &mut Command, what: &str) -> Result<()> {
    let output = command
        .kill_on_drop(true)
        .output()
        .await
        .doing_as(Kind::Machine, what)?;
    if output.status.success() {
        return Ok(());
    }
    let said = String::from_utf8_lossy(&output.stderr);
    let last = said
        .trim()
        .lines()
        .last()
        .unwrap_or("it said nothing")
        .to_owned();
    Err(Error::machine(format!("could not {what}: {last}"))
        .hint("cargo xtask doctor says what this machine lacks"))
}
