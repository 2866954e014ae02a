//! A database behind the functions, and what their code does to its schema.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::json;

use super::world::{FakeFunction, World};
use crate::cloud::functions::{Answer, FunctionVersion, LATEST};

#[derive(Default)]
pub(crate) struct Database {
    /// The migrations that are applied.
    pub(crate) applied: Vec<String>,
    /// Those that code carries, by the hash of the code.
    pub(crate) carried: BTreeMap<String, Vec<String>>,
    /// Those that fail.
    pub(crate) broken: BTreeSet<String>,
}

impl FakeFunction {
    /// The hash of the code at an alias, a version or `LATEST`.
    pub(super) fn code_at(&self, at: &str) -> Option<String> {
        if at == LATEST {
            return Some(self.code_sha256.clone());
        }
        let version = self.aliases.get(at).map_or(at, String::as_str);
        let mut versions = self.versions.iter();
        let known = versions.find(|(known, _)| known.version == version);
        known.map(|(known, _)| known.code_sha256.clone())
    }

    pub(super) fn latest(&self) -> Option<FunctionVersion> {
        Some(FunctionVersion {
            version: LATEST.to_owned(),
            revision: String::new(),
            code_sha256: self.code_sha256.clone(),
        })
    }
}

impl World {
    /// What code at this hash does when it is asked to migrate.
    pub(super) fn migrate(&mut self, code: &str, dry_run: bool) -> Answer {
        let carried = self.database.carried.get(code).cloned();
        let mut pending = carried.unwrap_or_default();
        pending.retain(|migration| !self.database.applied.contains(migration));
        if dry_run {
            return Answer::Value(json!({ "applied": pending }));
        }
        for migration in &pending {
            if self.database.broken.contains(migration) {
                return Answer::Failed(format!("{migration} does not apply"));
            }
            self.database.applied.push(migration.clone());
            self.history.push(format!("migrated {migration}"));
        }
        Answer::Value(json!({ "applied": pending }))
    }
}
