//! What every command gets: where the project is, where events go, whom to ask.

use std::path::{Path, PathBuf};
use std::sync::Arc;

use crate::ask::Ask;
use crate::cli::Global;
use crate::error::Result;
use crate::event::Events;
use crate::workspace;

/// Passed first to every command. It holds no state of a command.
pub struct Context {
    root: PathBuf,
    events: Events,
    ask: Arc<dyn Ask>,
}

impl Context {
    /// Finds the project root above the current directory.
    pub fn new(global: &Global, events: Events, ask: Arc<dyn Ask>) -> Result<Self> {
        let root = match &global.root {
            Some(root) => root.clone(),
            None => workspace::find_root()?,
        };
        Ok(Self { root, events, ask })
    }

    /// The same with events that go elsewhere.
    #[must_use]
    pub fn with_events(&self, events: Events) -> Self {
        Self {
            root: self.root.clone(),
            events,
            ask: self.ask.clone(),
        }
    }

    /// The folder that holds the workspace manifest.
    pub fn root(&self) -> &Path {
        &self.root
    }

    /// A path inside the project.
    pub fn path(&self, relative: impl AsRef<Path>) -> PathBuf {
        self.root.join(relative)
    }

    /// Where runs note what they have begun, and what they hold.
    pub fn journals(&self) -> PathBuf {
        self.path(".local/journal")
    }

    /// Where events go.
    pub fn events(&self) -> &Events {
        &self.events
    }

    /// Whom to ask.
    pub fn ask(&self) -> &dyn Ask {
        self.ask.as_ref()
    }
}
