//! A folder of old images: each goes to the key that its item names, and the pipeline makes the
//! thumbnail. What was said of an item stays said, so no model is asked for it again. What is
//! stored is noted first: a rollback finds it, wherever a run was cut off.

mod folder;
mod upload;
mod waiting;

use std::fmt;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use collections_core::db::operate::Request;
use collections_core::db::operate::moving::{Import, Moving, Photo, Place};
use collections_core::domain::{ItemId, UserId};
use contract::objects::{Kind, ObjectKey};
use serde::Serialize;

use super::report::{Report, Rows, show_files, show_refused};
use super::source::Refused;
use crate::cloud::{Clock, Media, Objects};
use crate::database::{Database, ask};
use crate::error::Result;
use crate::event::Events;

pub use folder::Folder;

/// Where images go.
pub struct Shelf {
    /// Stores objects whole.
    pub media: Arc<dyn Media>,
    /// Lists and removes them.
    pub objects: Arc<dyn Objects>,
    /// Waits.
    pub clock: Arc<dyn Clock>,
    /// The bucket.
    pub bucket: String,
    /// Whose they become.
    pub user: UserId,
}

impl Shelf {
    /// The user's objects of a kind, by their keys.
    async fn keys(&self, kind: Kind) -> Result<Vec<String>> {
        let prefix = format!("{}/{}/", self.user, kind.folder());
        Ok(self.objects.list(&self.bucket, &prefix).await?)
    }

    fn thumbnail(&self, item: &ItemId) -> String {
        ObjectKey::thumbnail(self.user.as_str(), item.as_str()).to_string()
    }
}

/// What became of the images.
#[derive(Debug, Default, PartialEq, Eq, Serialize)]
pub struct Photographs {
    /// The import, which a rollback names.
    pub import: String,
    /// Items that were moved in before.
    pub items: u64,
    /// Images that were stored now, or would be.
    pub stored: u64,
    /// Their bytes.
    pub bytes: u64,
    /// Images that are there already.
    pub already: u64,
    /// Thumbnails that are there in the end.
    pub thumbnails: u64,
    /// Items without an image, and why.
    pub refused: Vec<Refused>,
    /// Files of the folder that belong to no item.
    pub unused: Vec<PathBuf>,
    /// Whether nothing was stored.
    pub dry_run: bool,
    /// The files that have all of it.
    pub files: Vec<PathBuf>,
}

impl Photographs {
    /// Writes Markdown and JSON into a folder.
    pub fn write(&mut self, environment: &str, import: &Import, folder: &Path) -> Result<()> {
        let rows = Rows {
            table: "images",
            found: self.items,
            added: self.stored,
            already: self.already,
            refused: self.refused.len() as u64,
        };
        let mut report = Report::of_rows(environment, import, vec![rows], self.dry_run)?;
        report.refused.clone_from(&self.refused);
        let unused = self.unused.iter();
        let unused = unused.map(|file| format!("belongs to no item: {}", file.display()));
        report.notes = unused.collect();
        report.write(folder)?;
        self.files = report.files;
        Ok(())
    }
}

/// The items of a user that were moved in, all of them.
async fn wanted(database: &mut dyn Database, user: &UserId) -> Result<Vec<Photo>> {
    let mut all: Vec<Photo> = Vec::new();
    loop {
        let photos = Moving::Photos {
            user_id: user.clone(),
            after: all.last().map(|photo| photo.id.clone()),
        };
        let some: Vec<Photo> = ask(database, Request::Moving(photos)).await?;
        if some.is_empty() {
            return Ok(all);
        }
        all.extend(some);
    }
}

/// Stores what is not there yet.
pub async fn run(
    shelf: &Shelf,
    folder: &Folder,
    import: &Import,
    database: &mut dyn Database,
    dry_run: bool,
    events: &Events,
) -> Result<Photographs> {
    let wanted = wanted(database, &shelf.user).await?;
    let (found, missing) = folder.match_up(&wanted);
    let mut photographs = Photographs {
        import: import.id.clone(),
        items: wanted.len() as u64,
        refused: missing,
        unused: folder.unused(&found),
        dry_run,
        ..Photographs::default()
    };
    let uploaded = upload::Upload {
        shelf,
        import,
        dry_run,
        events,
    };
    uploaded.run(found, database, &mut photographs).await?;
    if !dry_run {
        waiting::thumbnails(shelf, &wanted, &mut photographs, events).await?;
    }
    photographs.refused.sort();
    Ok(photographs)
}

/// Removes the objects that an import stored; says how many originals that were.
pub async fn remove(shelf: &Shelf, import: &Import, database: &mut dyn Database) -> Result<u64> {
    let (mut removed, mut after) = (0, None);
    loop {
        let places = Moving::Photographs {
            import: import.clone(),
            after: after.take(),
        };
        let places: Vec<Place> = ask(database, Request::Moving(places)).await?;
        let Some(last) = places.last() else {
            return Ok(removed);
        };
        after = Some(last.id.clone());
        for place in &places {
            shelf
                .objects
                .delete(&shelf.bucket, &place.file_path)
                .await?;
            let thumbnail = shelf.thumbnail(&place.id);
            shelf.objects.delete(&shelf.bucket, &thumbnail).await?;
            removed += 1;
        }
    }
}

impl fmt::Display for Photographs {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let how = if self.dry_run {
            "would be stored"
        } else {
            "stored"
        };
        let size = self.bytes as f64 / 1_048_576.0;
        writeln!(
            f,
            "{} items: {} images {how} ({size:.1} MiB), {} there already, {} thumbnails; import {}",
            self.items, self.stored, self.already, self.thumbnails, self.import
        )?;
        if let [first, ..] = self.unused.as_slice() {
            writeln!(
                f,
                "note: {} files belong to no item that was moved in, {} is the first",
                self.unused.len(),
                first.display()
            )?;
        }
        show_refused(f, &self.refused)?;
        show_files(f, &self.files)
    }
}
