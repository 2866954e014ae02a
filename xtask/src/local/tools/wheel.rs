//! Unpacking a wheel that was checked by hash: into a folder beside the final one, renamed last.

use std::fs::File;
use std::io::{self, Read as _};
use std::os::unix::fs::PermissionsExt as _;
use std::path::Path;

use sha2::{Digest as _, Sha256};
use zip::ZipArchive;

use super::manifest::Wheel;
use crate::error::{Doing as _, Error, Kind, Result};

/// Compares a file with its pin.
pub(super) fn verify(file: &Path, wheel: &Wheel) -> Result<()> {
    let what = || format!("read {}", file.display());
    let mut hasher = Sha256::new();
    let mut reader = File::open(file).doing(what())?;
    let mut buffer = vec![0; 1 << 16];
    loop {
        match reader.read(&mut buffer).doing(what())? {
            0 => break,
            read => hasher.update(&buffer[..read]),
        }
    }
    let found = hex::encode(hasher.finalize());
    if found == wheel.sha256 {
        return Ok(());
    }
    Err(Error::failed(format!(
        "{} is not the file that is pinned: its SHA-256 is {found}, expected {}; nothing was installed",
        wheel.file, wheel.sha256
    ))
    .hint("the index that pip is configured for may be serving another file under that name")
    .hint("pins stand in environments/local/tools.yaml"))
}

/// Unpacks what is taken of a wheel into `folder`.
pub(super) fn unpack(file: &Path, take: &[String], folder: &Path) -> Result<()> {
    let what = || format!("unpack {}", file.display());
    let mut archive = File::open(file)
        .map_err(anyhow::Error::from)
        .and_then(|file| Ok(ZipArchive::new(file)?))
        .doing(what())?;
    for index in 0..archive.len() {
        let mut entry = archive.by_index(index).doing(what())?;
        let name = entry.name().doing(what())?.into_owned();
        let taken = take.iter().any(|prefix| name.starts_with(prefix));
        if !taken || !entry.is_file() {
            continue;
        }
        let Some(inside) = entry.enclosed_name() else {
            return Err(Error::failed(format!(
                "could not {}: {name} points outside of it",
                what()
            )));
        };
        let mode = if entry.unix_mode().unwrap_or(0) & 0o111 == 0 {
            0o644
        } else {
            0o755
        };
        write_entry(&mut entry, &folder.join(inside), mode).doing_as(Kind::Machine, what())?;
    }
    Ok(())
}

fn write_entry(entry: &mut impl io::Read, target: &Path, mode: u32) -> io::Result<()> {
    if let Some(parent) = target.parent() {
        std::fs::create_dir_all(parent)?;
    }
    let mut output = File::create(target)?;
    io::copy(entry, &mut output)?;
    output.set_permissions(std::fs::Permissions::from_mode(mode))
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]

    use std::io::Write as _;

    use zip::write::SimpleFileOptions;

    use super::*;

    fn archive(names: &[(&str, u32)]) -> (tempfile::TempDir, std::path::PathBuf) {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("tool-1.whl");
        let mut writer = zip::ZipWriter::new(File::create(&path).unwrap());
        for (name, mode) in names {
            writer
                .start_file(*name, SimpleFileOptions::default().unix_permissions(*mode))
                .unwrap();
            writer.write_all(name.as_bytes()).unwrap();
        }
        writer.finish().unwrap();
        (folder, path)
    }

    #[test]
    fn only_what_is_taken_comes_out_with_its_mode() {
        let (folder, path) = archive(&[
            ("pg/bin/run", 0o755),
            ("pg/share/x", 0o600),
            ("no/y", 0o644),
        ]);
        let out = folder.path().join("out");
        unpack(&path, &["pg/".to_owned()], &out).unwrap();
        let mode = |name: &str| out.join(name).metadata().unwrap().permissions().mode() & 0o777;
        assert_eq!((mode("pg/bin/run"), mode("pg/share/x")), (0o755, 0o644));
        assert!(!out.join("no").exists());
    }

    #[test]
    fn a_path_that_leads_outside_is_refused() {
        let (folder, path) = archive(&[("pg/../../evil", 0o644)]);
        let error = unpack(&path, &["pg/".to_owned()], &folder.path().join("out")).unwrap_err();
        assert!(error.message().contains("points outside"), "{error}");
    }

    #[test]
    fn a_wrong_hash_names_file_expected_and_found() {
        let (_folder, path) = archive(&[("a", 0o644)]);
        let pin = Wheel {
            file: "tool-1.whl".into(),
            size: 1,
            sha256: "00".repeat(32),
        };
        let text = verify(&path, &pin).unwrap_err().to_string();
        let found = hex::encode(Sha256::digest(std::fs::read(&path).unwrap()));
        for word in [
            "tool-1.whl",
            &"00".repeat(32),
            &found,
            "nothing was installed",
        ] {
            assert!(text.contains(word), "{text}");
        }
    }
}
