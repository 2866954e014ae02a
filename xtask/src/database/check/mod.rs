//! What a migration may do to a database that is in use: a table of rules, each with its reason.
//! A statement that is meant says so above itself: `-- allow <rule>: why`.

mod accepted;
mod file;
mod rules;

#[cfg(test)]
mod tests;

use std::fmt;
use std::path::Path;

use serde::Serialize;

pub use self::file::MigrationFile;
pub use self::rules::{RULES, Rule};

use crate::error::{Doing as _, Error, Kind, Result};

/// A statement that breaks a rule.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Finding {
    /// The file.
    pub file: String,
    /// The line the statement begins in.
    pub line: u64,
    /// The rule.
    pub rule: &'static str,
    /// What was found.
    pub found: String,
    /// What to do instead.
    pub instead: &'static str,
}

/// Every finding in the files of a folder.
pub fn check_folder(folder: &Path) -> Result<Vec<Finding>> {
    let files = files(folder)?;
    Ok(files.iter().flat_map(check).collect())
}

/// The migrations of a folder, in order.
pub fn files(folder: &Path) -> Result<Vec<MigrationFile>> {
    let what = || format!("read {}", folder.display());
    let entries = std::fs::read_dir(folder).doing_as(Kind::Input, what())?;
    let mut paths: Vec<_> = entries.flatten().map(|entry| entry.path()).collect();
    paths.retain(|path| path.extension().is_some_and(|ending| ending == "sql"));
    paths.sort();
    let read = paths.iter().map(|path| {
        let name = path.file_name().unwrap_or_default().to_string_lossy();
        let text = std::fs::read_to_string(path).doing_as(Kind::Input, format!("read {name}"))?;
        MigrationFile::parse(&name, &text)
    });
    read.collect()
}

/// Every finding in one file.
pub fn check(file: &MigrationFile) -> Vec<Finding> {
    let mut findings = Vec::new();
    for statement in &file.statements {
        for rule in RULES {
            let Some(found) = (rule.check)(file, statement) else {
                continue;
            };
            if !statement.allows(rule.id) && !accepted::covers(&file.name, rule.id) {
                findings.push(Finding {
                    file: file.name.clone(),
                    line: statement.line,
                    rule: rule.id,
                    found,
                    instead: rule.instead,
                });
            }
        }
    }
    findings
}

/// Refuses findings, all of them at once.
pub fn refuse(findings: &[Finding]) -> Result<()> {
    if findings.is_empty() {
        return Ok(());
    }
    let lines: Vec<String> = findings.iter().map(ToString::to_string).collect();
    Err(Error::input(format!(
        "migrations would endanger a database in use:\n{}",
        lines.join("\n")
    ))
    .hint("if a statement is meant, say so above it: -- allow <rule>: why"))
}

impl fmt::Display for Finding {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self {
            file,
            line,
            rule,
            found,
            instead,
        } = self;
        write!(f, "{file}:{line}: {rule}: {found}; instead: {instead}")
    }
}
