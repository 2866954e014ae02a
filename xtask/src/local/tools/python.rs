//! The machine's Python: it runs pip and the emulator.

use std::ffi::OsStr;
use std::path::{Path, PathBuf};

use crate::error::{Error, Result};

/// The oldest version that the emulator runs on.
pub(crate) const OLDEST: (u32, u32) = (3, 10);

/// A Python interpreter.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Python {
    /// The program.
    pub(crate) program: PathBuf,
    /// Its major and minor version.
    pub(crate) version: (u32, u32),
}

impl Python {
    /// The `python3` of the `PATH`, or the newest `python3.N` when that one is too old.
    pub(crate) async fn find() -> Result<Self> {
        let mut found = Vec::new();
        let newer = (OLDEST.1..30).rev().map(|minor| format!("python3.{minor}"));
        for name in std::iter::once("python3".to_owned()).chain(newer) {
            match Self::at(Path::new(&name)).await {
                Some(python) if python.version >= OLDEST => return Ok(python),
                Some(python) => found.push(format!("{name} is {}", python.dotted())),
                None => {}
            }
        }
        let seen = if found.is_empty() {
            "none was found".to_owned()
        } else {
            found.join(", ")
        };
        Err(Error::machine(format!(
            "Python {}.{} or newer is needed: {seen}",
            OLDEST.0, OLDEST.1
        ))
        .hint("`cargo xtask doctor` names the command that installs it"))
    }

    /// The interpreter at a path, if it runs.
    pub(crate) async fn at(program: &Path) -> Option<Self> {
        let script = "import sys; print(sys.version_info[0], sys.version_info[1])";
        let text = output(program, ["-I", "-c", script]).await?;
        let mut numbers = text
            .split_whitespace()
            .filter_map(|number| number.parse().ok());
        let version = (numbers.next()?, numbers.next()?);
        Some(Self {
            program: program.to_owned(),
            version,
        })
    }

    /// Whether a module can be imported.
    pub(crate) async fn has(&self, module: &str) -> bool {
        output(&self.program, ["-c", &format!("import {module}")])
            .await
            .is_some()
    }

    /// The version as people write it.
    pub(crate) fn dotted(&self) -> String {
        format!("{}.{}", self.version.0, self.version.1)
    }
}

async fn output<S: AsRef<OsStr>>(
    program: &Path,
    arguments: impl IntoIterator<Item = S>,
) -> Option<String> {
    let mut command = tokio::process::Command::new(program);
    command
        .args(arguments)
        .stdin(std::process::Stdio::null())
        .kill_on_drop(true);
    let output = command
        .output()
        .await
        .ok()
        .filter(|output| output.status.success())?;
    String::from_utf8(output.stdout).ok()
}
