//! From source to objects in the artifact bucket: compile, pack, name by content, upload what is
//! not there yet. Container images will stand beside `zip` as the other packaging.

mod build;
mod publish;
mod revision;
mod slim;
mod zip;

use std::collections::BTreeMap;
use std::path::PathBuf;

pub use build::{Build, Compiler, compile};
pub use publish::{missing, publish};
pub use slim::slim;
pub use zip::{pack, pack_bytes};

/// A function's code, packed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Artifact {
    /// Its key in the artifact bucket: `functions/<name>/<sha256>.zip`.
    pub key: String,
    /// The hash of its bytes, in hex.
    pub sha256: String,
    /// Where it lies on this machine.
    pub path: PathBuf,
    /// Its size in bytes.
    pub size: u64,
}

/// Artifacts by the function's short name.
pub type Artifacts = BTreeMap<String, Artifact>;
