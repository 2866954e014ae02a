//! Where PostgreSQL's files lie. In `.local/` where its account can reach them; as root in a
//! folder that others may not enter (root's own home, usually), under `/var/lib` instead.

use std::ffi::OsStr;
use std::fs::Permissions;
use std::os::unix::fs::PermissionsExt as _;
use std::path::{Path, PathBuf};

use sha2::{Digest as _, Sha256};

use super::account::Account;
use crate::error::{Doing as _, Error, Kind, Result};
use crate::event::Events;
use crate::local::layout::Layout;
use crate::secret::Secret;

const OUTSIDE: &str = "/var/lib/collections-local";
const DRAFT: &str = "data.draft-";
const SOCKET_FILE: &str = ".s.PGSQL.5432";
/// The shortest limit of any system we run on is 104 bytes, with a closing zero.
const LONGEST_SOCKET: usize = 103;

/// The folders of one checkout's PostgreSQL.
#[derive(Clone, Debug)]
pub(super) struct Home {
    pub(super) account: Account,
    base: PathBuf,
    /// The folder of the socket.
    pub(super) sockets: PathBuf,
}

impl Home {
    /// Decides where the files lie. It makes nothing.
    pub(super) fn of(layout: &Layout) -> Self {
        let account = Account::current();
        let inside = layout.home();
        let base = if account.reaches(&inside) {
            inside.join("postgres")
        } else {
            Path::new(OUTSIDE).join(short_name(layout.root()))
        };
        let sockets = base.join("run");
        let fits = sockets.join(SOCKET_FILE).as_os_str().len() <= LONGEST_SOCKET;
        let sockets = if fits {
            sockets
        } else {
            Path::new("/tmp").join(format!("collections-{}", short_name(layout.root())))
        };
        Self {
            account,
            base,
            sockets,
        }
    }

    /// Makes the folders, each open to the account alone.
    pub(super) fn make(&self, layout: &Layout, events: &Events) -> Result<()> {
        if !self.base.starts_with(layout.home()) {
            if !self.base.exists() {
                events.warn(format!(
                    "PostgreSQL cannot run as root and nobody else may enter {}: its files go to {}",
                    layout.root().display(),
                    self.base.display()
                ));
            }
            self.make_outside()?;
        }
        self.account.own_folder(&self.base)?;
        self.make_sockets()
    }

    fn make_outside(&self) -> Result<()> {
        let open = Permissions::from_mode(0o755);
        std::fs::create_dir_all(OUTSIDE)
            .and_then(|()| std::fs::set_permissions(OUTSIDE, open))
            .doing_as(Kind::Machine, format!("make the folder {OUTSIDE}"))
    }

    /// In `/tmp` somebody else might have been there first.
    fn make_sockets(&self) -> Result<()> {
        let is_link = self.sockets.is_symlink();
        if is_link || (self.sockets.exists() && !self.account.owns(&self.sockets)) {
            let what = format!("{} belongs to somebody else", self.sockets.display());
            return Err(
                Error::machine(what).hint("remove it, or move the checkout to a shorter path")
            );
        }
        self.account.own_folder(&self.sockets)
    }

    /// The cluster.
    pub(super) fn data(&self) -> PathBuf {
        self.base.join("data")
    }

    /// Where a new cluster is made before it gets its name: a folder of this run alone, because
    /// an initdb whose command was killed may still be writing into the last one.
    pub(super) fn draft(&self) -> Result<tempfile::TempDir> {
        let entries = std::fs::read_dir(&self.base)
            .into_iter()
            .flatten()
            .flatten();
        for entry in entries.filter(|entry| is_draft(&entry.file_name())) {
            // What cannot be removed yet is removed the next time.
            let _still_written_to = std::fs::remove_dir_all(entry.path());
        }
        let draft = tempfile::Builder::new()
            .prefix(DRAFT)
            .tempdir_in(&self.base)
            .doing_as(Kind::Machine, "make a folder for a new cluster")?;
        self.account.own_folder(draft.path())?;
        Ok(draft)
    }

    /// The socket itself.
    pub(super) fn socket(&self) -> PathBuf {
        self.sockets.join(SOCKET_FILE)
    }

    /// The programs, copied to where the account reaches them if it must be.
    pub(super) fn programs(&self, installed: &Path) -> Result<PathBuf> {
        if self.account.reaches(installed) {
            return Ok(installed.to_owned());
        }
        let tool = installed.ancestors().nth(2).unwrap_or(installed);
        let name = tool.file_name().unwrap_or_default();
        let inside = installed.strip_prefix(tool).unwrap_or(installed);
        let target = self.base.join(name);
        if !target.exists() {
            let draft = self.base.join("programs.draft");
            let copied = remove(&draft)
                .and_then(|()| copy_tree(tool, &draft))
                .and_then(|()| std::fs::rename(&draft, &target));
            copied.doing_as(
                Kind::Machine,
                format!("copy PostgreSQL to {}", target.display()),
            )?;
        }
        Ok(target.join(inside))
    }

    /// A file with the password that the account can read, gone when it is dropped.
    pub(super) fn hand_over(&self, password: &Secret) -> Result<tempfile::NamedTempFile> {
        use std::io::Write as _;
        let file = tempfile::NamedTempFile::new_in(&self.base).and_then(|mut file| {
            writeln!(file, "{}", password.expose())?;
            self.account.give(file.path())?;
            Ok(file)
        });
        file.doing_as(Kind::Machine, "hand PostgreSQL its password")
    }

    /// Removes everything, data included.
    pub(super) fn remove(&self) -> Result<()> {
        for folder in [&self.base, &self.sockets] {
            remove(folder).doing_as(Kind::Machine, format!("remove {}", folder.display()))?;
        }
        Ok(())
    }
}

/// Removes a folder that may not be there.
fn remove(folder: &Path) -> std::io::Result<()> {
    match std::fs::remove_dir_all(folder) {
        Err(error) if error.kind() != std::io::ErrorKind::NotFound => Err(error),
        _ => Ok(()),
    }
}

fn is_draft(name: &OsStr) -> bool {
    name.to_string_lossy().starts_with(DRAFT)
}

fn copy_tree(from: &Path, to: &Path) -> std::io::Result<()> {
    std::fs::create_dir_all(to)?;
    // The files are public; whoever owns the folder above decides who comes here.
    std::fs::set_permissions(to, Permissions::from_mode(0o755))?;
    for entry in std::fs::read_dir(from)? {
        let entry = entry?;
        let target = to.join(entry.file_name());
        if entry.file_type()?.is_dir() {
            copy_tree(&entry.path(), &target)?;
        } else {
            std::fs::copy(entry.path(), target)?;
        }
    }
    Ok(())
}

/// A checkout's folder name and a few digits of its path's hash.
fn short_name(root: &Path) -> String {
    let digest = hex::encode(Sha256::digest(root.as_os_str().as_encoded_bytes()));
    let name: String = root
        .file_name()
        .unwrap_or_default()
        .to_string_lossy()
        .chars()
        .take(24)
        .collect();
    format!("{name}-{}", &digest[..8])
}
