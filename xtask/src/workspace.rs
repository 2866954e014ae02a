//! Where the project lies on this machine.

use std::path::{Path, PathBuf};

use crate::error::{Doing as _, Error, Kind, Result};

/// The project root: the folder that holds `environments/` and the workspace manifest, at or
/// above the current directory, else where this binary was compiled.
pub fn find_root() -> Result<PathBuf> {
    let here = std::env::current_dir()
        .map_err(|source| Error::machine("could not read the current directory").because(source))?;
    let is_root = |path: &std::path::Path| {
        path.join("environments").is_dir() && path.join("Cargo.toml").is_file()
    };
    if let Some(root) = here.ancestors().find(|path| is_root(path)) {
        return Ok(root.to_path_buf());
    }
    let compiled = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("..");
    match compiled.canonicalize() {
        Ok(root) if is_root(&root) => Ok(root),
        _ => Err(
            Error::machine(format!("no project found at or above {}", here.display()))
                .hint("run the command inside the checkout, or name it with --root"),
        ),
    }
}

/// The workspace whose manifest stands in the root, also when that one is a link: what cargo
/// compiled there is then used again.
pub fn of(root: &Path) -> Result<PathBuf> {
    let manifest = root.join("Cargo.toml");
    let real = manifest
        .canonicalize()
        .doing_as(Kind::Input, format!("find {}", manifest.display()))?;
    Ok(real.parent().unwrap_or(root).to_owned())
}
