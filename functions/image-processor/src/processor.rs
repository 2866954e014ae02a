//! From an event to a stored thumbnail and the next event, once per version of an object.

use std::time::Duration;

use anyhow::{Context, Result};
use collections_core::Cloud;
use collections_core::contract::events::{ImageProcessed, ResizeRequested};
use collections_core::contract::functions::ImageProcessor;
use collections_core::contract::objects::{Kind, ObjectKey};
use collections_core::db::Db;
use collections_core::db::claims;
use collections_core::db::items::{self, NewItem, Processed, Recorded, Seen};
use collections_core::domain::{ItemId, Status, UserId};
use collections_core::events::Events;
use collections_core::objects::{Objects, Read};
use collections_core::queue::{self, Envelope};
use tokio::sync::Semaphore;

use crate::thumbnail::{self, MAX_BYTES, Refusal, Thumbnail};

/// Longer than the function may run: a claim outlives its holder, but not for long.
const CLAIM: Duration = Duration::from_secs(90);
/// Records take turns at it: each needs it for a moment, and every instance that runs has its own.
const CONNECTIONS: u32 = 1;

/// The function with its clients.
#[derive(Debug)]
pub struct Processor {
    objects: Objects<ImageProcessor>,
    events: Events<ImageProcessor>,
    db: Db<ImageProcessor>,
    /// One image at a time is decoded: a batch must not add up its memory.
    decoding: Semaphore,
}

/// One image to make a thumbnail of.
#[derive(Debug)]
struct Job {
    user: UserId,
    item: ItemId,
    key: ObjectKey,
    /// The version of the object, where S3 told it.
    sequencer: Option<String>,
    /// Whether a thumbnail alone is asked for.
    again: bool,
    /// What this piece of work is known by.
    work: String,
}

impl Processor {
    /// With the clients of the function's environment.
    pub fn new(cloud: &Cloud<ImageProcessor>) -> Result<Self> {
        Ok(Self::over(
            cloud.objects()?,
            cloud.events(),
            cloud.database(CONNECTIONS)?,
        ))
    }

    /// With given clients.
    pub fn over(
        objects: Objects<ImageProcessor>,
        events: Events<ImageProcessor>,
        db: Db<ImageProcessor>,
    ) -> Self {
        Self {
            objects,
            events,
            db,
            decoding: Semaphore::new(1),
        }
    }

    /// Handles one event.
    pub async fn handle(&self, envelope: Envelope) -> Result<()> {
        let Some(job) = job(&envelope)? else {
            return Ok(());
        };
        queue::about(job.user.as_str(), job.item.as_str());
        let work = self.process(&job, envelope.trace.as_deref());
        claims::once(&self.db, &job.user, &job.work, CLAIM, work).await
    }

    async fn process(&self, job: &Job, trace: Option<&str>) -> Result<()> {
        // Before the image is read: then whoever deletes it meanwhile finds the item as well.
        let before = self.ensure_item(job).await?;
        let (read, stored) = self.objects.read_traced_image(&job.key, MAX_BYTES).await?;
        // A stored object tells which request it came with; its event does not.
        let trace = stored.as_deref().or(trace);
        tracing::Span::current().record("trace", trace);
        let made = match read {
            Read::Absent => {
                tracing::info!("the image was deleted meanwhile");
                let mut db = self.db.acquire().await?;
                return items::forget_unprocessed(&mut db, &job.user, &job.item).await;
            }
            Read::TooLarge(size) => Err(Refusal::TooLarge(size)),
            Read::Found(bytes) => {
                let size = bytes.len();
                let _turn = self.decoding.acquire().await?;
                tokio::task::spawn_blocking(move || thumbnail::make(&bytes).map(|t| (t, size)))
                    .await
                    .context("decode the image")?
            }
        };
        let seen = match &job.sequencer {
            Some(sequencer) => Seen::Version(sequencer),
            None => Seen::Stored(before.as_deref()),
        };
        match made {
            Ok((thumbnail, size)) => Box::pin(self.store(job, thumbnail, size, seen, trace)).await,
            Err(refusal) => {
                tracing::warn!(%refusal, "the image is refused");
                let mut db = self.db.acquire().await?;
                let reason = refusal.to_string();
                let sequencer = job.sequencer.as_deref();
                items::set_refused(&mut db, &job.user, &job.item, &reason, sequencer).await
            }
        }
    }

