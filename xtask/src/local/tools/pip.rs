//! Fetching through pip, so that whatever index, proxy or certificate is configured for pip holds.
//! A pinned pip does the work: it counts bytes for programs and resumes a connection that broke.

use std::ffi::OsString;
use std::path::{Path, PathBuf};
use std::process::Stdio;

use tokio::io::{AsyncBufReadExt as _, AsyncRead, BufReader};
use tokio::process::Command;

use super::manifest::{Tool, Wheel};
use super::python::Python;
use crate::error::{Doing as _, Error, Kind, Result};
use crate::event::{Step, Unit};
use crate::local::process::last_lines;

/// A pip to run.
#[derive(Clone, Debug)]
pub(super) struct Pip {
    python: Python,
    /// Where the pinned pip lies; without it, the machine's own runs.
    home: Option<PathBuf>,
}

impl Pip {
    /// The pip of the machine, used once: to fetch the pinned one.
    pub(super) fn of_machine(python: Python) -> Self {
        Self { python, home: None }
    }

    /// The pinned pip.
    pub(super) fn pinned(python: Python, home: PathBuf) -> Self {
        Self {
            python,
            home: Some(home),
        }
    }

    /// Downloads one wheel into a folder.
    pub(super) async fn download(
        &self,
        tool: &Tool,
        wheel: &Wheel,
        folder: &Path,
        step: &Step,
    ) -> Result<PathBuf> {
        let mut arguments: Vec<OsString> =
            ["download", "--no-deps", "--only-binary", ":all:", "--dest"]
                .map(Into::into)
                .to_vec();
        arguments.push(folder.into());
        arguments.extend(wheel.pip_options().into_iter().map(OsString::from));
        arguments.push(format!("{}=={}", tool.name, tool.version).into());
        let what = format!("download {} {}", tool.name, tool.version);
        self.run(&arguments, &what, Some(wheel.size), step).await?;
        let file = folder.join(&wheel.file);
        if file.is_file() {
            return Ok(file);
        }
        Err(Error::failed(format!(
            "could not {what}: pip did not bring {}",
            wheel.file
        ))
        .hint("the index configured for pip may not hold that file"))
    }

    /// Installs a requirements file, every file of it checked by hash, into another environment.
    pub(super) async fn install(
        &self,
        requirements: &Path,
        environment: &Path,
        step: &Step,
    ) -> Result<()> {
        let mut arguments: Vec<OsString> = vec!["--python".into()];
        arguments.push(environment.join("bin/python").into());
        arguments.extend(
            [
                "install",
                "--require-hashes",
                "--only-binary",
                ":all:",
                "-r",
            ]
            .map(Into::into),
        );
        arguments.push(requirements.into());
        let what = format!("install what {} names", requirements.display());
        self.run(&arguments, &what, None, step).await
    }

    async fn run(
        &self,
        arguments: &[OsString],
        what: &str,
        total: Option<u64>,
        step: &Step,
    ) -> Result<()> {
        let mut command = Command::new(&self.python.program);
        command.args([
            "-m",
            "pip",
            "--no-input",
            "--disable-pip-version-check",
            "--no-color",
        ]);
        command.args(arguments);
        if let Some(home) = &self.home {
            // Only the pinned one counts bytes for programs.
            command
                .args(["--progress-bar", "raw"])
                .env("PYTHONPATH", home);
        }
        // A user's settings for where packages go are for their own packages.
        command
            .env("PIP_USER", "0")
            .env("PIP_REQUIRE_VIRTUALENV", "0");
        command
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped());
        let mut child = command
            .kill_on_drop(true)
            .spawn()
            .doing_as(Kind::Machine, "start python3 -m pip")?;
        let count = count(child.stdout.take(), total, step);
        let (errors, ()) = tokio::join!(text(child.stderr.take()), count);
        let status = child.wait().await.doing(what)?;
        if status.success() {
            Ok(())
        } else {
            Err(failure(what, &errors))
        }
    }
}

/// Passes `Progress <done> of <size>` on; files come one after the other.
async fn count(stdout: Option<impl AsyncRead + Unpin>, total: Option<u64>, step: &Step) {
    let Some(stdout) = stdout else { return };
    let mut lines = BufReader::new(stdout).lines();
    let (mut before, mut current) = (0, 0);
    while let Ok(Some(line)) = lines.next_line().await {
        let Some((done, _size)) = parse_progress(&line) else {
            continue;
        };
        if done < current {
            before += current;
        }
        current = done;
        step.progress(before + current, total, Unit::Bytes);
    }
}

fn parse_progress(line: &str) -> Option<(u64, u64)> {
    let (done, size) = line.trim().strip_prefix("Progress ")?.split_once(" of ")?;
    Some((done.parse().ok()?, size.parse().unwrap_or(0)))
}

async fn text(stream: Option<impl AsyncRead + Unpin>) -> String {
    let mut text = String::new();
    let Some(stream) = stream else { return text };
    let mut lines = BufReader::new(stream).lines();
    while let Ok(Some(line)) = lines.next_line().await {
        text.push_str(&line);
        text.push('\n');
    }
    text
}

fn failure(what: &str, errors: &str) -> Error {
    let error = Error::machine(format!("could not {what}"))
        .because(anyhow::anyhow!("pip said:\n{}", last_lines(errors, 3)));
    if errors.contains("No module named pip") {
        return error.hint("`cargo xtask doctor` names the command that installs pip");
    }
    if errors.contains("No space left on device") {
        return error.hint("the disk is full: free some space and try again");
    }
    error.hint("check the network and `pip config list`; files that came whole are kept")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn progress_lines_are_understood_and_others_are_not() {
        assert_eq!(
            parse_progress("Progress 262144 of 24704024"),
            Some((262_144, 24_704_024))
        );
        assert_eq!(parse_progress("Progress 5 of None"), Some((5, 0)));
        assert_eq!(parse_progress("Saved ./x.whl"), None);
    }

    #[test]
    fn a_failure_says_what_pip_said_and_what_next() {
        let error = failure("download x 1", "ERROR: No module named pip\n");
        assert!(error.to_string().contains("No module named pip"));
        assert!(error.hints()[0].contains("doctor"));
    }
}
