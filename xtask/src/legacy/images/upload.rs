//! Images into the bucket, some at a time: read, noted, stored.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use bytes::Bytes;
use collections_core::db::operate::Request;
use collections_core::db::operate::moving::{Import, Moving, Photo, Photographed, Table};
use collections_core::domain::Format;
use contract::objects::{Kind, ObjectKey};
use futures::{StreamExt as _, TryStreamExt as _, stream};
use sha2::{Digest as _, Sha256};

use super::{Photographs, Shelf};
use crate::cloud::media;
use crate::database::{Database, ask};
use crate::error::{Doing as _, Kind as ErrorKind, Result};
use crate::event::{Events, Unit};
use crate::legacy::source::Refused;

/// Images that are noted together, and stored side by side.
const TOGETHER: usize = 32;
const AT_ONCE: usize = 8;
/// The pipeline takes no larger one.
const LARGEST: u64 = 25 << 20;

/// Storing images.
pub(super) struct Upload<'u> {
    pub(super) shelf: &'u Shelf,
    pub(super) import: &'u Import,
    pub(super) dry_run: bool,
    pub(super) events: &'u Events,
}

/// What there is to do with an image.
enum One {
    Already,
    Store(Photo, PathBuf, Format),
    Refused(Refused),
}

impl Upload<'_> {
    pub(super) async fn run(
        &self,
        found: Vec<(Photo, PathBuf)>,
        database: &mut dyn Database,
        photographs: &mut Photographs,
    ) -> Result<()> {
        let shelf = self.shelf;
        let prefix = format!("{}/{}/", shelf.user, Kind::Image.folder());
        let there = shelf.media.stored(&shelf.bucket, &prefix).await?;
        let there = there
            .into_iter()
            .map(|stored| (stored.key, stored.size))
            .collect();
        let thumbnails = shelf.keys(Kind::Thumbnail).await?;
        let thumbnails = thumbnails.into_iter().collect();
        let step = self.events.start(format!("store {} images", found.len()));
        let total = found.len() as u64;
        let mut done = 0;
        let mut found = found.into_iter().peekable();
        while found.peek().is_some() {
            let some: Vec<(Photo, PathBuf)> = found.by_ref().take(TOGETHER).collect();
            done += some.len() as u64;
            let mut to_store = Vec::new();
            for (photo, file) in some {
                match self.look(photo, file, &there, &thumbnails)? {
                    One::Already => photographs.already += 1,
                    One::Refused(refused) => photographs.refused.push(refused),
                    One::Store(photo, file, format) => to_store.push((photo, file, format)),
                }
            }
            photographs.stored += to_store.len() as u64;
            photographs.bytes += self.store(to_store, database).await?;
            step.progress(done, Some(total), Unit::Items);
        }
        step.finish_with(format!("{} stored", photographs.stored));
        Ok(())
    }

    /// By name, size and thumbnail: an image that went the whole way is not sent again.
    fn look(
        &self,
        photo: Photo,
        file: PathBuf,
        there: &BTreeMap<String, u64>,
        thumbnails: &std::collections::BTreeSet<String>,
    ) -> Result<One> {
        let what = || format!("read {}", file.display());
        let size = file.metadata().doing_as(ErrorKind::Input, what())?.len();
        let name = file.file_name().unwrap_or_default().to_string_lossy();
        let refused = |reason: String| {
            One::Refused(Refused {
                table: Table::Items,
                id: photo.id.to_string(),
                reason,
            })
        };
        if size > LARGEST {
            return Ok(refused(format!(
                "{name} has {size} bytes, more than the pipeline takes"
            )));
        }
        let Some(format) = Format::of(&head(&file)?) else {
            return Ok(refused(format!("{name} is no JPEG, PNG, WebP or GIF")));
        };
        let key = self.key(&photo, format);
        let is_stored = there.get(&key) == Some(&size) && photo.file_path == key;
        let is_done = thumbnails.contains(&self.shelf.thumbnail(&photo.id));
        Ok(match is_stored && is_done {
            true => One::Already,
            false => One::Store(photo, file, format),
        })
    }

    fn key(&self, photo: &Photo, format: Format) -> String {
        let user = self.shelf.user.as_str();
        ObjectKey::image(user, photo.id.as_str(), format.extension()).to_string()
    }

    async fn store(
        &self,
        images: Vec<(Photo, PathBuf, Format)>,
        database: &mut dyn Database,
    ) -> Result<u64> {
        let mut photos = Vec::new();
        let mut bytes = 0;
        for (photo, file, format) in &images {
            let size = file
                .metadata()
                .doing_as(ErrorKind::Input, format!("read {}", file.display()))?
                .len();
            bytes += size;
            photos.push(Photographed {
                id: photo.id.clone(),
                file_path: self.key(photo, *format),
                // Of an item of which nothing is said the pipeline notes it itself.
                thumbnail_path: photo.described.then(|| self.shelf.thumbnail(&photo.id)),
                file_size: i64::try_from(size).doing("measure the image")?,
                mime_type: format.mime_type().to_owned(),
            });
        }
        if self.dry_run || images.is_empty() {
            return Ok(bytes);
        }
        let note = Moving::Photographed {
            import: self.import.clone(),
            photos,
        };
        let _noted: u64 = ask(database, Request::Moving(note)).await?;
        let work = images
            .iter()
            .map(|(photo, file, format)| self.send(photo, file, *format));
        stream::iter(work)
            .buffer_unordered(AT_ONCE)
            .try_collect::<Vec<()>>()
            .await?;
        Ok(bytes)
    }

    async fn send(&self, photo: &Photo, file: &Path, format: Format) -> Result<()> {
        let what = format!("read {}", file.display());
        let body = tokio::fs::read(file)
            .await
            .doing_as(ErrorKind::Input, what)?;
        let upload = media::Upload {
            key: self.key(photo, format),
            sha256: Sha256::digest(&body).into(),
            body: Bytes::from(body),
            content_type: format.mime_type(),
        };
        Ok(self.shelf.media.upload(&self.shelf.bucket, &upload).await?)
    }
}

/// The first bytes of a file.
fn head(file: &Path) -> Result<Vec<u8>> {
    use std::io::Read as _;
    let what = || format!("read {}", file.display());
    let mut head = Vec::new();
    let opened = std::fs::File::open(file).doing_as(ErrorKind::Input, what())?;
    let read = opened.take(64).read_to_end(&mut head);
    read.doing_as(ErrorKind::Input, what())?;
    Ok(head)
}
