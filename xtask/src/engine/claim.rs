//! What this checkout claims of an environment: one process of it at a time, and the id of the lock
//! that it holds. A process that was killed leaves the id, by which the next one knows the lock.

use std::fs::File;
use std::path::{Path, PathBuf};

use rustix::fs::{FlockOperation, flock};

use crate::error::{Doing as _, Error, Result};

/// One process of this checkout, until it ends.
#[derive(Debug)]
pub(super) struct Guard(File);

impl Guard {
    /// Refuses where another process has it; the system takes it from one that died.
    pub(super) fn take(folder: &Path, environment: &str) -> Result<Self> {
        std::fs::create_dir_all(folder).doing(format!("create {}", folder.display()))?;
        let path = folder.join(format!("{environment}.lock"));
        let held = File::create(&path).doing(format!("open {}", path.display()))?;
        flock(&held, FlockOperation::NonBlockingLockExclusive).map_err(|source| {
            Error::conflict(format!(
                "another process on this machine changes {environment}"
            ))
            .because(source)
            .hint("wait for it to end")
        })?;
        Ok(Self(held))
    }
}

/// Given back by name: a process that is just being started holds a copy of every open file until
/// it runs its program, and closing ours alone would leave the lock with that copy.
impl Drop for Guard {
    fn drop(&mut self) {
        let _gone_with_the_file_anyway = flock(&self.0, FlockOperation::Unlock);
    }
}

/// The claim of a command that holds an environment's lock for as long as it works.
#[derive(Debug)]
pub(super) struct Claim {
    path: PathBuf,
    id: String,
    _held: Guard,
}

impl Claim {
    /// The id is written down before the lock is taken, or is that of a process that died.
    pub(super) fn open(folder: &Path, environment: &str) -> Result<Self> {
        let held = Guard::take(folder, environment)?;
        let (path, id) = match left(folder, environment)? {
            Some(left) => left,
            None => {
                let path = path(folder, environment);
                let id = uuid::Uuid::new_v4().to_string();
                std::fs::write(&path, &id).doing(format!("write {}", path.display()))?;
                (path, id)
            }
        };
        Ok(Self {
            path,
            id,
            _held: held,
        })
    }

    /// The id of the lock.
    pub(super) fn id(&self) -> &str {
        &self.id
    }

    /// The lock is given back: there is nothing to know it by.
    pub(super) fn close(self) -> Result<()> {
        std::fs::remove_file(&self.path).doing(format!("remove {}", self.path.display()))
    }
}

/// What a process of this checkout claimed and never gave back: where that stands, and the id.
pub(super) fn left(folder: &Path, environment: &str) -> Result<Option<(PathBuf, String)>> {
    let path = path(folder, environment);
    match std::fs::read_to_string(&path) {
        // Cut off while it was being written, it is the id of no lock.
        Ok(id) if uuid::Uuid::try_parse(&id).is_err() => {
            std::fs::remove_file(&path).doing(format!("remove {}", path.display()))?;
            Ok(None)
        }
        Ok(id) => Ok(Some((path, id))),
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => Ok(None),
        Err(error) => Err(error).doing(format!("read {}", path.display())),
    }
}

fn path(folder: &Path, environment: &str) -> PathBuf {
    folder.join(format!("{environment}.claim"))
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;
    use crate::error::Kind;

    #[test]
    fn a_copy_of_the_file_in_a_process_that_is_being_started_holds_nothing() {
        let folder = tempfile::tempdir().unwrap();
        let first = Guard::take(folder.path(), "dev").unwrap();
        let copy = first.0.try_clone().unwrap();
        drop(first);
        Guard::take(folder.path(), "dev").unwrap();
        drop(copy);
    }

    #[test]
    fn one_process_at_a_time_and_a_killed_one_leaves_its_id() {
        let folder = tempfile::tempdir().unwrap();
        let open = || Claim::open(folder.path(), "dev");
        let first = open().unwrap();
        let id = first.id().to_owned();
        assert_eq!(open().unwrap_err().kind(), Kind::Conflict);
        drop(first);
        let second = open().unwrap();
        assert_eq!(second.id(), id);
        second.close().unwrap();
        let third = open().unwrap();
        assert_ne!(third.id(), id);
        // Killed while it wrote.
        std::fs::write(&third.path, &id[..7]).unwrap();
        drop(third);
        assert_eq!(open().unwrap().id().len(), id.len());
    }
}
