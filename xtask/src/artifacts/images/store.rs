//! Parts of images on this machine, by digest, and which input became which image.

use std::path::{Path, PathBuf};

use serde::{Deserialize, Serialize};

use super::config::ManifestJson;
use super::{Image, Part};
use crate::artifacts::files::write_whole;
use crate::cloud::images::Manifest;
use crate::cloud::registry::{Digest, OCI_MANIFEST, Repository};
use crate::error::{Doing as _, Result};

/// A folder of parts.
#[derive(Clone, Debug)]
pub(super) struct Store {
    folder: PathBuf,
}

/// Which image an input became.
#[derive(Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct Note {
    pub(super) manifest: Digest,
    /// How many of its layers do not come from the base.
    pub(super) own: usize,
    /// The size of what was put on the base, unpacked.
    pub(super) unpacked: u64,
}

impl Store {
    pub(super) fn open(folder: PathBuf) -> Result<Self> {
        let parts = folder.join("parts");
        std::fs::create_dir_all(&parts).doing(format!("create {}", parts.display()))?;
        Ok(Self { folder })
    }

    /// Where a part lies, or would.
    pub(super) fn file(&self, digest: &Digest) -> PathBuf {
        self.folder.join("parts").join(digest.hex())
    }

    /// A folder for drafts, on the same disk.
    pub(super) fn folder(&self) -> &Path {
        &self.folder
    }

    /// The bytes of a part, if they are there and whole.
    pub(super) fn get(&self, digest: &Digest) -> Option<Vec<u8>> {
        let bytes = std::fs::read(self.file(digest)).ok()?;
        (Digest::of(&bytes) == *digest).then_some(bytes)
    }

    /// Keeps bytes.
    pub(super) fn put(&self, bytes: &[u8]) -> Result<Digest> {
        let digest = Digest::of(bytes);
        write_whole(&self.file(&digest), bytes)?;
        Ok(digest)
    }

    /// The image of a note, if all of it that does not come from the base is here.
    pub(super) fn image(&self, note: &Note, base: &Repository) -> Option<Image> {
        let manifest = &note.manifest;
        let bytes = self.get(manifest)?;
        let parsed: ManifestJson = serde_json::from_slice(&bytes).ok()?;
        let shared = parsed.layers.len().checked_sub(note.own)?;
        let layers = parsed.layers.iter().zip(0..).map(|(layer, index)| Part {
            digest: layer.digest.clone(),
            size: layer.size,
            file: self.file(&layer.digest),
            from: (index < shared).then(|| base.clone()),
        });
        let config = Part {
            digest: parsed.config.digest.clone(),
            size: parsed.config.size,
            file: self.file(&parsed.config.digest),
            from: None,
        };
        let parts: Vec<Part> = layers.chain([config]).collect();
        let whole = |part: &Part| part.from.is_some() || part.file.is_file();
        parts.iter().all(whole).then(|| Image {
            manifest: Manifest {
                digest: manifest.clone(),
                media_type: OCI_MANIFEST.to_owned(),
                bytes,
            },
            parts,
        })
    }

    /// Notes which image an input became.
    pub(super) fn note(&self, input: &Digest, note: &Note) -> Result<()> {
        let text = serde_json::to_vec(note).doing("write a note")?;
        write_whole(&self.note_file(input), &text)
    }

    /// Which image an input became before.
    pub(super) fn noted(&self, input: &Digest) -> Option<Note> {
        serde_json::from_slice(&std::fs::read(self.note_file(input)).ok()?).ok()
    }

    fn note_file(&self, input: &Digest) -> PathBuf {
        self.folder.join("inputs").join(input.hex())
    }
}
