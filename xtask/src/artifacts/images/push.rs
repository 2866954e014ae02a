//! Sends what a repository lacks: nothing when it holds the image, else the parts it does not
//! hold and the description last, so that an image that is there is whole.

use futures::TryStreamExt as _;

use super::{Image, Part, pull};
use crate::cloud::Images;
use crate::error::Result;
use crate::event::Events;

const AT_ONCE: usize = 4;
/// Enough of a digest to tell two images apart.
const SHORT: usize = 12;

/// Pushes a function's image to its repository, by digest.
pub async fn push(
    function: &str,
    image: &Image,
    repository: &str,
    images: &dyn Images,
    events: &Events,
) -> Result<()> {
    let digest = &image.manifest.digest;
    if images.has_image(repository, digest).await? {
        return Ok(());
    }
    let step = events.start(format!("push {function} {}", &digest.hex()[..SHORT]));
    let sent = futures::stream::iter(image.parts.iter().map(Ok))
        .map_ok(|part| send(part, repository, images))
        .try_buffer_unordered(AT_ONCE)
        .try_fold(0, |all, bytes| async move { Ok(all + bytes) })
        .await?;
    images.put_image(repository, &image.manifest).await?;
    let all: u64 = image.parts.iter().map(|part| part.size).sum();
    let megabytes = |bytes: u64| bytes as f64 / 1e6;
    step.finish_with(format!(
        "{:.1} of {:.1} MB",
        megabytes(sent),
        megabytes(all)
    ));
    Ok(())
}

/// How many bytes went.
async fn send(part: &Part, repository: &str, images: &dyn Images) -> Result<u64> {
    if images.has_blob(repository, &part.digest).await? {
        return Ok(0);
    }
    pull::fetch(part).await?;
    images
        .put_blob(repository, &part.digest, &part.file)
        .await?;
    Ok(part.size)
}
