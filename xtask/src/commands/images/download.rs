//! From the bucket into the folder. A file appears there whole and checked, or not at all.

use std::io::Write as _;
use std::path::Path;

use contract::objects::ObjectKey;
use futures::{StreamExt as _, TryStreamExt as _, stream};

use super::content::Known;
use super::{AT_ONCE, Moved, One, Shelf};
use crate::cloud::media::Stored;
use crate::error::{Doing as _, Kind, Result};
use crate::event::{Events, Unit};

/// Fetches what is not there yet.
pub(super) async fn run(
    shelf: &Shelf,
    folder: &Path,
    force: bool,
    events: &Events,
) -> Result<Moved> {
    let what = || format!("make the folder {}", folder.display());
    std::fs::create_dir_all(folder).doing_as(Kind::Input, what())?;
    let there = shelf.media.stored(&shelf.bucket, &shelf.prefix()).await?;
    let step = events.start(format!(
        "download {} images of {}",
        there.len(),
        shelf.whose
    ));
    let total = there.len() as u64;
    let work = there.iter().map(|stored| one(shelf, stored, folder, force));
    let mut work = stream::iter(work).buffer_unordered(AT_ONCE);
    let mut all = Vec::new();
    while let Some(one) = work.try_next().await? {
        all.push(one);
        step.progress(all.len() as u64, Some(total), Unit::Items);
    }
    let moved: Moved = all.into_iter().collect();
    step.finish_with(format!("{} fetched", moved.moved));
    Ok(moved)
}

async fn one(shelf: &Shelf, stored: &Stored, folder: &Path, force: bool) -> Result<One> {
    // The name of the file comes from the bucket: it must be one of ours.
    let Some(key) = ObjectKey::parse(&stored.key) else {
        return Ok(One::Left(format!(
            "{} is not the key of an image",
            stored.key
        )));
    };
    let name = format!("{}.{}", key.item_id, key.extension);
    let path = folder.join(&name);
    let known = Known::of(shelf, stored).await?;
    if path.exists() {
        let there = tokio::fs::read(&path)
            .await
            .doing_as(Kind::Input, format!("read {name}"))?;
        if known.is(&there) {
            return Ok(One::Same);
        }
        if !force {
            let reason = format!("{name} is there with other content; --force replaces it");
            return Ok(One::Left(reason));
        }
    }
    let Some(bytes) = shelf.media.download(&shelf.bucket, &stored.key).await? else {
        return Ok(One::Left(format!("{} was deleted meanwhile", stored.key)));
    };
    if !known.is(&bytes) {
        let reason = format!("{name} did not arrive as it was stored; run the command again");
        return Ok(One::Left(reason));
    }
    write(folder, &path, &bytes)?;
    Ok(One::Moved(bytes.len() as u64))
}

fn write(folder: &Path, path: &Path, bytes: &[u8]) -> Result<()> {
    let what = || format!("write {}", path.display());
    let mut new = tempfile::Builder::new()
        .prefix(".new-")
        .tempfile_in(folder)
        .doing_as(Kind::Machine, what())?;
    new.write_all(bytes).doing_as(Kind::Machine, what())?;
    let kept = new.persist(path).map_err(|error| error.error);
    kept.map(drop).doing_as(Kind::Machine, what())
}
