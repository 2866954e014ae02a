//! A development build carries symbols that nobody reads inside a function: a copy without them
//! packs, uploads and loads three times faster.

use std::path::{Path, PathBuf};
use std::process::Command;

use crate::error::{Doing as _, Result};
use crate::event::Events;

/// A copy of the binary without symbols, made anew only when the binary is newer. Where the
/// machine has no `strip`, the binary itself.
pub fn slim(binary: &Path, folder: &Path, events: &Events) -> Result<PathBuf> {
    let Some(name) = binary.file_name() else {
        return Ok(binary.to_owned());
    };
    let folder = folder.join("slim");
    let copy = folder.join(name);
    if is_newer(&copy, binary) {
        return Ok(copy);
    }
    std::fs::create_dir_all(&folder).doing(format!("create {}", folder.display()))?;
    let draft = copy.with_extension("draft");
    let strip = Command::new("strip")
        .arg("-o")
        .arg(&draft)
        .arg(binary)
        .output();
    if !strip.is_ok_and(|output| output.status.success()) {
        events.warn("the functions keep their symbols: this machine has no working `strip`");
        return Ok(binary.to_owned());
    }
    std::fs::rename(&draft, &copy).doing(format!("write {}", copy.display()))?;
    Ok(copy)
}

fn is_newer(copy: &Path, binary: &Path) -> bool {
    let time = |path: &Path| {
        std::fs::metadata(path)
            .and_then(|data| data.modified())
            .ok()
    };
    time(copy)
        .zip(time(binary))
        .is_some_and(|(copy, binary)| copy >= binary)
}
