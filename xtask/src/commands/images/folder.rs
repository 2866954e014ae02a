//! The files of a folder that are images, and the keys they get.

use std::path::{Path, PathBuf};

use collections_core::domain::Format;
use contract::objects::ObjectKey;
use uuid::Uuid;

use super::content::sha256;
use crate::error::{Doing as _, Error, Kind, Result};

/// Ids of images that come from here.
const NAMESPACE: Uuid = Uuid::from_u128(0x5d0c_6c51_7c0e_4f0a_9a34_0c1f_2a36_7b1e);

/// The files of a folder, sorted; hidden ones and folders are left out.
pub(super) fn files(folder: &Path) -> Result<Vec<PathBuf>> {
    let what = || format!("read {}", folder.display());
    let entries = std::fs::read_dir(folder).doing_as(Kind::Input, what())?;
    let files = entries.flatten().map(|entry| entry.path());
    let hidden = |path: &PathBuf| {
        let name = path.file_name().unwrap_or_default();
        name.to_string_lossy().starts_with('.')
    };
    let mut files: Vec<PathBuf> = files
        .filter(|path| path.is_file() && !hidden(path))
        .collect();
    files.sort();
    if files.is_empty() {
        return Err(Error::input(format!("{} holds no files", folder.display())));
    }
    Ok(files)
}

/// The key of a content. A file that is named by an id keeps it; any other gets one that follows
/// from user and content, so that the same image is stored once.
pub(super) fn key(user: &str, file: &Path, bytes: &[u8], format: Format) -> String {
    let stem = file.file_stem().unwrap_or_default().to_string_lossy();
    let id = Uuid::parse_str(&stem).unwrap_or_else(|_| {
        let content = [user.as_bytes(), &sha256(bytes)].concat();
        Uuid::new_v5(&NAMESPACE, &content)
    });
    ObjectKey::image(user, &id.to_string(), format.extension()).to_string()
}
