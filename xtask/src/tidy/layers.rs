//! Which crate may depend on which. The arrows are those of docs/ARCHITECTURE.md.

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;
use std::process::Command;

use serde::Deserialize;

use crate::error::{Doing as _, Error, Result};

/// Every arrow that may exist; `testkit` is for tests and not listed.
const ARROWS: &[(&str, &[&str])] = &[
    ("xtask", &["stack", "collections-core", "contract"]),
    ("stack", &["contract"]),
    ("collections-core", &["contract"]),
    ("api", &["collections-core", "contract"]),
    ("image-processor", &["collections-core", "contract"]),
    ("analyzer", &["collections-core", "contract"]),
    ("embedder", &["collections-core", "contract"]),
    ("cleanup", &["collections-core", "contract"]),
    ("ops", &["collections-core", "contract"]),
    ("contract", &[]),
    ("testkit", &["contract"]),
    ("local-models", &[]),
];

/// Crates that do IO; `stack` must not have any, not even through another crate of ours.
const IO: &[&str] = &["tokio", "reqwest", "sqlx", "hyper", "aws-config", "bollard"];

/// The workspace as cargo sees it.
#[derive(Deserialize)]
pub(super) struct Workspace {
    packages: Vec<Package>,
}

/// One of our crates.
#[derive(Deserialize)]
pub(super) struct Package {
    pub(super) name: String,
    pub(super) dependencies: Vec<Dependency>,
}

/// What a crate depends on.
#[derive(Deserialize)]
pub(super) struct Dependency {
    pub(super) name: String,
    pub(super) rename: Option<String>,
    pub(super) kind: Option<String>,
    pub(super) path: Option<String>,
}

impl Workspace {
    /// Asks cargo.
    pub(super) fn read(root: &Path) -> Result<Self> {
        let output = Command::new(std::env::var_os("CARGO").unwrap_or_else(|| "cargo".into()))
            .args(["metadata", "--format-version", "1", "--no-deps"])
            .current_dir(root)
            .output()
            .doing("ask cargo for the workspace")?;
        if !output.status.success() {
            let said = String::from_utf8_lossy(&output.stderr).trim().to_owned();
            return Err(Error::input(format!("cargo metadata: {said}")));
        }
        serde_json::from_slice(&output.stdout).doing("read what cargo says of the workspace")
    }

    /// Our crates.
    pub(super) fn packages(&self) -> &[Package] {
        &self.packages
    }

    /// Arrows that may not exist.
    pub(super) fn forbidden_arrows(&self) -> Vec<String> {
        let allowed: BTreeMap<&str, &[&str]> = ARROWS.iter().copied().collect();
        let ours: BTreeSet<&str> = self
            .packages
            .iter()
            .map(|package| package.name.as_str())
            .collect();
        let mut problems = Vec::new();
        for package in &self.packages {
            let Some(allowed) = allowed.get(package.name.as_str()) else {
                problems.push(format!(
                    "{}: a crate without a place in the house",
                    package.name
                ));
                continue;
            };
            let normal = package.dependencies.iter().filter(|d| d.kind.is_none());
            for dependency in normal.filter(|d| d.path.is_some() || ours.contains(d.name.as_str()))
            {
                if !allowed.contains(&dependency.name.as_str()) {
                    problems.push(format!(
                        "{} must not depend on {}",
                        package.name, dependency.name
                    ));
                }
            }
            if matches!(package.name.as_str(), "stack" | "contract") {
                let io = package
                    .dependencies
                    .iter()
                    .filter(|d| IO.contains(&d.name.as_str()));
                problems
                    .extend(io.map(|d| format!("{} is pure: {} does IO", package.name, d.name)));
            }
        }
        problems
    }
}
