//! Where the local environment keeps its files. Everything lies in the git-ignored `.local/`;
//! PostgreSQL's part may lie elsewhere, see `postgres::home`.

use std::path::{Path, PathBuf};

use crate::error::{Doing as _, Kind, Result};
use crate::local::part::Part;

/// Names another folder for the installed tools, so that several checkouts can share one.
pub const TOOLS_VARIABLE: &str = "COLLECTIONS_TOOLS_DIR";

/// The paths of one checkout.
#[derive(Clone, Debug)]
pub(super) struct Layout {
    root: PathBuf,
    tools: PathBuf,
}

impl Layout {
    /// The layout of the checkout at `root`; makes the folders that everything else needs.
    pub(super) fn open(root: &Path) -> Result<Self> {
        let root = root.canonicalize().doing_as(
            Kind::Machine,
            format!("find the project folder {}", root.display()),
        )?;
        let tools = match std::env::var_os(TOOLS_VARIABLE) {
            Some(tools) if !tools.is_empty() => std::path::absolute(tools)
                .doing_as(Kind::Machine, format!("read the path in {TOOLS_VARIABLE}"))?,
            _ => root.join(".local/tools"),
        };
        let layout = Self { root, tools };
        for folder in [
            layout.tools(),
            &layout.home(),
            &layout.logs(),
            &layout.tls(),
        ] {
            make_folder(folder)?;
        }
        Ok(layout)
    }

    /// The checkout.
    pub(super) fn root(&self) -> &Path {
        &self.root
    }

    /// The checked-in description of what `local` installs.
    pub(super) fn descriptions(&self) -> PathBuf {
        self.root.join("environments/local")
    }

    /// Everything this environment keeps.
    pub(super) fn home(&self) -> PathBuf {
        self.root.join(".local")
    }

    /// Installed tools; may be shared between checkouts.
    pub(super) fn tools(&self) -> &Path {
        &self.tools
    }

    /// Ports and processes, remembered.
    pub(super) fn state(&self) -> PathBuf {
        self.home().join("state.json")
    }

    /// Held by the one command that changes this environment.
    pub(super) fn lock(&self) -> PathBuf {
        self.home().join("lock")
    }

    /// The database's password, readable by its owner alone.
    pub(super) fn password(&self) -> PathBuf {
        self.home().join("postgres-password")
    }

    /// Log files, one per part.
    pub(super) fn logs(&self) -> PathBuf {
        self.home().join("logs")
    }

    /// The log file of a part.
    pub(super) fn log(&self, part: Part) -> PathBuf {
        self.logs().join(format!("{part}.log"))
    }

    /// Certificates and the server's key.
    pub(super) fn tls(&self) -> PathBuf {
        self.home().join("tls")
    }

    /// Binaries of this workspace that run as parts.
    pub(super) fn binaries(&self) -> PathBuf {
        self.home().join("bin")
    }

    /// What the emulator keeps over a restart.
    pub(super) fn emulator(&self) -> PathBuf {
        self.home().join("emulator")
    }
}

/// Makes a folder and those above it.
pub(super) fn make_folder(folder: &Path) -> Result<()> {
    std::fs::create_dir_all(folder).doing_as(
        Kind::Machine,
        format!("make the folder {}", folder.display()),
    )
}
