//! Repositories of container images: where the images of functions go, part by part.

use std::path::Path;

use async_trait::async_trait;

use super::CloudResult;
use super::registry::Digest;

/// The description of an image: what a repository lists it by.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Manifest {
    /// The hash of its bytes, which names the image.
    pub digest: Digest,
    /// What sort of description it is.
    pub media_type: String,
    /// The description itself.
    pub bytes: Vec<u8>,
}

/// Asks for and stores the parts of images. A repository is named by its address, as its stack
/// gives it: `000000000000.dkr.ecr.us-east-1.amazonaws.com/collections-dev-api`.
#[async_trait]
pub trait Images: Send + Sync {
    /// Whether the repository holds the image.
    async fn has_image(&self, repository: &str, digest: &Digest) -> CloudResult<bool>;
    /// Whether the repository holds a layer or a configuration.
    async fn has_blob(&self, repository: &str, digest: &Digest) -> CloudResult<bool>;
    /// Stores a layer or a configuration, whose bytes are in a file.
    async fn put_blob(&self, repository: &str, digest: &Digest, file: &Path) -> CloudResult<()>;
    /// Stores the image, whose parts are there.
    async fn put_image(&self, repository: &str, manifest: &Manifest) -> CloudResult<()>;
}
