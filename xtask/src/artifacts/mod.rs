//! From source to what Lambda runs: compile, pack as a zip or an image, name by content, send
//! what is not there yet.

mod build;
mod files;
pub mod images;
mod limits;
mod publish;
mod revision;
mod slim;
mod zip;

use std::collections::BTreeMap;
use std::path::PathBuf;

pub use build::{Build, Compiler, compile};
pub use images::{Image, push};
pub use limits::check;
pub use publish::{missing, publish};
pub use slim::slim;
pub use zip::{Effort, pack, pack_bytes};

/// A function's code, packed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Artifact {
    /// The hash of its bytes, in hex.
    pub sha256: String,
    /// Its size in bytes, as it is sent.
    pub size: u64,
    /// Its size in bytes when it runs.
    pub unpacked: u64,
    /// What it is packed as.
    pub code: Code,
}

/// What code is packed as.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Code {
    /// A zip.
    Zip(Zip),
    /// A container image.
    Image(Image),
}

/// A zip on this machine.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Zip {
    /// Its key in the artifact bucket: `functions/<name>/<sha256>.zip`.
    pub key: String,
    /// Where it lies.
    pub path: PathBuf,
}

/// The hash that an artifact's name carries.
pub fn hash_in(name: &str) -> Option<&str> {
    let image = name.strip_prefix("sha256:");
    image.or_else(|| name.rsplit('/').next()?.strip_suffix(".zip"))
}

/// Artifacts by the function's short name.
pub type Artifacts = BTreeMap<String, Artifact>;

impl Artifact {
    /// What the stack calls it by: a zip's key, an image's digest.
    pub fn name(&self) -> &str {
        match &self.code {
            Code::Zip(zip) => &zip.key,
            Code::Image(image) => image.manifest.digest.as_str(),
        }
    }

    /// The zip, if it is one.
    pub fn zip(&self) -> Option<&Zip> {
        match &self.code {
            Code::Zip(zip) => Some(zip),
            Code::Image(_) => None,
        }
    }

    /// The image, if it is one.
    pub fn image(&self) -> Option<&Image> {
        match &self.code {
            Code::Zip(_) => None,
            Code::Image(image) => Some(image),
        }
    }
}
