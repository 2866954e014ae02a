//! Files that are there as a whole or not at all.

use std::io::Write as _;
use std::path::Path;

use crate::error::{Doing as _, Result};

/// Writes a file beside its final place and then moves it there.
pub(super) fn write_whole(path: &Path, bytes: &[u8]) -> Result<()> {
    let what = || format!("write {}", path.display());
    let folder = path.parent().unwrap_or(path);
    std::fs::create_dir_all(folder).doing(format!("create {}", folder.display()))?;
    let mut draft = tempfile::NamedTempFile::new_in(folder).doing(what())?;
    draft.write_all(bytes).doing(what())?;
    draft.persist(path).doing(what()).map(drop)
}
