//! The log file of a part: appended to, put aside when it is long, quoted when a start fails.

use std::fs::{File, OpenOptions};
use std::io::{Read as _, Seek as _, SeekFrom};
use std::path::{Path, PathBuf};

use crate::error::{Doing as _, Kind, Result};

/// A log longer than this is put aside when its part starts anew.
const LONG: u64 = 10 << 20;

/// A log file, and where in it this start began.
#[derive(Clone, Debug)]
pub(crate) struct Log {
    path: PathBuf,
    begin: u64,
}

impl Log {
    /// Opens the log for one more start.
    pub(crate) fn open(path: &Path) -> Result<Self> {
        let length = path.metadata().map(|metadata| metadata.len()).unwrap_or(0);
        if length > LONG {
            std::fs::rename(path, path.with_extension("log.1")).doing_as(
                Kind::Machine,
                format!("put the log {} aside", path.display()),
            )?;
        }
        let begin = if length > LONG { 0 } else { length };
        Ok(Self {
            path: path.to_owned(),
            begin,
        })
    }

    /// A handle that a process writes to.
    pub(crate) fn writer(&self) -> Result<File> {
        OpenOptions::new()
            .create(true)
            .append(true)
            .open(&self.path)
            .doing_as(
                Kind::Machine,
                format!("open the log {}", self.path.display()),
            )
    }

    /// Where it lies.
    pub(crate) fn path(&self) -> &Path {
        &self.path
    }

    /// The last lines that this start wrote.
    pub(crate) fn tail(&self, lines: usize) -> String {
        let mut text = Vec::new();
        let read = File::open(&self.path).and_then(|mut file| {
            file.seek(SeekFrom::Start(self.begin))?;
            file.read_to_end(&mut text)
        });
        if read.is_err() {
            return String::new();
        }
        last_lines(&String::from_utf8_lossy(&text), lines)
    }
}

/// The last `count` lines of a text, without control characters.
pub(crate) fn last_lines(text: &str, count: usize) -> String {
    let lines: Vec<&str> = text.lines().collect();
    let clean = |line: &&str| line.replace(|c: char| c.is_control() && c != '\t', "");
    let last: Vec<String> = lines[lines.len().saturating_sub(count)..]
        .iter()
        .map(clean)
        .collect();
    last.join("\n")
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]

    use std::io::Write as _;

    use super::*;

    #[test]
    fn only_lines_of_this_start_are_quoted() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("part.log");
        std::fs::write(&path, "an old failure\n").unwrap();
        let log = Log::open(&path).unwrap();
        log.writer()
            .unwrap()
            .write_all(b"one\n\x1b[31mtwo\nthree\n")
            .unwrap();
        assert_eq!(log.tail(2), "[31mtwo\nthree");
        assert_eq!(log.tail(9), "one\n[31mtwo\nthree");
    }
}
