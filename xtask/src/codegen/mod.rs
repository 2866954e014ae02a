//! Writes `stack/src/aws/` from the registry schemas in `stack/schemas/`.

mod format;
mod model;
mod names;
mod print;
mod schema;

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use crate::error::{Doing as _, Error, Result};

/// Generated files by their path below `stack/src/aws/`.
pub type Files = BTreeMap<PathBuf, String>;

/// Reads every schema and generates every file.
pub fn generate(root: &Path) -> Result<Files> {
    let mut services: BTreeMap<String, model::Service> = BTreeMap::new();
    for schema in schema::read_all(&root.join("stack/schemas"))? {
        let service = services.entry(schema.service().to_owned()).or_default();
        service.add(&schema);
    }
    let printed = services.iter().map(|(name, service)| {
        (
            format!("{}.rs", names::module(name)),
            print::service(name, service),
        )
    });
    let index = ("mod.rs".to_owned(), print::index(&services));
    printed
        .chain([index])
        .map(|(file, text)| Ok((PathBuf::from(file), format::rustfmt(&text)?)))
        .collect()
}

/// What differs between the generated files and those on disk, by path; empty when fresh.
pub fn stale(root: &Path) -> Result<Vec<String>> {
    let (wanted, folder) = (generate(root)?, root.join("stack/src/aws"));
    let mut stale: Vec<String> = wanted
        .iter()
        .filter(|(path, text)| {
            std::fs::read_to_string(folder.join(path)).ok().as_ref() != Some(text)
        })
        .map(|(path, _)| path.display().to_string())
        .collect();
    stale.extend(
        strangers(&folder, &wanted)?
            .iter()
            .map(|path| path.display().to_string()),
    );
    Ok(stale)
}

/// Writes the files that differ and removes those that nothing generates any more.
pub fn write(root: &Path) -> Result<usize> {
    let (wanted, folder) = (generate(root)?, root.join("stack/src/aws"));
    std::fs::create_dir_all(&folder).doing(format!("create {}", folder.display()))?;
    let mut written = 0;
    for (path, text) in &wanted {
        let path = folder.join(path);
        if std::fs::read_to_string(&path).ok().as_ref() != Some(text) {
            std::fs::write(&path, text).doing(format!("write {}", path.display()))?;
            written += 1;
        }
    }
    for stranger in strangers(&folder, &wanted)? {
        let path = folder.join(stranger);
        std::fs::remove_file(&path).doing(format!("remove {}", path.display()))?;
        written += 1;
    }
    Ok(written)
}

fn strangers(folder: &Path, wanted: &Files) -> Result<Vec<PathBuf>> {
    let entries = match std::fs::read_dir(folder) {
        Ok(entries) => entries,
        Err(source) if source.kind() == std::io::ErrorKind::NotFound => return Ok(Vec::new()),
        Err(source) => {
            return Err(
                Error::failed(format!("could not read {}", folder.display())).because(source),
            );
        }
    };
    let names = entries
        .flatten()
        .map(|entry| PathBuf::from(entry.file_name()));
    Ok(names.filter(|name| !wanted.contains_key(name)).collect())
}
