//! Container images of functions: a Dockerfile from a template, built by a Docker Engine where
//! there is one, else by the tool itself. Who builds does not matter: everything that an engine
//! adds of its own (times, host names, its own compression) is left out, so the same input gives
//! the same digest, and an image that a registry holds is not sent again.
//!
//! The result is one OCI manifest for one processor. OCI, because its manifests say what they
//! are (`mediaType`) and both ECR and Lambda take it; never an index of several processors, which
//! Lambda refuses.

mod assemble;
mod base;
mod builder;
mod config;
mod dockerfile;
mod elf;
mod engine;
mod layer;
mod pull;
mod push;
mod store;

use std::path::PathBuf;

pub use builder::{ImageBuilder, Maker, Order};
pub use engine::Engine;
pub use push::push;

use crate::cloud::images::Manifest;
use crate::cloud::registry::{Digest, Repository};

/// An image, ready to be pushed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Image {
    /// Its description, whose digest names it.
    pub manifest: Manifest,
    /// What the description names: configuration and layers.
    pub parts: Vec<Part>,
}

/// A layer or the configuration of an image.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Part {
    /// The hash of its bytes.
    pub digest: Digest,
    /// How many they are.
    pub size: u64,
    /// The file on this machine.
    pub file: PathBuf,
    /// Where the file comes from when it is not there: layers of the base are only read when a
    /// registry wants them.
    pub from: Option<Repository>,
}

/// The processor an image is for; the system is always Linux.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Platform {
    /// Intel and AMD.
    Amd64,
    /// Graviton.
    Arm64,
}

impl Platform {
    /// Its name in images.
    pub fn name(self) -> &'static str {
        match self {
            Self::Amd64 => "amd64",
            Self::Arm64 => "arm64",
        }
    }
}
