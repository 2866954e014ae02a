//! Files that are written whole or not at all.

use std::io::Write as _;
use std::os::unix::fs::PermissionsExt as _;
use std::path::Path;

use crate::error::{Doing as _, Error, Kind, Result};

/// Writes a file through a temporary one beside it, with these permissions.
pub(super) fn write(path: &Path, bytes: &[u8], mode: u32) -> Result<()> {
    let what = || format!("write {}", path.display());
    let folder = path
        .parent()
        .ok_or_else(|| Error::failed(format!("could not {}", what())))?;
    let mut file = tempfile::NamedTempFile::new_in(folder).doing_as(Kind::Machine, what())?;
    file.as_file()
        .set_permissions(std::fs::Permissions::from_mode(mode))
        .and_then(|()| file.write_all(bytes))
        .and_then(|()| file.as_file().sync_all())
        .doing_as(Kind::Machine, what())?;
    file.persist(path)
        .map_err(|source| source.error)
        .doing_as(Kind::Machine, what())?;
    Ok(())
}

/// Refuses to go on when less than `needed` bytes are free where `folder` lies.
pub(super) fn ensure_free(folder: &Path, needed: u64) -> Result<()> {
    let free = free_bytes(folder)?;
    if free >= needed {
        return Ok(());
    }
    let (free, needed) = (free >> 20, needed.div_ceil(1 << 20));
    Err(Error::machine(format!(
        "only {free} MiB are free where {} lies, {needed} MiB are needed",
        folder.display()
    ))
    .hint(
        "free some space there; `cargo clean` and old folders in .local/tools are the usual places",
    ))
}

/// Bytes that an ordinary user can still write where `folder` lies.
pub(crate) fn free_bytes(folder: &Path) -> Result<u64> {
    let stat = rustix::fs::statvfs(folder).doing_as(
        Kind::Machine,
        format!("read the free space of {}", folder.display()),
    )?;
    Ok(stat.f_bavail.saturating_mul(stat.f_frsize))
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]

    use super::*;

    #[test]
    fn a_written_file_has_the_mode_and_no_leftovers() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("state.json");
        write(&path, b"one", 0o600).unwrap();
        write(&path, b"two", 0o600).unwrap();
        assert_eq!(std::fs::read(&path).unwrap(), b"two");
        assert_eq!(path.metadata().unwrap().permissions().mode() & 0o777, 0o600);
        assert_eq!(folder.path().read_dir().unwrap().count(), 1);
    }

    #[test]
    fn a_full_disk_is_told_before_anything_is_written() {
        let folder = tempfile::tempdir().unwrap();
        ensure_free(folder.path(), 1).unwrap();
        let error = ensure_free(folder.path(), u64::MAX).unwrap_err();
        assert_eq!(error.kind(), Kind::Machine);
        assert!(error.message().contains("are free where"), "{error}");
    }
}
