//! Whom PostgreSQL runs as. It refuses to run as root, so root hands it to an account without
//! rights and without files.

use std::fs::Permissions;
use std::os::unix::fs::{MetadataExt as _, PermissionsExt as _, chown};
use std::os::unix::process::CommandExt as _;
use std::path::Path;
use std::process::Command;

use crate::error::{Doing as _, Kind, Result};

/// The number of the account `nobody`.
const NOBODY: u32 = 65534;

/// The account of the PostgreSQL processes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Account {
    /// Whoever runs the command.
    Caller,
    /// `nobody`, because root runs the command.
    Nobody,
}

impl Account {
    /// The one for this process.
    pub(super) fn current() -> Self {
        if rustix::process::geteuid().is_root() {
            Account::Nobody
        } else {
            Account::Caller
        }
    }

    /// Makes a command run as this account. As root, the standard library also drops all
    /// supplementary groups when a user is set.
    pub(super) fn apply(self, command: &mut Command) {
        if self == Account::Nobody {
            command.uid(NOBODY).gid(NOBODY);
        }
    }

    /// Makes a file or folder belong to this account.
    pub(super) fn give(self, path: &Path) -> std::io::Result<()> {
        match self {
            Account::Nobody => chown(path, Some(NOBODY), Some(NOBODY)),
            Account::Caller => Ok(()),
        }
    }

    /// Makes a folder that only this account may enter.
    pub(super) fn own_folder(self, folder: &Path) -> Result<()> {
        let made = std::fs::create_dir_all(folder)
            .and_then(|()| self.give(folder))
            .and_then(|()| std::fs::set_permissions(folder, Permissions::from_mode(0o700)));
        made.doing_as(
            Kind::Machine,
            format!("make the folder {}", folder.display()),
        )
    }

    /// Whether this account can reach what lies in `folder`.
    pub(super) fn reaches(self, folder: &Path) -> bool {
        self == Account::Caller || folder.ancestors().all(open_to_others)
    }

    /// Whether `path` belongs to this account.
    pub(super) fn owns(self, path: &Path) -> bool {
        let wanted = match self {
            Account::Nobody => NOBODY,
            Account::Caller => rustix::process::geteuid().as_raw(),
        };
        path.symlink_metadata()
            .is_ok_and(|metadata| metadata.uid() == wanted)
    }
}

fn open_to_others(folder: &Path) -> bool {
    folder.as_os_str().is_empty()
        || folder
            .metadata()
            .is_ok_and(|metadata| metadata.mode() & 0o001 != 0)
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]

    use super::*;

    #[test]
    fn nobody_does_not_reach_into_a_closed_folder() {
        let folder = tempfile::tempdir().unwrap();
        let inside = folder.path().join("deep/inside");
        std::fs::create_dir_all(&inside).unwrap();
        let mode = |mode| std::fs::set_permissions(folder.path(), Permissions::from_mode(mode));
        mode(0o700).unwrap();
        assert!(!Account::Nobody.reaches(&inside));
        assert!(Account::Caller.reaches(&inside));
        mode(0o755).unwrap();
        assert!(Account::Nobody.reaches(&inside));
    }
}
