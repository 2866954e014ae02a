//! The base of images: resolved to the one image of our processor, by digest.

use super::Platform;
use super::config::{ConfigJson, Descriptor, IndexJson, ManifestJson};
use super::pull;
use super::store::Store;
use crate::cloud::registry::{
    DOCKER_MANIFEST, Digest, INDEXES, OCI_MANIFEST, Pulled, Reference, Registry, Version,
};
use crate::error::{Doing as _, Error, Result};

/// A configuration is a few kilobytes.
const CONFIG_BYTES: u64 = 4 << 20;

/// What images stand on.
#[derive(Clone, Debug)]
pub(super) struct Base {
    /// As the environment names it.
    pub(super) named: String,
    /// By the digest of the one image that is used.
    pub(super) pinned: Reference,
    pub(super) digest: Digest,
    pub(super) layers: Vec<Descriptor>,
    pub(super) config: ConfigJson,
}

impl Base {
    /// Finds the base. A name with a digest that was used before needs no network.
    pub(super) async fn resolve(named: &str, platform: Platform, store: &Store) -> Result<Self> {
        let reference = Reference::parse(named).map_err(Error::input)?;
        let source = Source {
            named,
            registry: pull::registry(&reference.repository)?,
            platform,
            store,
        };
        let first = source.manifest(&reference.version).await?;
        let pulled = match INDEXES.contains(&first.media_type.as_str()) {
            true => {
                let chosen = source.choose(&first.bytes)?;
                source.manifest(&Version::Digest(chosen)).await?
            }
            false => first,
        };
        source.read(reference, pulled).await
    }
}

struct Source<'a> {
    named: &'a str,
    registry: Registry,
    platform: Platform,
    store: &'a Store,
}

impl Source<'_> {
    async fn manifest(&self, version: &Version) -> Result<Pulled> {
        if let Version::Digest(digest) = version
            && let Some(bytes) = self.store.get(digest)
        {
            let said: serde_json::Value = serde_json::from_slice(&bytes).unwrap_or_default();
            let media_type = said["mediaType"].as_str().unwrap_or(OCI_MANIFEST);
            return Ok(Pulled {
                digest: digest.clone(),
                media_type: media_type.to_owned(),
                bytes,
            });
        }
        let pulled = self.registry.manifest(version).await;
        let pulled = pulled.map_err(|error| {
            Error::machine(format!("could not read the base image {}", self.named))
                .because(error)
                .hint("check the name (image_base in the environment's file) and the network")
                .hint("the base must be readable without signing in")
        })?;
        self.store.put(&pulled.bytes)?;
        Ok(pulled)
    }

    /// The image of our processor in a list. Its digest stands in the list, so that the image is
    /// checked against the list, and the list against its own digest.
    fn choose(&self, list: &[u8]) -> Result<Digest> {
        let list: IndexJson = serde_json::from_slice(list)
            .doing(format!("read the list of images of {}", self.named))?;
        let wanted = self.platform.name();
        let fits = list
            .manifests
            .iter()
            .find(|entry| entry.platform.os == "linux" && entry.platform.architecture == wanted);
        fits.map(|entry| entry.digest.clone()).ok_or_else(|| {
            let all = list.manifests.iter().map(|entry| &entry.platform);
            let all = all.filter(|platform| platform.os == "linux");
            let all: Vec<&str> = all.map(|platform| platform.architecture.as_str()).collect();
            self.wrong(&format!("it is for {}, not for {wanted}", all.join(", ")))
        })
    }

    async fn read(&self, reference: Reference, pulled: Pulled) -> Result<Base> {
        let known = [OCI_MANIFEST, DOCKER_MANIFEST];
        if !known.contains(&pulled.media_type.as_str()) {
            return Err(self.wrong(&format!("its manifest is {}", pulled.media_type)));
        }
        let manifest: ManifestJson = serde_json::from_slice(&pulled.bytes)
            .doing(format!("read the manifest of {}", self.named))?;
        let config = self.config(&manifest.config).await?;
        let wanted = self.platform.name();
        if config.os != "linux" || config.architecture != wanted {
            let found = format!("{}/{}", config.os, config.architecture);
            return Err(self.wrong(&format!("it is for {found}, not for linux/{wanted}")));
        }
        if config.rootfs.diff_ids.len() != manifest.layers.len() {
            return Err(self.wrong("its configuration counts other layers than its manifest"));
        }
        let layers = manifest.layers.iter().map(|layer| {
            let taken = layer.taken_over();
            taken.ok_or_else(|| self.wrong(&format!("it has a layer of {}", layer.media_type)))
        });
        let layers = layers.collect::<Result<_>>()?;
        Ok(Base {
            named: self.named.to_owned(),
            pinned: Reference {
                repository: reference.repository,
                version: Version::Digest(pulled.digest.clone()),
            },
            digest: pulled.digest,
            layers,
            config,
        })
    }

    async fn config(&self, described: &Descriptor) -> Result<ConfigJson> {
        let what = || format!("read the configuration of {}", self.named);
        if described.size > CONFIG_BYTES {
            return Err(self.wrong("its configuration is too large"));
        }
        let (digest, file) = (&described.digest, self.store.file(&described.digest));
        if self.store.get(digest).is_none() {
            self.registry
                .pull_blob(digest, described.size, &file)
                .await
                .doing(what())?;
        }
        let bytes = self.store.get(digest).unwrap_or_default();
        serde_json::from_slice(&bytes).doing(what())
    }

    fn wrong(&self, why: &str) -> Error {
        Error::input(format!(
            "{} cannot be the base of images: {why}",
            self.named
        ))
        .hint("name another one: image_base in the environment's file")
    }
}
