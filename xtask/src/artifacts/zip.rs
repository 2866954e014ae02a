//! A zip that depends on nothing but the bytes inside: fixed times, fixed modes, sorted names.

use std::io::{Cursor, Write as _};
use std::path::Path;

use sha2::{Digest as _, Sha256};
use zip::write::SimpleFileOptions;
use zip::{CompressionMethod, DateTime, ZipWriter};

use super::Artifact;
use crate::error::{Doing as _, Result};

/// Fast to pack; binaries hardly shrink further with more effort.
const EFFORT: i64 = 1;

/// Packs a function's binary as Lambda wants it and stores it under its hash in `folder`.
pub fn pack(name: &str, binary: &Path, folder: &Path) -> Result<Artifact> {
    let code = std::fs::read(binary).doing(format!("read {}", binary.display()))?;
    let bytes = pack_bytes(&[("bootstrap", &code)])?;
    let sha256 = hex::encode(Sha256::digest(&bytes));
    let key = format!("functions/{name}/{sha256}.zip");
    let path = folder.join(&key);
    let parent = path.parent().unwrap_or(folder);
    std::fs::create_dir_all(parent).doing(format!("create {}", parent.display()))?;
    std::fs::write(&path, &bytes).doing(format!("write {}", path.display()))?;
    Ok(Artifact {
        key,
        sha256,
        path,
        size: bytes.len() as u64,
    })
}

/// The bytes of a zip with these executable files.
pub fn pack_bytes(files: &[(&str, &[u8])]) -> Result<Vec<u8>> {
    let options = SimpleFileOptions::default()
        .compression_method(CompressionMethod::Deflated)
        .compression_level(Some(EFFORT))
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
        let one = pack_bytes(&[("bootstrap", b"code"), ("a.txt", b"text")]).unwrap();
        let two = pack_bytes(&[("a.txt", b"text"), ("bootstrap", b"code")]).unwrap();
        assert_eq!(one, two);
        assert_ne!(one, pack_bytes(&[("bootstrap", b"other")]).unwrap());
    }

    #[test]
    fn the_binary_is_executable_and_named_bootstrap() {
        let folder = tempfile::tempdir().unwrap();
        let binary = folder.path().join("api");
        std::fs::write(&binary, b"\x7fELF").unwrap();
        let artifact = pack("api", &binary, folder.path()).unwrap();
        let bytes = std::fs::read(&artifact.path).unwrap();
        let mut archive = zip::ZipArchive::new(Cursor::new(bytes)).unwrap();
        assert_eq!(archive.by_index(0).unwrap().name().unwrap(), "bootstrap");
        assert_eq!(archive.by_index(0).unwrap().unix_mode(), Some(0o100_755));
        assert_eq!(
            artifact.key,
            format!("functions/api/{}.zip", artifact.sha256)
        );
    }
}
