//! The files of a folder and of those below it, and whose each is.

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};

use collections_core::db::operate::moving::{Photo, Table};

use crate::error::{Doing as _, Error, Kind, Result};
use crate::legacy::source::Refused;

/// Folders below this many others are not looked into.
const DEEPEST: usize = 8;
/// What the old app made of its images; the pipeline makes them anew.
const THUMBNAILS: &str = "thumbnails";

/// Files by name.
#[derive(Debug)]
pub struct Folder {
    path: PathBuf,
    files: BTreeMap<String, PathBuf>,
}

impl Folder {
    /// Lists a folder; hidden files are left out.
    pub fn read(path: &Path) -> Result<Self> {
        let mut files = BTreeMap::new();
        collect(path, 0, &mut files)?;
        if files.is_empty() {
            return Err(Error::input(format!("{} holds no files", path.display())));
        }
        Ok(Self {
            path: path.to_owned(),
            files,
        })
    }

    /// The file of each item, and the items that have none.
    pub(super) fn match_up(&self, wanted: &[Photo]) -> (Vec<(Photo, PathBuf)>, Vec<Refused>) {
        let (mut found, mut missing) = (Vec::new(), Vec::new());
        for photo in wanted {
            match self.of(photo) {
                Some(file) => found.push((photo.clone(), file.clone())),
                None => missing.push(Refused {
                    table: Table::Items,
                    id: photo.id.to_string(),
                    reason: format!("{} has no {}", self.path.display(), photo.filename),
                }),
            }
        }
        (found, missing)
    }

    fn of(&self, photo: &Photo) -> Option<&PathBuf> {
        let by_id = ["jpg", "jpeg", "png", "webp", "gif"];
        let by_id = by_id.iter().map(|ending| format!("{}.{ending}", photo.id));
        let mut names = std::iter::once(photo.filename.clone()).chain(by_id);
        names.find_map(|name| self.files.get(&name))
    }

    /// Files that no item has.
    pub(super) fn unused(&self, found: &[(Photo, PathBuf)]) -> Vec<PathBuf> {
        let used: BTreeSet<&PathBuf> = found.iter().map(|(_, file)| file).collect();
        let unused = self.files.values().filter(|file| !used.contains(file));
        unused.cloned().collect()
    }
}

fn collect(path: &Path, depth: usize, files: &mut BTreeMap<String, PathBuf>) -> Result<()> {
    let what = || format!("read {}", path.display());
    let mut entries = std::fs::read_dir(path)
        .doing_as(Kind::Input, what())?
        .collect::<std::io::Result<Vec<_>>>()
        .doing_as(Kind::Input, what())?;
    entries.sort_by_key(std::fs::DirEntry::file_name);
    for entry in entries {
        let name = entry.file_name().to_string_lossy().into_owned();
        // A link could lead out of the folder.
        let kind = entry.file_type().doing_as(Kind::Input, what())?;
        if name.starts_with('.') {
            continue;
        }
        if kind.is_dir() && depth < DEEPEST && name != THUMBNAILS {
            collect(&entry.path(), depth + 1, files)?;
        } else if kind.is_file() {
            files.entry(name).or_insert_with(|| entry.path());
        }
    }
    Ok(())
}
