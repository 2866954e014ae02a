//! Every Rust file of ours, and what must hold of each.

use std::path::Path;
use std::process::Command;

use crate::error::{Doing as _, Error, Result};

/// A Rust file.
pub(super) struct Source {
    /// Below the root, with forward slashes.
    pub(super) path: String,
    pub(super) text: String,
}

/// What printing looks like. Only the ui may, and the helpers that are programs of their own.
const PRINTING: [&str; 5] = [
    "println!",
    "eprintln!",
    "print!(",
    "io::stdout()",
    "io::stderr()",
];

/// Every Rust file that git knows or would add.
pub(super) fn all(root: &Path) -> Result<Vec<Source>> {
    let mut sources = Vec::new();
    for path in listed(root, "*.rs")? {
        // A file that git still knows but that is gone has nothing to be checked.
        if let Ok(text) = std::fs::read_to_string(root.join(&path)) {
            sources.push(Source { path, text });
        }
    }
    Ok(sources)
}

/// The paths below the root, of such a form, that git knows or would add.
pub(crate) fn listed(root: &Path, form: &str) -> Result<Vec<String>> {
    let output = Command::new("git")
        .args([
            "ls-files",
            "--cached",
            "--others",
            "--exclude-standard",
            "-z",
            "--",
            form,
        ])
        .current_dir(root)
        .output()
        .doing("list the files with git")?;
    if !output.status.success() {
        let said = String::from_utf8_lossy(&output.stderr).trim().to_owned();
        return Err(Error::machine(format!(
            "git could not list the files: {said}"
        )));
    }
    let names = String::from_utf8_lossy(&output.stdout);
    let names = names.split('\0').filter(|path| !path.is_empty());
    Ok(names.map(str::to_owned).collect())
}

/// Files without a purpose line, and printing outside the ui.
pub(super) fn problems(sources: &[Source]) -> Vec<String> {
    let mut problems = Vec::new();
    for source in sources {
        let refused_sample = source.path.contains("/refused/");
        if !source.text.starts_with("//!") && !refused_sample {
            problems.push(format!(
                "{}: begin with a //! line that says what it is for",
                source.path
            ));
        }
        let tool = source.path.starts_with("xtask/src/");
        if tool && !source.path.starts_with("xtask/src/ui/") && source.path != file!() {
            for (line, number) in source.text.lines().zip(1u32..) {
                if let Some(form) = PRINTING.iter().find(|form| line.contains(**form)) {
                    let path = &source.path;
                    problems.push(format!("{path}:{number}: {form} outside ui; emit an event"));
                }
            }
        }
    }
    problems
}
