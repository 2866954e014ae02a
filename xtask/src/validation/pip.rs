//! Tools that come as Python packages: each in an environment of its own, at a pinned version.

use std::path::{Path, PathBuf};

use tokio::process::Command;

use crate::error::{Doing as _, Error, Kind, Result};
use crate::event::Events;

/// Installs a package unless it is there; gives the program of the same name.
pub(super) async fn install(
    package: &str,
    version: &str,
    tools: &Path,
    events: &Events,
) -> Result<PathBuf> {
    let folder = tools.join(format!("{package}-{version}"));
    let program = folder.join("bin").join(package);
    // pip writes the program last.
    if program.is_file() {
        return Ok(program);
    }
    let step = events.start(format!("install {package}"));
    let venv = ["-m", "venv", "--clear"];
    run(
        Command::new("python3").args(venv).arg(&folder),
        "make a Python environment",
    )
    .await?;
    let python = folder.join("bin/python");
    let exact = format!("{package}=={version}");
    let pip = [
        "-m",
        "pip",
        "install",
        "--quiet",
        "--disable-pip-version-check",
        &exact,
    ];
    let what = format!("install {package}");
    run(Command::new(python).args(pip), &what).await?;
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
