//! What a model gets to see of an item.

use anyhow::{Context, Result, bail};
use collections_core::contract::functions::Analyzer as F;
use collections_core::domain::{Format, Item};
use collections_core::objects::{Objects, Read};
use collections_core::providers::Image;

/// Models reduce what is larger, and refuse what has more bytes.
const EDGE: i32 = 1568;
const MAX_ORIGINAL: u64 = 3_500_000;
/// A thumbnail within 800 pixels has a fraction of this.
const MAX_THUMBNAIL: u64 = 4 * 1024 * 1024;

/// What marks metadata that may say where, when and with what a picture was taken, or that it is
/// to be turned. Such an original does not leave the house; its thumbnail has none of it.
const PRIVATE: [&[u8]; 4] = [b"Exif\0\0", b"eXIf", b"EXIF", b"GPSLatitude"];

/// The original where models take it as it is: fine text in it stays readable, and what the file
/// says of itself (a caption) comes along. Else the thumbnail. `None` if the item is gone.
pub(crate) async fn image(objects: &Objects<F>, item: &Item) -> Result<Option<Image>> {
    match original(objects, item).await? {
        Some(image) => Ok(Some(image)),
        None => thumbnail(objects, item).await,
    }
}

async fn original(objects: &Objects<F>, item: &Item) -> Result<Option<Image>> {
    let fits = |side: Option<i32>| side.is_some_and(|side| side <= EDGE);
    let Some(key) = item
        .image_key()
        .filter(|_| fits(item.width) && fits(item.height))
    else {
        return Ok(None);
    };
    let Read::Found(bytes) = objects.read_image(&key, MAX_ORIGINAL).await? else {
        return Ok(None);
    };
    if tells_more_than_it_shows(&bytes) {
        return Ok(None);
    }
    // Not every model takes an animation.
    let format = Format::of(&bytes).filter(|format| *format != Format::Gif);
    Ok(format.map(|format| Image {
        bytes,
        mime_type: format.mime_type().to_owned(),
    }))
}

fn tells_more_than_it_shows(bytes: &[u8]) -> bool {
    let holds = |mark: &[u8]| bytes.windows(mark.len()).any(|window| window == mark);
    PRIVATE.iter().any(|mark| holds(mark))
}

async fn thumbnail(objects: &Objects<F>, item: &Item) -> Result<Option<Image>> {
    let key = item
        .thumbnail_key()
        .context("the item has no thumbnail yet")?;
    Ok(match objects.read_thumbnail(&key, MAX_THUMBNAIL).await? {
        Read::Found(bytes) => Some(Image {
            bytes,
            mime_type: "image/jpeg".to_owned(),
        }),
        Read::Absent => None,
        Read::TooLarge(size) => bail!("the thumbnail has {size} bytes"),
    })
}
