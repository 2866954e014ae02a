//! `.env`: API keys and what else only the operator knows. Never committed, never printed.

mod file;

use std::collections::BTreeMap;
use std::path::Path;

pub use self::file::{merged, write};

use crate::error::{Error, Kind, Result};
use crate::secret::Secret;

/// The keys of `.env`; variables of the process win over the file.
#[derive(Clone, Debug, Default)]
pub struct DotEnv {
    file: BTreeMap<String, Secret>,
    said: BTreeMap<String, Secret>,
}

impl DotEnv {
    /// Reads the file, if there is one. A line that cannot be read is named, not shown.
    pub fn read(root: &Path) -> Result<Self> {
        let file = root.join(".env");
        if !file.is_file() {
            return Ok(Self::default());
        }
        let bytes = std::fs::read(&file)
            .map_err(|source| Error::new(Kind::Input, "could not read .env").because(source))?;
        let text = String::from_utf8(bytes).map_err(|error| {
            let before = &error.as_bytes()[..error.utf8_error().valid_up_to()];
            let line = before.iter().filter(|byte| **byte == b'\n').count() + 1;
            broken(line, "is not UTF-8 text")
        })?;
        Self::parse(&text)
    }

    fn parse(text: &str) -> Result<Self> {
        let mut keys = BTreeMap::new();
        for entry in file::entries(text) {
            // The error of the parser quotes the line, which may hold a key.
            for pair in dotenvy::from_read_iter(entry.text.as_bytes()) {
                let (key, value) =
                    pair.map_err(|_| broken(entry.line, file::reason(&entry.text)))?;
                keys.insert(key, Secret::new(value));
            }
        }
        Ok(Self {
            file: keys,
            said: BTreeMap::new(),
        })
    }

    /// A key's value; an empty one counts as absent.
    pub fn get(&self, key: &str) -> Option<Secret> {
        let there = |value: &Secret| !value.expose().is_empty();
        let variable = std::env::var(key).ok().map(Secret::new).filter(there);
        let said = || self.said.get(key).cloned();
        let file = || self.file.get(key).cloned();
        variable.or_else(said).or_else(file).filter(there)
    }

    /// The user said a key; it counts for this run.
    pub fn set(&mut self, key: &str, value: Secret) {
        self.said.insert(key.to_owned(), value);
    }

    /// Whether the file itself holds the value that counts.
    pub fn is_from_file(&self, key: &str) -> bool {
        self.get(key).is_some() && self.get(key) == self.file.get(key).cloned()
    }
}

fn broken(line: usize, reason: &str) -> Error {
    Error::input(format!(".env, line {line}: {reason}"))
        .hint("a line is NAME=value; quote a value that has spaces or #, with ' where it has $")
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::DotEnv;

    #[test]
    fn a_key_is_read_and_an_empty_one_is_absent() {
        let root = tempfile::tempdir().unwrap();
        let read = DotEnv::read(root.path()).unwrap();
        assert!(read.get("XT_NO_SUCH").is_none());
        std::fs::write(root.path().join(".env"), "XT_GOOD=value\nXT_EMPTY=\n").unwrap();
        let read = DotEnv::read(root.path()).unwrap();
        assert_eq!(read.get("XT_GOOD").unwrap().expose(), "value");
        assert!(read.get("XT_EMPTY").is_none());
    }

    #[test]
    fn a_broken_line_is_named_with_its_reason_and_never_quoted() {
        let cases: [(&[u8], &str); 6] = [
            (b"sk-canary broken", "line 3: there is no = in it"),
            (b"2KEY=sk-canary", "line 3: the name before = is none"),
            (b"KEY='sk-canary", "line 3: a quote is not closed"),
            (b"KEY=\"sk-canary\nmore", "line 3: a quote is not closed"),
            (b"KEY=sk-canary more", "line 3: words follow the value"),
            (b"KEY=sk-canary\xff", "line 3: is not UTF-8 text"),
        ];
        let root = tempfile::tempdir().unwrap();
        for (line, expected) in cases {
            let text = [b"# a comment\nXT_GOOD=value\n", line, b"\n"].concat();
            std::fs::write(root.path().join(".env"), text).unwrap();
            let error = DotEnv::read(root.path()).unwrap_err();
            assert!(error.message().contains(expected), "{error}");
            assert!(!format!("{error:?}").contains("canary"));
        }
    }
}
