//! `.env`: API keys and what else only the operator knows. Never committed, never printed.

use std::collections::BTreeMap;
use std::path::Path;

use crate::error::{Error, Kind, Result};
use crate::secret::Secret;

/// The keys of `.env`; variables of the process win over the file.
#[derive(Clone, Debug, Default)]
pub struct DotEnv(BTreeMap<String, Secret>);

impl DotEnv {
    /// Reads the file, if there is one. A line that cannot be read is named, not shown.
    pub fn read(root: &Path) -> Result<Self> {
        let file = root.join(".env");
        if !file.is_file() {
            return Ok(Self::default());
        }
        let lines = dotenvy::from_path_iter(&file)
            .map_err(|source| Error::new(Kind::Input, "could not read .env").because(source))?;
        let mut keys = BTreeMap::new();
        for (line, number) in lines.zip(1u32..) {
            // The error of the parser quotes the line, which may hold a key.
            let (key, value) = line.map_err(|_| {
                Error::input(format!(".env: entry {number} cannot be read"))
                    .hint("an entry is NAME=value; quote a value that has spaces or #")
            })?;
            keys.insert(key, Secret::new(value));
        }
        Ok(Self(keys))
    }

    /// A key's value; an empty one counts as absent.
    pub fn get(&self, key: &str) -> Option<Secret> {
        let variable = std::env::var(key).ok().map(Secret::new);
        variable
            .or_else(|| self.0.get(key).cloned())
            .filter(|value| !value.expose().is_empty())
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::DotEnv;

    #[test]
    fn a_broken_entry_is_named_and_never_quoted() {
        let root = tempfile::tempdir().unwrap();
        assert!(
            DotEnv::read(root.path())
                .unwrap()
                .get("XT_NO_SUCH")
                .is_none()
        );
        std::fs::write(root.path().join(".env"), "XT_GOOD=value\nXT_EMPTY=\n").unwrap();
        let read = DotEnv::read(root.path()).unwrap();
        assert_eq!(read.get("XT_GOOD").unwrap().expose(), "value");
        assert!(read.get("XT_EMPTY").is_none());
        std::fs::write(
            root.path().join(".env"),
            "XT_GOOD=value\nsk-canary broken\n",
        )
        .unwrap();
        let error = DotEnv::read(root.path()).unwrap_err();
        assert!(error.to_string().contains("entry 2"), "{error}");
        assert!(!format!("{error:?}").contains("canary"));
    }
}
