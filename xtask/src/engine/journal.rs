//! What a run has begun, on this machine: a run that was killed goes on under its own id, so its
//! lock and its tokens are still its own.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

use serde::{Deserialize, Serialize};

use super::claim::{self, Guard};
use super::phases::Phase;
use crate::error::{Doing as _, Error, Result};

/// The record of an unfinished run.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Record {
    /// The run's id; also the id of its lock.
    pub run: String,
    /// When it began, in seconds of the epoch.
    pub started: u64,
    /// What it wants, as a word.
    pub wanted: String,
    /// The phases it has finished.
    pub finished: BTreeSet<Phase>,
}

/// The journal of one environment, held by one process at a time.
pub struct Journal {
    path: PathBuf,
    record: Record,
    resumed: bool,
    /// What another command of this checkout claimed and was killed with.
    claimed: Option<PathBuf>,
    _held: Guard,
}

impl Journal {
    /// Opens the journal in `folder`, going on with an unfinished run if there is one.
    pub fn open(folder: &Path, environment: &str, wanted: &str, now: u64) -> Result<Self> {
        let held = Guard::take(folder, environment)?;
        let claimed = claim::left(folder, environment)?;
        let path = folder.join(format!("{environment}.json"));
        let (record, resumed) = match read(&path)? {
            Some(record) if record.wanted == wanted => (record, true),
            // The source changed: the run keeps its id and its lock, and does every phase again.
            Some(record) => (
                Record {
                    wanted: wanted.to_owned(),
                    finished: BTreeSet::new(),
                    ..record
                },
                true,
            ),
            None => (
                Record {
                    // The lock of a command that was killed here is this checkout's own.
                    run: match &claimed {
                        Some((_, id)) => id.clone(),
                        None => uuid::Uuid::new_v4().to_string(),
                    },
                    started: now,
                    wanted: wanted.to_owned(),
                    finished: BTreeSet::new(),
                },
                false,
            ),
        };
        let journal = Self {
            path,
            record,
            resumed,
            claimed: claimed.map(|(path, _)| path),
            _held: held,
        };
        journal.write()?;
        Ok(journal)
    }

    /// The run's id.
    pub fn run(&self) -> &str {
        &self.record.run
    }

    /// Whether an earlier process began this run.
    pub fn resumed(&self) -> bool {
        self.resumed
    }

    /// Whether an earlier process finished this phase of this run.
    pub fn finished(&self, phase: Phase) -> bool {
        self.record.finished.contains(&phase)
    }

    /// A phase is through.
    pub fn finish(&mut self, phase: Phase) -> Result<()> {
        self.record.finished.insert(phase);
        self.write()
    }

    /// The run is through: there is nothing to resume.
    pub fn close(self) -> Result<()> {
        if let Some(claimed) = &self.claimed {
            std::fs::remove_file(claimed).doing(format!("remove {}", claimed.display()))?;
        }
        std::fs::remove_file(&self.path).doing(format!("remove {}", self.path.display()))
    }

    fn write(&self) -> Result<()> {
        let text = serde_json::to_string_pretty(&self.record).doing("write the journal as JSON")?;
        let new = self.path.with_extension("json.new");
        std::fs::write(&new, text).doing(format!("write {}", new.display()))?;
        std::fs::rename(&new, &self.path).doing(format!("write {}", self.path.display()))
    }
}

fn read(path: &Path) -> Result<Option<Record>> {
    match std::fs::read_to_string(path) {
        Ok(text) => {
            let record = serde_json::from_str(&text);
            record.map(Some).map_err(|source| {
                Error::input(format!("the journal {} is damaged", path.display()))
                    .because(source)
                    .hint("delete the file: the next deploy finds out by itself what is done")
            })
        }
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => Ok(None),
        Err(error) => Err(error).doing(format!("read {}", path.display())),
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;
    use crate::error::Kind;

    #[test]
    fn one_process_at_a_time_and_a_killed_one_is_gone_on_with() {
        let folder = tempfile::tempdir().unwrap();
        let open = |wanted| Journal::open(folder.path(), "dev", wanted, 0);
        let mut first = open("a").unwrap();
        let run = first.run().to_owned();
        first.finish(Phase::Migrate).unwrap();
        assert_eq!(open("a").err().unwrap().kind(), Kind::Conflict);
        // A killed process lets go of the file and leaves the record.
        drop(first);
        let second = open("a").unwrap();
        assert!(second.resumed() && second.finished(Phase::Migrate));
        assert_eq!(second.run(), run);
        drop(second);
        // Another source: the same run and lock, but every phase again.
        let third = open("b").unwrap();
        assert!(!third.finished(Phase::Migrate));
        assert_eq!(third.run(), run);
        third.close().unwrap();
        assert_ne!(open("b").unwrap().run(), run);
    }
}
