//! What is kept of users who signed in from here: for their owner alone, and git-ignored.
//!
//! `.test-user-token` and `.test-user-id` are for the shell, of whoever signed in last.
//! `.local/users/<env>.json` holds what gets a new token.

use std::collections::BTreeMap;
use std::io::Write as _;
use std::os::unix::fs::OpenOptionsExt as _;
use std::path::{Path, PathBuf};

use serde::{Deserialize, Serialize};

use crate::cloud::users::Tokens;
use crate::error::{Doing as _, Result};
use crate::secret::Secret;

/// The token of whoever signed in last.
pub(super) const TOKEN_FILE: &str = ".test-user-token";
/// The id of whoever signed in last.
pub(super) const ID_FILE: &str = ".test-user-id";

/// What gets a user new tokens.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
pub(super) struct Session {
    pub(super) user_id: String,
    refresh_token: Option<String>,
    /// Only of a password that was made here: nobody else knows it.
    password: Option<String>,
}

impl Session {
    pub(super) fn refresh(&self) -> Option<Secret> {
        self.refresh_token.as_deref().map(Secret::new)
    }

    pub(super) fn password(&self) -> Option<Secret> {
        self.password.as_deref().map(Secret::new)
    }
}

/// The users of one environment who signed in from here, by address.
#[derive(Debug, Default, Serialize, Deserialize)]
#[serde(transparent)]
pub(super) struct Kept(pub(super) BTreeMap<String, Session>);

fn path(root: &Path, environment: &str) -> PathBuf {
    root.join(".local/users")
        .join(format!("{environment}.json"))
}

impl Kept {
    pub(super) fn read(root: &Path, environment: &str) -> Result<Self> {
        let path = path(root, environment);
        match std::fs::read_to_string(&path) {
            Ok(text) => serde_json::from_str(&text).doing(format!("understand {}", path.display())),
            Err(error) if error.kind() == std::io::ErrorKind::NotFound => Ok(Self::default()),
            Err(error) => Err(error).doing(format!("read {}", path.display())),
        }
    }

    fn save(&self, root: &Path, environment: &str) -> Result<()> {
        let path = path(root, environment);
        if self.0.is_empty() {
            return gone(&path);
        }
        let text = serde_json::to_string_pretty(self).doing("write the users as JSON")?;
        private(&path, &(text + "\n"))
    }

    /// Keeps what a user who signed in got, here and for the shell.
    pub(super) fn keep(
        mut self,
        root: &Path,
        environment: &str,
        email: &str,
        user_id: &str,
        tokens: &Tokens,
        made: Option<&Secret>,
    ) -> Result<()> {
        let session = self.0.entry(email.to_owned()).or_default();
        session.user_id = user_id.to_owned();
        if let Some(refresh) = &tokens.refresh {
            session.refresh_token = Some(refresh.expose().to_owned());
        }
        if let Some(password) = made {
            session.password = Some(password.expose().to_owned());
        }
        self.save(root, environment)?;
        private(&root.join(TOKEN_FILE), tokens.id.expose())?;
        private(&root.join(ID_FILE), user_id)
    }

    /// Forgets a user.
    pub(super) fn forget(mut self, root: &Path, environment: &str, email: &str) -> Result<()> {
        let session = self.0.remove(email);
        self.save(root, environment)?;
        let last = std::fs::read_to_string(root.join(ID_FILE)).unwrap_or_default();
        if session.is_some_and(|session| session.user_id == last) {
            gone(&root.join(TOKEN_FILE))?;
            gone(&root.join(ID_FILE))?;
        }
        Ok(())
    }
}

/// The addresses of an environment's users who signed in from here.
pub(crate) fn emails(root: &Path, environment: &str) -> Result<Vec<String>> {
    Ok(Kept::read(root, environment)?.0.into_keys().collect())
}

/// Forgets a user who is gone.
pub(crate) fn forget(root: &Path, environment: &str, email: &str) -> Result<()> {
    Kept::read(root, environment)?.forget(root, environment, email)
}

/// Writes a file for its owner alone, whatever it was before.
fn private(path: &Path, text: &str) -> Result<()> {
    let what = || format!("write {}", path.display());
    if let Some(folder) = path.parent() {
        std::fs::create_dir_all(folder).doing(what())?;
    }
    let new = path.with_extension("new");
    gone(&new)?;
    let mut options = std::fs::OpenOptions::new();
    options.write(true).create_new(true).mode(0o600);
    let mut file = options.open(&new).doing(what())?;
    file.write_all(text.as_bytes()).doing(what())?;
    std::fs::rename(&new, path).doing(what())
}

fn gone(path: &Path) -> Result<()> {
    match std::fs::remove_file(path) {
        Err(error) if error.kind() != std::io::ErrorKind::NotFound => {
            Err(error).doing(format!("remove {}", path.display()))
        }
        _ => Ok(()),
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use std::os::unix::fs::PermissionsExt as _;

    use super::*;

    #[test]
    fn what_is_kept_is_for_its_owner_alone_and_is_forgotten_whole() {
        let root = tempfile::tempdir().unwrap();
        let root = root.path();
        std::fs::write(root.join(TOKEN_FILE), "readable by all").unwrap();
        let tokens = Tokens {
            id: Secret::new("token-1"),
            refresh: Some(Secret::new("refresh-1")),
            seconds: 3600,
        };
        let made = Secret::new("made here");
        let kept = Kept::read(root, "dev").unwrap();
        kept.keep(root, "dev", "a@b", "sub-1", &tokens, Some(&made))
            .unwrap();
        for file in [TOKEN_FILE, ID_FILE, ".local/users/dev.json"] {
            let mode = root.join(file).metadata().unwrap().permissions().mode();
            assert_eq!(mode & 0o777, 0o600, "{file}");
        }
        // A refresh brings no new refresh token; the one there is stays.
        let fresh = Tokens {
            id: Secret::new("token-2"),
            refresh: None,
            seconds: 3600,
        };
        let kept = Kept::read(root, "dev").unwrap();
        kept.keep(root, "dev", "a@b", "sub-1", &fresh, None)
            .unwrap();
        let session = Kept::read(root, "dev").unwrap().0.remove("a@b").unwrap();
        assert_eq!(session.refresh().unwrap().expose(), "refresh-1");
        assert_eq!(session.password().unwrap().expose(), "made here");
        assert_eq!(
            std::fs::read_to_string(root.join(TOKEN_FILE)).unwrap(),
            "token-2"
        );
        assert_eq!(emails(root, "dev").unwrap(), ["a@b"]);
        forget(root, "dev", "a@b").unwrap();
        for file in [TOKEN_FILE, ID_FILE, ".local/users/dev.json"] {
            assert!(!root.join(file).exists(), "{file}");
        }
    }
}
