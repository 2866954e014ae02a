//! ECR, in memory: it refuses an image whose parts it does not hold, as a registry does.

use std::path::Path;

use async_trait::async_trait;
use serde_json::Value;

use super::world::FakeRepository;
use super::{Fake, World};
use crate::cloud::images::{Images, Manifest};
use crate::cloud::registry::Digest;
use crate::cloud::{CloudError, CloudResult, Fault};

const HOST: &str = "000000000000.dkr.ecr.us-east-1.amazonaws.com";

/// The address of a repository.
pub(super) fn address(name: &str) -> String {
    format!("{HOST}/{name}")
}

fn repository<'w>(
    world: &'w mut World,
    call: &'static str,
    address: &str,
) -> CloudResult<&'w mut FakeRepository> {
    let name = address.strip_prefix(&format!("{HOST}/")).unwrap_or(address);
    world.repositories.get_mut(name).ok_or_else(|| {
        CloudError::new(
            call,
            Fault::NotFound,
            "NAME_UNKNOWN",
            format!("no repository {name}"),
        )
    })
}

fn refused(call: &'static str, code: &str, message: String) -> CloudError {
    CloudError::new(call, Fault::Invalid, code, message)
}

impl World {
    /// The hash that Lambda gives an image's code, if the image is there.
    pub(super) fn image(&self, uri: &str) -> Result<String, String> {
        let (name, digest) = uri
            .strip_prefix(&format!("{HOST}/"))
            .and_then(|rest| rest.split_once('@'))
            .ok_or_else(|| format!("{uri} is no image of this account"))?;
        let held = self.repositories.get(name);
        match held.is_some_and(|repository| repository.images.contains(digest)) {
            true => Ok(digest.trim_start_matches("sha256:").to_owned()),
            false => Err(format!("Source image {uri} does not exist")),
        }
    }
}

#[async_trait]
impl Images for Fake {
    async fn has_image(&self, address: &str, digest: &Digest) -> CloudResult<bool> {
        const CALL: &str = "registry:HeadManifest";
        self.read_on(CALL, address, |world| {
            // As a registry does: a repository that is not there holds nothing.
            let held = repository(world, CALL, address).ok();
            Ok(held.is_some_and(|repository| repository.images.contains(digest.as_str())))
        })
        .await
    }

    async fn has_blob(&self, address: &str, digest: &Digest) -> CloudResult<bool> {
        const CALL: &str = "registry:HeadBlob";
        self.read_on(CALL, address, |world| {
            // As a registry does: a repository that is not there holds nothing.
            let held = repository(world, CALL, address).ok();
            Ok(held.is_some_and(|repository| repository.blobs.contains(digest.as_str())))
        })
        .await
    }

    async fn put_blob(&self, address: &str, digest: &Digest, file: &Path) -> CloudResult<()> {
        const CALL: &str = "registry:PutBlob";
        self.write_on(CALL, address, |world| {
            let repository = repository(world, CALL, address)?;
            let bytes =
                std::fs::read(file).map_err(|error| refused(CALL, "", error.to_string()))?;
            if Digest::of(&bytes) != *digest {
                return Err(refused(CALL, "DIGEST_INVALID", digest.to_string()));
            }
            repository.blobs.insert(digest.to_string());
            Ok(())
        })
        .await
    }

    async fn put_image(&self, address: &str, manifest: &Manifest) -> CloudResult<()> {
        const CALL: &str = "registry:PutManifest";
        self.write_on(CALL, address, |world| {
            let repository = repository(world, CALL, address)?;
            let parts: Value = serde_json::from_slice(&manifest.bytes)
                .map_err(|error| refused(CALL, "MANIFEST_INVALID", error.to_string()))?;
            let layers = parts["layers"].as_array().into_iter().flatten();
            for part in layers.chain([&parts["config"]]) {
                let digest = part["digest"].as_str().unwrap_or_default();
                if !repository.blobs.contains(digest) {
                    return Err(refused(CALL, "MANIFEST_BLOB_UNKNOWN", digest.to_owned()));
                }
            }
            repository.images.insert(manifest.digest.to_string());
            Ok(())
        })
        .await
    }
}
