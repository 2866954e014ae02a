//! Changes that the database has yet to be told of: one file each, in order of their names.

use std::path::{Path, PathBuf};
use std::sync::Arc;

use anyhow::{Context, Result};
use serde::{Deserialize, Serialize};
use uuid::Uuid;

use crate::chat::history::json::{Json, Locked, write_whole};
use crate::chat::history::{ConversationId, NewConversation, Turn};
use crate::domain::UserId;

/// A change.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(tag = "change", rename_all = "snake_case")]
pub(super) enum Change {
    Create {
        user: UserId,
        new: NewConversation,
    },
    Append {
        user: UserId,
        id: ConversationId,
        turn: Turn,
    },
    Rename {
        user: UserId,
        id: ConversationId,
        title: String,
    },
    Delete {
        user: UserId,
        id: ConversationId,
    },
}

impl Change {
    /// Which conversation it is about.
    pub(super) fn names(&self) -> (&UserId, &ConversationId) {
        match self {
            Self::Create { user, new } => (user, &new.conversation_id),
            Self::Append { user, id, .. }
            | Self::Rename { user, id, .. }
            | Self::Delete { user, id } => (user, id),
        }
    }
}

/// A change in the journal.
#[derive(Clone, Debug)]
pub(super) struct Entry {
    pub(super) name: String,
    pub(super) change: Change,
}

/// The journal.
#[derive(Clone, Debug)]
pub(super) struct Journal {
    folder: Arc<Path>,
}

impl Journal {
    /// In a folder of its own among those of the users.
    pub(super) fn beside(files: &Json) -> Self {
        Self {
            folder: files.folder().join(".pending").into(),
        }
    }

    /// Waits until no other process replays it.
    pub(super) async fn alone(&self) -> Result<Locked> {
        self.on_files(|folder| Locked::new(&folder.join("replay")))
            .await
    }

    /// Adds a change, on the disk when this returns.
    pub(super) async fn add(&self, change: &Change) -> Result<()> {
        let bytes = serde_json::to_vec(change).context("write a change")?;
        self.on_files(move |folder| {
            let _locked = Locked::new(folder)?;
            write_whole(&folder.join(format!("{}.json", Uuid::now_v7())), &bytes)
        })
        .await
    }

    /// The earliest change. One that cannot be read is set aside.
    pub(super) async fn first(&self) -> Result<Option<Entry>> {
        self.on_files(|folder| {
            for path in waiting(folder)? {
                let name = path.file_name().unwrap_or_default().to_string_lossy();
                let read = std::fs::read(&path)
                    .map_err(anyhow::Error::from)
                    .and_then(|bytes| Ok(serde_json::from_slice(&bytes)?));
                match read {
                    Ok(change) => {
                        let name = name.into_owned();
                        return Ok(Some(Entry { name, change }));
                    }
                    Err(error) => {
                        let error = format!("{error:#}");
                        tracing::error!(error, entry = %name, "a change was set aside");
                        aside(&path)?;
                    }
                }
            }
            Ok(None)
        })
        .await
    }

    /// Removes a change that was made; another process may have done so.
    pub(super) async fn remove(&self, entry: &Entry) -> Result<()> {
        let name = entry.name.clone();
        self.on_files(
            move |folder| match std::fs::remove_file(folder.join(&name)) {
                Err(error) if error.kind() != std::io::ErrorKind::NotFound => {
                    Err(error).with_context(|| format!("remove the change {name}"))
                }
                _ => Ok(()),
            },
        )
        .await
    }

    /// Keeps a change that cannot be made out of the way of the others.
    pub(super) async fn set_aside(&self, entry: &Entry) -> Result<()> {
        let name = entry.name.clone();
        self.on_files(move |folder| aside(&folder.join(name))).await
    }

    async fn on_files<T: Send + 'static>(
        &self,
        work: impl FnOnce(&Path) -> Result<T> + Send + 'static,
    ) -> Result<T> {
        let folder = self.folder.clone();
        tokio::task::spawn_blocking(move || work(&folder))
            .await
            .context("work on the journal of chat history")?
    }
}

/// The changes, the earliest first: their names are times.
fn waiting(folder: &Path) -> Result<Vec<PathBuf>> {
    let entries = match std::fs::read_dir(folder) {
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => return Ok(Vec::new()),
        entries => entries.with_context(|| format!("list {}", folder.display()))?,
    };
    let mut found = Vec::new();
    for entry in entries {
        let path = entry?.path();
        if path.extension().is_some_and(|ending| ending == "json") {
            found.push(path);
        }
    }
    found.sort();
    Ok(found)
}

fn aside(path: &Path) -> Result<()> {
    std::fs::rename(path, path.with_extension("aside"))
        .with_context(|| format!("set {} aside", path.display()))
}
