//! Generated code goes through rustfmt, so that `cargo fmt` finds nothing to do in it.

use std::io::Write as _;
use std::process::{Command, Stdio};

use crate::error::{Doing as _, Error, Result};

/// The text as rustfmt writes it.
pub(super) fn rustfmt(text: &str) -> Result<String> {
    let mut child = Command::new("rustfmt")
        .args(["--edition", "2024", "--emit", "stdout"])
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .map_err(|source| {
            Error::machine("could not start rustfmt")
                .because(source)
                .hint("install it: rustup component add rustfmt")
        })?;
    // Dropped at the end of the statement, which closes the pipe and lets rustfmt begin.
    child
        .stdin
        .take()
        .ok_or_else(|| Error::failed("rustfmt takes no input"))?
        .write_all(text.as_bytes())
        .doing("hand the generated code to rustfmt")?;
    let output = child.wait_with_output().doing("wait for rustfmt")?;
    if !output.status.success() {
        let said = String::from_utf8_lossy(&output.stderr).trim().to_owned();
        return Err(Error::failed(format!(
            "the generated code is no Rust: {said}"
        )));
    }
    String::from_utf8(output.stdout).doing("read what rustfmt wrote")
}
