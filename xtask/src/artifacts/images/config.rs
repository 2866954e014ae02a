//! The JSON of images: manifests, lists of them, configurations.

use std::collections::BTreeMap;

use serde::{Deserialize, Deserializer, Serialize};
use serde_json::Value;

use crate::cloud::registry::{Digest, OCI_MANIFEST};

/// What an image's configuration is described in.
const OCI_CONFIG: &str = "application/vnd.oci.image.config.v1+json";
/// What a layer is described in: a tar, compressed with gzip.
const OCI_LAYER: &str = "application/vnd.oci.image.layer.v1.tar+gzip";
/// The same in Docker's words.
const DOCKER_LAYER: &str = "application/vnd.docker.image.rootfs.diff.tar.gzip";
/// Nothing of an image says when it was made.
const EPOCH: &str = "1970-01-01T00:00:00Z";

/// A part of an image as a manifest names it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct Descriptor {
    pub(super) media_type: String,
    pub(super) digest: Digest,
    pub(super) size: u64,
}

/// The description of an image.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct ManifestJson {
    schema_version: u32,
    #[serde(default)]
    media_type: String,
    pub(super) config: Descriptor,
    pub(super) layers: Vec<Descriptor>,
    #[serde(default)]
    annotations: BTreeMap<String, String>,
}

/// A list of images for several processors.
#[derive(Deserialize)]
pub(super) struct IndexJson {
    pub(super) manifests: Vec<IndexEntry>,
}

/// One image of the list.
#[derive(Deserialize)]
pub(super) struct IndexEntry {
    pub(super) digest: Digest,
    #[serde(default)]
    pub(super) platform: IndexPlatform,
}

/// What it is for.
#[derive(Default, Deserialize)]
pub(super) struct IndexPlatform {
    #[serde(default)]
    pub(super) architecture: String,
    #[serde(default)]
    pub(super) os: String,
}

/// An image's configuration, as far as it decides how the image runs.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub(super) struct ConfigJson {
    pub(super) architecture: String,
    #[serde(default, deserialize_with = "nullable")]
    pub(super) config: RunJson,
    #[serde(default)]
    created: String,
    #[serde(default, deserialize_with = "nullable")]
    history: Vec<Value>,
    pub(super) os: String,
    pub(super) rootfs: RootJson,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    variant: Option<String>,
}

/// The layers of an image, unpacked, by digest.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct RootJson {
    #[serde(rename = "type")]
    kind: String,
    pub(super) diff_ids: Vec<Digest>,
}

/// How an image runs. Engines write more than OCI knows, or `null`; that is left out.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase", default)]
pub(super) struct RunJson {
    #[serde(skip_serializing_if = "Vec::is_empty", deserialize_with = "nullable")]
    pub(super) cmd: Vec<String>,
    #[serde(skip_serializing_if = "Vec::is_empty", deserialize_with = "nullable")]
    pub(super) entrypoint: Vec<String>,
    #[serde(skip_serializing_if = "Vec::is_empty", deserialize_with = "nullable")]
    pub(super) env: Vec<String>,
    #[serde(
        skip_serializing_if = "BTreeMap::is_empty",
        deserialize_with = "nullable"
    )]
    pub(super) exposed_ports: BTreeMap<String, Value>,
    #[serde(
        skip_serializing_if = "BTreeMap::is_empty",
        deserialize_with = "nullable"
    )]
    pub(super) labels: BTreeMap<String, String>,
    #[serde(
        skip_serializing_if = "String::is_empty",
        deserialize_with = "nullable"
    )]
    pub(super) stop_signal: String,
    #[serde(
        skip_serializing_if = "String::is_empty",
        deserialize_with = "nullable"
    )]
    pub(super) user: String,
    #[serde(
        skip_serializing_if = "BTreeMap::is_empty",
        deserialize_with = "nullable"
    )]
    pub(super) volumes: BTreeMap<String, Value>,
    #[serde(
        skip_serializing_if = "String::is_empty",
        deserialize_with = "nullable"
    )]
    pub(super) working_dir: String,
}

fn nullable<'de, D: Deserializer<'de>, T: Deserialize<'de> + Default>(
    deserializer: D,
) -> Result<T, D::Error> {
    Ok(Option::deserialize(deserializer)?.unwrap_or_default())
}

impl Descriptor {
    /// A configuration of ours.
    pub(super) fn config(digest: Digest, size: u64) -> Self {
        Self {
            media_type: OCI_CONFIG.to_owned(),
            digest,
            size,
        }
    }

    /// A layer of ours.
    pub(super) fn layer(digest: Digest, size: u64) -> Self {
        Self {
            media_type: OCI_LAYER.to_owned(),
            digest,
            size,
        }
    }

    /// A layer of a base in OCI's words: the bytes are the same. None for one that Lambda does
    /// not take, such as zstd.
    pub(super) fn taken_over(&self) -> Option<Self> {
        let known = [OCI_LAYER, DOCKER_LAYER].contains(&self.media_type.as_str());
        known.then(|| Self::layer(self.digest.clone(), self.size))
    }
}

impl ManifestJson {
    /// The manifest of an image on this base.
    pub(super) fn new(
        config: Descriptor,
        layers: Vec<Descriptor>,
        base: [(&str, String); 2],
    ) -> Self {
        let annotations =
            base.map(|(name, value)| (format!("org.opencontainers.image.base.{name}"), value));
        Self {
            schema_version: 2,
            media_type: OCI_MANIFEST.to_owned(),
            config,
            layers,
            annotations: annotations.into(),
        }
    }
}

impl ConfigJson {
    /// The same image with layers on top, run in this way.
    pub(super) fn with(mut self, run: RunJson, diff_ids: impl IntoIterator<Item = Digest>) -> Self {
        self.config = run;
        self.created = EPOCH.to_owned();
        for digest in diff_ids {
            let step = serde_json::json!({ "created": EPOCH, "created_by": "cargo xtask deploy" });
            self.history.push(step);
            self.rootfs.diff_ids.push(digest);
        }
        self
    }
}
