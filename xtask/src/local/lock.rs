//! One command at a time changes an environment or a tools folder. The system drops the lock
//! when its holder dies, so there is no stale one.

use std::fs::{File, TryLockError};
use std::io::{Read as _, Seek as _, Write as _};
use std::path::Path;
use std::time::{Duration, Instant};

use crate::error::{Doing as _, Error, Kind, Result};
use crate::event::Events;

/// Held until it is dropped.
#[derive(Debug)]
pub(super) struct Lock {
    _file: File,
}

impl Lock {
    /// Takes the lock at `path`; waits so long for another holder, then says who it is.
    pub(super) async fn take(path: &Path, patience: Duration, events: &Events) -> Result<Self> {
        let mut file = File::options()
            .create(true)
            .truncate(false)
            .read(true)
            .write(true)
            .open(path)
            .doing_as(Kind::Machine, format!("open the lock {}", path.display()))?;
        let deadline = Instant::now() + patience;
        let mut told = false;
        loop {
            match file.try_lock() {
                Ok(()) => return Self::held(file, path),
                Err(TryLockError::WouldBlock) => {}
                Err(TryLockError::Error(source)) => {
                    return Err(source).doing_as(Kind::Machine, format!("lock {}", path.display()));
                }
            }
            let holder = holder(&mut file);
            if Instant::now() >= deadline {
                return Err(Error::conflict(format!(
                    "{holder} has held {} for over {} s",
                    path.display(),
                    patience.as_secs()
                ))
                .hint("wait for that command to end, or end it"));
            }
            if !told {
                events.warn(format!("{holder} is at work here, waiting for it"));
                told = true;
            }
            tokio::time::sleep(Duration::from_millis(50)).await;
        }
    }

    fn held(mut file: File, path: &Path) -> Result<Self> {
        file.set_len(0)
            .and_then(|()| file.rewind())
            .and_then(|()| file.write_all(std::process::id().to_string().as_bytes()))
            .doing_as(Kind::Machine, format!("write the lock {}", path.display()))?;
        Ok(Self { _file: file })
    }
}

fn holder(file: &mut File) -> String {
    let mut text = String::new();
    let read = file.rewind().and_then(|()| file.read_to_string(&mut text));
    match read {
        Ok(_) if !text.is_empty() => format!("process {text}"),
        _ => "another process".to_owned(),
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]

    use super::*;
    use crate::event::Recorder;

    #[tokio::test]
    async fn the_second_waits_and_then_names_the_holder() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("lock");
        let (_, events) = Recorder::pair();
        let first = Lock::take(&path, Duration::ZERO, &events).await.unwrap();
        let error = Lock::take(&path, Duration::from_millis(120), &events)
            .await
            .unwrap_err();
        assert_eq!(error.kind(), Kind::Conflict);
        assert!(
            error.message().contains(&std::process::id().to_string()),
            "{error}"
        );
        drop(first);
        // A process that another test is starting holds copies of all files until it begins.
        let patience = Duration::from_secs(5);
        Lock::take(&path, patience, &events).await.unwrap();
    }

    #[tokio::test]
    async fn a_lock_file_left_by_a_dead_process_is_no_lock() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("lock");
        std::fs::write(&path, "999999999").unwrap();
        let (_, events) = Recorder::pair();
        Lock::take(&path, Duration::ZERO, &events).await.unwrap();
    }
}
