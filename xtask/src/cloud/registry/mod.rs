//! The distribution API of container registries, as much as a deploy needs: read a base image,
//! store an image's parts. One value speaks to one repository with one login.

mod digest;
mod login;
mod pull;
mod push;
mod reference;
mod request;

use std::sync::{Arc, Mutex};
use std::time::Duration;

pub use digest::Digest;
pub use login::Login;
pub use pull::Pulled;
pub use reference::{Reference, Repository, Version};

use super::retry::Retry;
use crate::error::{Doing as _, Result};
use crate::secret::Secret;

/// What an image is described in: OCI's words.
pub const OCI_MANIFEST: &str = "application/vnd.oci.image.manifest.v1+json";
/// The same in Docker's words, which bases may still use.
pub const DOCKER_MANIFEST: &str = "application/vnd.docker.distribution.manifest.v2+json";
/// A list of images for several processors, in OCI's words and in Docker's.
pub const INDEXES: [&str; 2] = [
    "application/vnd.oci.image.index.v1+json",
    "application/vnd.docker.distribution.manifest.list.v2+json",
];

const CONNECT: Duration = Duration::from_secs(10);
/// Between two pieces of an answer.
const SILENCE: Duration = Duration::from_secs(60);

/// A repository that is spoken to.
#[derive(Clone)]
pub struct Registry {
    http: reqwest::Client,
    retry: Retry,
    repository: Repository,
    login: Login,
    /// A token that was asked for.
    granted: Arc<Mutex<Option<Secret>>>,
}

/// The HTTP client that all of them share.
pub fn client() -> Result<reqwest::Client> {
    reqwest::Client::builder()
        .connect_timeout(CONNECT)
        .read_timeout(SILENCE)
        .build()
        .doing("make an HTTP client")
}

impl Registry {
    /// Speaks to this repository with this login.
    pub fn new(http: reqwest::Client, retry: Retry, repository: Repository, login: Login) -> Self {
        Self {
            http,
            retry,
            repository,
            login,
            granted: Arc::default(),
        }
    }

    /// The repository it speaks to.
    pub fn repository(&self) -> &Repository {
        &self.repository
    }
}
