//! Remembers which templates passed, so that a deploy without changes need not check them again.

use std::path::{Path, PathBuf};

use sha2::{Digest as _, Sha256};
use stack::app::App;
use stack::environment::Environment;

use crate::error::{Doing as _, Result};

/// A note that exactly these templates passed exactly this tool's checks.
pub(super) struct Stamp(PathBuf);

impl Stamp {
    /// The note for an app, whether it is there or not.
    pub(super) fn of(app: &App, environment: &Environment, folder: &Path) -> Self {
        let mut hash = Sha256::new();
        // Another build of the tool may bring other rules.
        let tool = std::env::current_exe().and_then(std::fs::metadata);
        let built = tool.and_then(|data| data.modified()).ok();
        hash.update(format!("{built:?} {environment:?}"));
        for stack in &app.stacks {
            hash.update(&stack.name);
            hash.update(stack.template.to_string());
        }
        Self(folder.join(format!(
            "{}-{}",
            environment.name,
            hex::encode(hash.finalize())
        )))
    }

    pub(super) fn is_there(&self) -> bool {
        self.0.is_file()
    }

    pub(super) fn leave(&self) -> Result<()> {
        let folder = self.0.parent().unwrap_or(&self.0);
        std::fs::create_dir_all(folder).doing(format!("create {}", folder.display()))?;
        std::fs::write(&self.0, []).doing(format!("write {}", self.0.display()))
    }
}
