//! One file, one conversation.

use std::fs::{self, File};
use std::io::{ErrorKind, Write};
use std::path::{Path, PathBuf};

use anyhow::{Context, Result, ensure};
use serde::{Deserialize, Serialize};
use thiserror::Error;
use uuid::Uuid;

use crate::chat::history::{ConversationId, Thread};
use crate::domain::UserId;

/// The shape of what is written. A file of a later shape is not guessed at.
const VERSION: u32 = 1;

#[derive(Serialize, Deserialize)]
struct Content {
    version: u32,
    user_id: UserId,
    thread: Thread,
}

/// A file that cannot be read as a conversation.
#[derive(Debug, Error)]
#[error("{} is damaged and was set aside as {}: {reason}", .file.display(), .aside.display())]
pub(super) struct Damaged {
    file: PathBuf,
    aside: PathBuf,
    reason: String,
}

/// Nobody else changes what is in a folder while this lives, in this process or another.
#[derive(Debug)]
pub(in super::super) struct Locked {
    _file: File,
}

impl Locked {
    /// Waits for the lock of a folder, which is made where it is not there.
    pub(in super::super) fn new(folder: &Path) -> Result<Self> {
        fs::create_dir_all(folder).with_context(|| format!("make {}", folder.display()))?;
        let path = folder.join(".lock");
        let lock = || {
            let file = File::create(&path)?;
            file.lock()?;
            Ok::<_, std::io::Error>(file)
        };
        let file = lock().with_context(|| format!("lock {}", path.display()))?;
        Ok(Self { _file: file })
    }
}

/// Where a conversation is. Its id may differ from another's in case alone, and a file's name may
/// not; so it is told by a UUID.
pub(super) fn place(home: &Path, id: &ConversationId) -> PathBuf {
    let name = Uuid::new_v5(&Uuid::NAMESPACE_URL, id.as_str().as_bytes());
    home.join(format!("{name}.json"))
}

/// The folders in a folder; none where it is not there.
pub(super) fn folders(folder: &Path) -> Result<Vec<PathBuf>> {
    let visible = |path: &PathBuf| {
        path.file_name()
            .is_none_or(|name| !name.as_encoded_bytes().starts_with(b"."))
    };
    let entries = entries(folder)?.into_iter();
    Ok(entries
        .filter(|path| path.is_dir() && visible(path))
        .collect())
}

/// The files of conversations in a user's folder.
pub(super) fn conversations(home: &Path) -> Result<Vec<PathBuf>> {
    let json = |path: &PathBuf| path.extension().is_some_and(|ending| ending == "json");
    Ok(entries(home)?.into_iter().filter(json).collect())
}

fn entries(folder: &Path) -> Result<Vec<PathBuf>> {
    let read = || {
        let entries = fs::read_dir(folder)?;
        entries.map(|entry| Ok(entry?.path())).collect()
    };
    match read() {
        Err(error) if is_absent(&error) => Ok(Vec::new()),
        entries => entries.with_context(|| format!("list {}", folder.display())),
    }
}

fn is_absent(error: &std::io::Error) -> bool {
    error.kind() == ErrorKind::NotFound
}

/// Reads a conversation of a user, if it is there.
pub(super) fn read(file: &Path, user: &UserId) -> Result<Option<Thread>> {
    let bytes = match fs::read(file) {
        Err(error) if is_absent(&error) => return Ok(None),
        bytes => bytes.with_context(|| format!("read {}", file.display()))?,
    };
    match parse(&bytes, user) {
        Ok(thread) => Ok(Some(thread)),
        Err(error) => Err(set_aside(file, format!("{error:#}"))?.into()),
    }
}

fn parse(bytes: &[u8], user: &UserId) -> Result<Thread> {
    let content: Content = serde_json::from_slice(bytes)?;
    ensure!(
        content.version == VERSION,
        "it is of version {}, and this is {VERSION}",
        content.version
    );
    ensure!(content.user_id == *user, "it belongs to another user");
    Ok(content.thread)
}

fn set_aside(file: &Path, reason: String) -> Result<Damaged> {
    let aside = file.with_extension(format!("damaged-{}", Uuid::now_v7()));
    fs::rename(file, &aside).with_context(|| format!("set {} aside", file.display()))?;
    Ok(Damaged {
        file: file.to_owned(),
        aside,
        reason,
    })
}

/// Writes a conversation; the folder's lock is held.
pub(super) fn write(file: &Path, user: &UserId, thread: Thread) -> Result<()> {
    let content = Content {
        version: VERSION,
        user_id: user.clone(),
        thread,
    };
    write_whole(file, &serde_json::to_vec(&content)?)
}

/// Writes a file as a whole: beside its place first, on the disk, then moved into it.
pub(in super::super) fn write_whole(file: &Path, bytes: &[u8]) -> Result<()> {
    let beside = file.with_extension("new");
    let write = || {
        let mut new = File::create(&beside)?;
        new.write_all(bytes)?;
        new.sync_all()?;
        fs::rename(&beside, file)
    };
    write().with_context(|| format!("write {}", file.display()))
}

/// Removes a file; says whether it was there.
pub(super) fn remove(file: &Path) -> Result<bool> {
    match fs::remove_file(file) {
        Err(error) if is_absent(&error) => Ok(false),
        done => done
            .map(|()| true)
            .with_context(|| format!("remove {}", file.display())),
    }
}

/// Whether the folder can be written to.
pub(super) fn try_writing(folder: &Path) -> Result<()> {
    let _locked = Locked::new(folder)?;
    write_whole(&folder.join(".probe"), b"")
}
