//! A zip that depends on nothing but the bytes inside: fixed times, fixed modes, sorted names.

use std::io::{Cursor, Write as _};
use std::path::{Path, PathBuf};

use sha2::{Digest as _, Sha256};
use zip::write::SimpleFileOptions;
use zip::{CompressionMethod, DateTime, ZipWriter};

use super::files::write_whole;
use super::{Artifact, Code, Zip};
use crate::error::{Doing as _, Error, Result};

/// What counts in packing.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Effort {
    /// That it is done soon: somebody waits for their edit.
    Soon,
    /// That the zip is small: it travels, and every cold start loads it. A fifth smaller.
    Small,
}

impl Effort {
    /// In the terms of deflate.
    fn level(self) -> i64 {
        match self {
            Self::Soon => 1,
            Self::Small => 9,
        }
    }
}

/// Packs a function's binary as Lambda wants it and stores it under its hash in `folder`. A
/// binary that was packed before is only hashed: a note beside the zip tells which it became.
pub fn pack(name: &str, binary: &Path, folder: &Path, effort: Effort) -> Result<Artifact> {
    let code = std::fs::read(binary).doing(format!("read {}", binary.display()))?;
    let kept = Kept {
        folder,
        prefix: format!("functions/{name}"),
    };
    let own = folder.join(&kept.prefix);
    std::fs::create_dir_all(&own).doing(format!("create {}", own.display()))?;
    let note = own.join(format!(
        "{}.effort-{}",
        hex::encode(Sha256::digest(&code)),
        effort.level()
    ));
    let unpacked = code.len() as u64;
    if let Ok(sha256) = std::fs::read_to_string(&note)
        && let Some(artifact) = kept.find(&sha256, unpacked)
    {
        return Ok(artifact);
    }
    let bytes = pack_bytes(&[("bootstrap", &code)], effort)?;
    let sha256 = hex::encode(Sha256::digest(&bytes));
    write_whole(&kept.path(&sha256), &bytes)?;
    // After the zip: a note is true once it is there.
    write_whole(&note, sha256.as_bytes())?;
    kept.find(&sha256, unpacked)
        .ok_or_else(|| Error::failed(format!("{name}: what was packed is gone")))
}

/// The zips of one function.
struct Kept<'f> {
    folder: &'f Path,
    prefix: String,
}

impl Kept<'_> {
    fn key(&self, sha256: &str) -> String {
        format!("{}/{sha256}.zip", self.prefix)
    }

    fn path(&self, sha256: &str) -> PathBuf {
        self.folder.join(self.key(sha256))
    }

    fn find(&self, sha256: &str, unpacked: u64) -> Option<Artifact> {
        let path = self.path(sha256);
        let size = std::fs::metadata(&path).ok()?.len();
        let key = self.key(sha256);
        Some(Artifact {
            sha256: sha256.to_owned(),
            size,
            unpacked,
            code: Code::Zip(Zip { key, path }),
        })
    }
}

/// The bytes of a zip with these executable files.
pub fn pack_bytes(files: &[(&str, &[u8])], effort: Effort) -> Result<Vec<u8>> {
    let options = SimpleFileOptions::default()
        .compression_method(CompressionMethod::Deflated)
        .compression_level(Some(effort.level()))
        .last_modified_time(DateTime::default())
        .unix_permissions(0o755)
        .large_file(false);
    let mut sorted = files.to_vec();
    sorted.sort_unstable_by_key(|(name, _)| *name);
    let mut writer = ZipWriter::new(Cursor::new(Vec::new()));
    for (name, bytes) in sorted {
        writer
            .start_file(name, options)
            .doing(format!("add {name} to the zip"))?;
        writer
            .write_all(bytes)
            .doing(format!("add {name} to the zip"))?;
    }
    Ok(writer.finish().doing("finish the zip")?.into_inner())
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;

    #[test]
    fn the_same_files_in_any_order_are_the_same_bytes() {
        let packed = |files: &[(&str, &[u8])]| pack_bytes(files, Effort::Small).unwrap();
        let one = packed(&[("bootstrap", b"code"), ("a.txt", b"text")]);
        let two = packed(&[("a.txt", b"text"), ("bootstrap", b"code")]);
        assert_eq!(one, two);
        assert_ne!(one, packed(&[("bootstrap", b"other")]));
    }

    #[test]
    fn what_was_packed_before_is_found_and_a_lost_zip_is_packed_again() {
        let folder = tempfile::tempdir().unwrap();
        let binary = folder.path().join("api");
        std::fs::write(&binary, b"code").unwrap();
        let pack = || pack("api", &binary, folder.path(), Effort::Soon).unwrap();
        let first = pack();
        let path = |artifact: &Artifact| artifact.zip().unwrap().path.clone();
        let written = |artifact: &Artifact| path(artifact).metadata().unwrap().modified().unwrap();
        let before = written(&first);
        assert_eq!(pack(), first);
        assert_eq!(written(&first), before);
        std::fs::remove_file(path(&first)).unwrap();
        assert_eq!(pack(), first);
        assert!(path(&first).is_file());
        std::fs::write(&binary, b"edoc").unwrap();
        assert_ne!(pack(), first);
    }

    #[test]
    fn the_binary_is_executable_and_named_bootstrap() {
        let folder = tempfile::tempdir().unwrap();
        let binary = folder.path().join("api");
        std::fs::write(&binary, b"\x7fELF").unwrap();
        let artifact = pack("api", &binary, folder.path(), Effort::Soon).unwrap();
        let bytes = std::fs::read(&artifact.zip().unwrap().path).unwrap();
        let mut archive = zip::ZipArchive::new(Cursor::new(bytes)).unwrap();
        assert_eq!(archive.by_index(0).unwrap().name().unwrap(), "bootstrap");
        assert_eq!(archive.by_index(0).unwrap().unix_mode(), Some(0o100_755));
        assert_eq!(
            artifact.name(),
            format!("functions/api/{}.zip", artifact.sha256)
        );
    }
}
