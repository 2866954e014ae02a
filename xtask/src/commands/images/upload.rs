//! From the folder into the bucket.

use std::collections::BTreeMap;
use std::path::Path;

use bytes::Bytes;
use collections_core::domain::Format;
use futures::{StreamExt as _, TryStreamExt as _, stream};

use super::content::{Known, sha256};
use super::{AT_ONCE, Moved, One, Shelf, folder};
use crate::cloud::media::{Stored, Upload};
use crate::error::{Doing as _, Kind, Result};
use crate::event::{Events, Unit};

/// Stores what is not there yet.
pub(super) async fn run(
    shelf: &Shelf,
    folder: &Path,
    force: bool,
    events: &Events,
) -> Result<Moved> {
    let files = folder::files(folder)?;
    let there = shelf.media.stored(&shelf.bucket, &shelf.prefix()).await?;
    let there: BTreeMap<String, Stored> = there
        .into_iter()
        .map(|stored| (stored.key.clone(), stored))
        .collect();
    let step = events.start(format!("upload {} files for {}", files.len(), shelf.whose));
    let total = files.len() as u64;
    let work = files.iter().map(|file| one(shelf, file, &there, force));
    let mut work = stream::iter(work).buffer_unordered(AT_ONCE);
    let mut all = Vec::new();
    while let Some(one) = work.try_next().await? {
        all.push(one);
        step.progress(all.len() as u64, Some(total), Unit::Items);
    }
    let moved: Moved = all.into_iter().collect();
    step.finish_with(format!("{} stored", moved.moved));
    Ok(moved)
}

async fn one(
    shelf: &Shelf,
    file: &Path,
    there: &BTreeMap<String, Stored>,
    force: bool,
) -> Result<One> {
    let name = file.file_name().unwrap_or_default().to_string_lossy();
    let bytes = tokio::fs::read(file)
        .await
        .doing_as(Kind::Input, format!("read {name}"))?;
    let Some(format) = Format::of(&bytes) else {
        return Ok(One::Left(format!("{name} is no JPEG, PNG, WebP or GIF")));
    };
    let key = folder::key(shelf.user.as_str(), file, &bytes, format);
    if let Some(stored) = there.get(&key) {
        if Known::of(shelf, stored).await?.is(&bytes) {
            return Ok(One::Same);
        }
        if !force {
            let reason = format!("{name}: {key} is there with other content; --force replaces it");
            return Ok(One::Left(reason));
        }
    }
    let size = bytes.len() as u64;
    let upload = Upload {
        sha256: sha256(&bytes),
        body: Bytes::from(bytes),
        content_type: format.mime_type(),
        key,
    };
    shelf.media.upload(&shelf.bucket, &upload).await?;
    Ok(One::Moved(size))
}