    async fn store(
        &self,
        job: &Job,
        thumbnail: Thumbnail,
        size: usize,
        seen: Seen<'_>,
        trace: Option<&str>,
    ) -> Result<()> {
        let key = ObjectKey::thumbnail(job.user.as_str(), job.item.as_str());
        let found = Processed {
            thumbnail_path: key.to_string(),
            file_size: i64::try_from(size)?,
            mime_type: thumbnail.format.mime_type(),
            width: i32::try_from(thumbnail.width)?,
            height: i32::try_from(thumbnail.height)?,
            again: job.again,
        };
        // Boxed: a client's future is large, and lies within four others here.
        let write = Box::pin(self.objects.write_thumbnail(&key, thumbnail.jpeg.into()));
        let mut db = self.db.acquire().await?;
        let recorded = items::set_processed(&mut db, &job.user, &job.item, &found, seen, write);
        match recorded.await? {
            Recorded::Recorded => {}
            Recorded::Outdated => {
                tracing::info!("a later version was processed before");
                return Ok(());
            }
            Recorded::Deleted => {
                tracing::info!("the item was deleted meanwhile");
                return Ok(());
            }
        }
        drop(db);
        if job.again {
            return Ok(());
        }
        let event = ImageProcessed {
            item_id: job.item.to_string(),
            user_id: job.user.to_string(),
            bucket: self.objects.bucket().to_owned(),
            original_key: job.key.to_string(),
            thumbnail_key: key.to_string(),
        };
        self.events.put(&[event], trace).await
    }

    /// An image that was stored without the API becomes an item here. Says which version of it
    /// the item has.
    async fn ensure_item(&self, job: &Job) -> Result<Option<String>> {
        let filename = format!("{}.{}", job.key.item_id, job.key.extension);
        let item = NewItem {
            id: job.item.clone(),
            user_id: job.user.clone(),
            filename,
            original_filename: None,
            file_path: job.key.to_string(),
            file_size: None,
            mime_type: None,
            status: Status::Uploaded,
        };
        let mut db = self.db.acquire().await?;
        if items::insert(&mut db, &item).await? {
            return Ok(None);
        }
        let version = items::version(&mut db, &job.user, &job.item).await?;
        version.context("the item belongs to somebody else, or is being deleted")
    }
}

/// What an event asks for; nothing, if it is about an object that is none of our images.
fn job(envelope: &Envelope) -> Result<Option<Job>> {
    let (key, sequencer, version, again) = if let Some(object) = envelope.object_created()? {
        let Some(key) = object.key else {
            tracing::info!(key = object.raw_key, "not the key of an image");
            return Ok(None);
        };
        let version = object
            .sequencer
            .clone()
            .unwrap_or_else(|| envelope.id.clone());
        (key, object.sequencer, version, false)
    } else if let Some(request) = envelope.event::<ResizeRequested>()? {
        let key = ObjectKey::parse(&request.original_key).context("the request names no image")?;
        (key, None, envelope.id.clone(), true)
    } else {
        return Err(envelope.unexpected());
    };
    if key.kind != Kind::Image {
        return Ok(None);
    }
    let (user, item): (UserId, ItemId) = (key.user_id.parse()?, key.item_id.parse()?);
    let work = format!("thumbnail/{item}/{version}");
    Ok(Some(Job {
        user,
        item,
        key,
        sequencer,
        again,
        work,
    }))
}
