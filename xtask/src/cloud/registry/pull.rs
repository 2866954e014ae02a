//! Reading: descriptions of images, and their parts into files, each checked against its digest.

use std::path::Path;

use reqwest::header::{ACCEPT, CONTENT_TYPE};
use sha2::{Digest as _, Sha256};
use tokio::io::AsyncWriteExt as _;

use super::{DOCKER_MANIFEST, Digest, INDEXES, OCI_MANIFEST, Registry, Version};
use crate::cloud::{CloudError, CloudResult, Fault};

/// Registries take descriptions of up to 4 MiB.
const MANIFEST_BYTES: usize = 4 << 20;

/// A description of an image, or of a list of them, as it was read.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Pulled {
    /// The digest of its bytes.
    pub digest: Digest,
    /// What sort of description it is.
    pub media_type: String,
    /// Itself.
    pub bytes: Vec<u8>,
}

pub(super) fn accepted() -> String {
    [OCI_MANIFEST, DOCKER_MANIFEST, INDEXES[0], INDEXES[1]].join(", ")
}

impl Registry {
    /// Reads the description of an image.
    pub async fn manifest(&self, version: &Version) -> CloudResult<Pulled> {
        self.retry.run(|| self.manifest_once(version)).await
    }

    async fn manifest_once(&self, version: &Version) -> CloudResult<Pulled> {
        const CALL: &str = "registry:GetManifest";
        let url = self.url(&format!("manifests/{version}"));
        let get = |http: &reqwest::Client| http.get(&url).header(ACCEPT, accepted());
        let mut answer = self.demand(CALL, get).await?;
        let media_type = answer.headers().get(CONTENT_TYPE);
        let media_type = media_type.and_then(|value| value.to_str().ok());
        let media_type = media_type.unwrap_or_default().to_owned();
        let mut bytes = Vec::new();
        while let Some(chunk) = answer.chunk().await.map_err(|e| self.broken(CALL, &e))? {
            bytes.extend_from_slice(&chunk);
            if bytes.len() > MANIFEST_BYTES {
                return Err(self.wrong(CALL, &format!("{version} is no description of an image")));
            }
        }
        let digest = Digest::of(&bytes);
        if let Version::Digest(wanted) = version
            && *wanted != digest
        {
            return Err(self.wrong(CALL, &format!("asked for {wanted}, it sent {digest}")));
        }
        Ok(Pulled {
            digest,
            media_type,
            bytes,
        })
    }

    /// Reads a layer or a configuration into a file, which is there as a whole or not at all.
    pub async fn pull_blob(&self, digest: &Digest, size: u64, file: &Path) -> CloudResult<()> {
        self.retry.run(|| self.pull_once(digest, size, file)).await
    }

    async fn pull_once(&self, digest: &Digest, size: u64, file: &Path) -> CloudResult<()> {
        const CALL: &str = "registry:GetBlob";
        let url = self.url(&format!("blobs/{digest}"));
        let mut answer = self.demand(CALL, |http| http.get(&url)).await?;
        let folder = file.parent().unwrap_or(file);
        let local = |error: std::io::Error| {
            let words = format!("could not write {}: {error}", file.display());
            CloudError::new(CALL, Fault::Invalid, "", words)
        };
        let draft = tempfile::NamedTempFile::new_in(folder).map_err(local)?;
        let mut output = tokio::fs::File::create(draft.path()).await.map_err(local)?;
        let (mut hasher, mut read) = (Sha256::new(), 0);
        while let Some(chunk) = answer.chunk().await.map_err(|e| self.broken(CALL, &e))? {
            read += chunk.len() as u64;
            if read > size {
                break;
            }
            hasher.update(&chunk);
            output.write_all(&chunk).await.map_err(local)?;
        }
        output.flush().await.map_err(local)?;
        let found = Digest::finished(hasher);
        if read != size || found != *digest {
            let words = format!("asked for {digest} of {size} bytes, it sent {found} of {read}");
            return Err(self.wrong(CALL, &words));
        }
        draft.persist(file).map_err(|error| local(error.error))?;
        Ok(())
    }

    pub(super) fn wrong(&self, call: &'static str, words: &str) -> CloudError {
        let words = format!("{}: {words}", self.repository);
        CloudError::new(call, Fault::Invalid, "DIGEST_INVALID", words)
    }
}
