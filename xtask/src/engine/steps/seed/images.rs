//! Stores the images that are not in the bucket yet.

use contract::objects::{Kind, ObjectKey};
use futures::{StreamExt as _, TryStreamExt as _, stream};
use sha2::{Digest as _, Sha256};

use super::{Seeding, Way};
use crate::cloud::media::Upload;
use crate::dataset::{Item, format};
use crate::engine::steps::output;
use crate::error::{Error, Result};
use crate::event::Unit;

/// So many at one time.
const AT_ONCE: usize = 8;

impl Seeding<'_> {
    /// Stores what is not there; says how many that were. An image whose thumbnail is missing is
    /// stored again: that is what makes the pipeline go.
    pub(super) async fn images(&self, way: Way) -> Result<usize> {
        let bucket = output(self.deployed, "storage", "BucketName")?;
        let images = self.keys(Kind::Image).await?;
        let thumbnails = self.keys(Kind::Thumbnail).await?;
        let mut missing = Vec::new();
        for item in &self.set.items {
            let upload = self.upload(item)?;
            let thumbnail = ObjectKey::thumbnail(self.owner.as_str(), self.id(item)?.as_str());
            let is_there = images.contains(&upload.key);
            let is_done = thumbnails.contains(&thumbnail.to_string());
            if !is_there || (way == Way::Rows && !is_done) {
                missing.push(upload);
            }
        }
        let total = missing.len();
        if total == 0 {
            self.events.skip("store images", "every image is there");
            return Ok(0);
        }
        let step = self.events.start("store images");
        let mut stored = stream::iter(missing)
            .map(|upload| async move { self.cloud.media.upload(bucket, &upload).await })
            .buffer_unordered(AT_ONCE);
        let mut done = 0;
        while stored.try_next().await?.is_some() {
            done += 1;
            step.progress(done, Some(total as u64), Unit::Items);
        }
        drop(stored);
        step.finish_with(format!("{total}/{total}"));
        Ok(total)
    }

    fn upload(&self, item: &Item) -> Result<Upload> {
        let bytes = self.set.image(item)?;
        let format =
            format(&bytes).ok_or_else(|| Error::input(format!("{} is no image", item.file)))?;
        let id = self.id(item)?;
        let key = ObjectKey::image(self.owner.as_str(), id.as_str(), format.extension());
        Ok(Upload {
            key: key.to_string(),
            sha256: Sha256::digest(&bytes).into(),
            body: bytes.into(),
            content_type: format.mime_type(),
        })
    }

    fn id(&self, item: &Item) -> Result<collections_core::domain::ItemId> {
        item.id_for(&self.owner)
    }

    /// The owner's objects of a kind.
    pub(super) async fn keys(&self, kind: Kind) -> Result<Vec<String>> {
        let bucket = output(self.deployed, "storage", "BucketName")?;
        let prefix = format!("{}/{}/", self.owner, kind.folder());
        Ok(self.cloud.objects.list(bucket, &prefix).await?)
    }

    /// How many of the set's images have a thumbnail.
    pub(super) async fn thumbnails(&self) -> Result<usize> {
        let there = self.keys(Kind::Thumbnail).await?;
        let mut count = 0;
        for item in &self.set.items {
            let key = ObjectKey::thumbnail(self.owner.as_str(), self.id(item)?.as_str());
            count += usize::from(there.contains(&key.to_string()));
        }
        Ok(count)
    }
}
