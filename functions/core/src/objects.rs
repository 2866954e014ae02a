//! The image bucket, bounded by what the function may do with which kind of object.

use std::collections::HashMap;
use std::marker::PhantomData;
use std::time::{Duration, SystemTime, UNIX_EPOCH};

use anyhow::{Context, Result, bail};
use aws_config::SdkConfig;
use aws_sdk_s3::Client;
use aws_sdk_s3::operation::get_object::GetObjectOutput;
use aws_sdk_s3::presigning::PresigningConfig;
use bytes::Bytes;
use contract::access::{
    DeleteCheckpoints, DeleteImages, DeleteThumbnails, ReadCheckpoints, ReadImages, ReadReports,
    ReadThumbnails, WriteCheckpoints, WriteImages, WriteThumbnails,
};
use contract::objects::{CHECKPOINT_TAG, ObjectKey};
use contract::report::Report;
use contract::{Function, Grants};

use crate::trace::header;
use crate::upload::{UploadForm, UploadRules};

/// How long a presigned address works, at least.
pub const PRESIGNED_FOR: Duration = Duration::from_secs(3600);
const SAME_ADDRESS: Duration = Duration::from_secs(600);
/// Many times what a report has.
const MAX_REPORT: u64 = 64 * 1024;

/// The object metadata that carries a trace over the store, which passes on no header.
pub(crate) const TRACE: &str = "trace";

/// What reading an object ends in.
#[derive(Debug)]
pub enum Read {
    /// The object.
    Found(Bytes),
    /// It is not there (any more).
    Absent,
    /// It is larger than the caller allows.
    TooLarge(u64),
}

/// The image bucket as function `F` may use it.
#[derive(Debug)]
pub struct Objects<F> {
    client: Client,
    config: SdkConfig,
    bucket: String,
    function: PhantomData<fn() -> F>,
}

impl<F: Function> Objects<F> {
    /// A client for one bucket.
    pub fn new(config: &SdkConfig, bucket: &str) -> Result<Self> {
        let settings = aws_sdk_s3::config::Builder::from(config)
            // A bucket is no host name below a local endpoint.
            .force_path_style(config.endpoint_url().is_some())
            .build();
        Ok(Self {
            client: Client::from_conf(settings),
            config: config.clone(),
            bucket: bucket.to_owned(),
            function: PhantomData,
        })
    }

    /// The bucket's name.
    pub fn bucket(&self) -> &str {
        &self.bucket
    }

    /// Where a browser reads and stores objects: scheme, host and port.
    pub fn origin(&self) -> String {
        if let Some(endpoint) = self.config.endpoint_url() {
            let host = endpoint.find("://").map_or(0, |at| at + 3);
            let end = endpoint[host..].find('/').map(|at| host + at);
            return endpoint[..end.unwrap_or(endpoint.len())].to_owned();
        }
        let region = self
            .config
            .region()
            .map_or("us-east-1", |region| region.as_ref());
        format!("https://{}.s3.{region}.amazonaws.com", self.bucket)
    }

    async fn read(&self, key: &ObjectKey, limit: u64) -> Result<Read> {
        self.read_traced(key, limit).await.map(|(read, _)| read)
    }

    async fn read_traced(&self, key: &ObjectKey, limit: u64) -> Result<(Read, Option<String>)> {
        let answer = self
            .client
            .get_object()
            .bucket(&self.bucket)
            .key(key.to_string())
            .send()
            .await;
        match answer {
            Ok(object) => {
                let trace = object.metadata().and_then(|found| found.get(TRACE));
                // Whoever holds an upload form may have written it.
                let trace = trace.and_then(|trace| header::read(trace));
                let body = read_body(object, limit).await;
                Ok((body.with_context(|| format!("read {key}"))?, trace))
            }
            Err(error) if error.as_service_error().is_some_and(|e| e.is_no_such_key()) => {
                Ok((Read::Absent, None))
            }
            Err(error) => Err(error).with_context(|| format!("read {key}")),
        }
    }

    async fn write(
        &self,
        key: &ObjectKey,
        body: Bytes,
        content_type: &str,
        trace: Option<&str>,
    ) -> Result<()> {
        let trace = trace.map(|trace| HashMap::from([(TRACE.to_owned(), trace.to_owned())]));
        self.client
            .put_object()
            .bucket(&self.bucket)
            .key(key.to_string())
            .content_type(content_type)
            .set_metadata(trace)
            .body(body.into())
            .send()
            .await
            .with_context(|| format!("store {key}"))?;
        Ok(())
    }

    async fn delete(&self, key: &ObjectKey) -> Result<()> {
        self.client
            .delete_object()
            .bucket(&self.bucket)
            .key(key.to_string())
            .send()
            .await
            .with_context(|| format!("delete {key}"))?;
        Ok(())
    }

    async fn presign(&self, key: &ObjectKey) -> Result<String> {
        let request = self
            .client
            .get_object()
            .bucket(&self.bucket)
            .key(key.to_string())
            .presigned(presigning(SystemTime::now())?)
            .await
            .with_context(|| format!("presign {key}"))?;
        Ok(request.uri().to_owned())
    }
}

/// Addresses are signed as of the last full ten minutes: whoever asks twice gets the same address,
/// and a browser that has the image does not fetch it again.
fn presigning(now: SystemTime) -> Result<PresigningConfig> {
    let since =
        now.duration_since(UNIX_EPOCH).unwrap_or_default().as_secs() % SAME_ADDRESS.as_secs();
    PresigningConfig::builder()
        .start_time(now - Duration::from_secs(since))
        .expires_in(PRESIGNED_FOR + SAME_ADDRESS)
        .build()
        .context("choose how long an address works")
}

async fn read_body(object: GetObjectOutput, limit: u64) -> Result<Read> {
    let declared = object
        .content_length
        .and_then(|n| u64::try_from(n).ok())
        .unwrap_or(0);
    if declared > limit {
        return Ok(Read::TooLarge(declared));
    }
    Ok(Read::Found(object.body.collect().await?.into_bytes()))
}

impl<F: Grants<ReadImages>> Objects<F> {
    /// Reads an original of at most `limit` bytes.
    pub async fn read_image(&self, key: &ObjectKey, limit: u64) -> Result<Read> {
        self.read(key, limit).await
    }

    /// The same, with the trace of the request that stored it.
    pub async fn read_traced_image(
        &self,
        key: &ObjectKey,
        limit: u64,
    ) -> Result<(Read, Option<String>)> {
        self.read_traced(key, limit).await
    }

    /// An address under which an original can be read for an hour.
    pub async fn presign_image(&self, key: &ObjectKey) -> Result<String> {
        self.presign(key).await
    }
}

impl<F: Grants<ReadThumbnails>> Objects<F> {
    /// Reads a thumbnail of at most `limit` bytes.
    pub async fn read_thumbnail(&self, key: &ObjectKey, limit: u64) -> Result<Read> {
        self.read(key, limit).await
    }

    /// An address under which a thumbnail can be read for an hour.
    pub async fn presign_thumbnail(&self, key: &ObjectKey) -> Result<String> {
        self.presign(key).await
    }
}

impl<F: Grants<WriteImages>> Objects<F> {
    /// Stores an original.
    pub async fn write_image(&self, key: &ObjectKey, body: Bytes, mime: &str) -> Result<()> {
        self.write(key, body, mime, None).await
    }

    /// Stores an original; what becomes of it belongs to this trace.
    pub async fn write_traced_image(
        &self,
        key: &ObjectKey,
        body: Bytes,
        mime: &str,
        trace: &str,
    ) -> Result<()> {
        self.write(key, body, mime, Some(trace)).await
    }

    /// A form with which a browser stores one original itself.
    pub async fn presign_upload(&self, key: &ObjectKey, rules: &UploadRules) -> Result<UploadForm> {
        crate::upload::sign(&self.config, &self.bucket, key, rules).await
    }
}

impl<F: Grants<WriteThumbnails>> Objects<F> {
    /// Stores a thumbnail, a JPEG.
    pub async fn write_thumbnail(&self, key: &ObjectKey, body: Bytes) -> Result<()> {
        self.write(key, body, "image/jpeg", None).await
    }
}

impl<F: Grants<DeleteImages>> Objects<F> {
    /// Removes an original; it need not exist.
    pub async fn delete_image(&self, key: &ObjectKey) -> Result<()> {
        self.delete(key).await
    }
}

impl<F: Grants<DeleteThumbnails>> Objects<F> {
    /// Removes a thumbnail; it need not exist.
    pub async fn delete_thumbnail(&self, key: &ObjectKey) -> Result<()> {
        self.delete(key).await
    }
}

impl<F: Grants<ReadReports>> Objects<F> {
    /// What the environment's last validation found; nothing, where there was none.
    pub async fn read_report(&self) -> Result<Option<Report>> {
        let key = ObjectKey::report();
        match self.read(&key, MAX_REPORT).await? {
            Read::Found(bytes) => {
                let report = serde_json::from_slice(&bytes);
                report
                    .map(Some)
                    .with_context(|| format!("understand {key}"))
            }
            Read::Absent => Ok(None),
            Read::TooLarge(bytes) => bail!("{key} has {bytes} bytes"),
        }
    }
}

impl<F: Grants<ReadCheckpoints>> Objects<F> {
    /// Reads the state of a conversation of at most `limit` bytes.
    pub async fn read_checkpoint(&self, key: &ObjectKey, limit: u64) -> Result<Read> {
        self.read(key, limit).await
    }
}

impl<F: Grants<WriteCheckpoints>> Objects<F> {
    /// Stores the state of a conversation, with the tag by which the bucket's rule finds it.
    pub async fn write_checkpoint(&self, key: &ObjectKey, body: Bytes) -> Result<()> {
        self.client
            .put_object()
            .bucket(&self.bucket)
            .key(key.to_string())
            .content_type("application/gzip")
            .tagging(format!("{}={}", CHECKPOINT_TAG.0, CHECKPOINT_TAG.1))
            .body(body.into())
            .send()
            .await
            .with_context(|| format!("store {key}"))?;
        Ok(())
    }
}

impl<F: Grants<DeleteCheckpoints>> Objects<F> {
    /// Removes the state of a conversation; it need not exist.
    pub async fn delete_checkpoint(&self, key: &ObjectKey) -> Result<()> {
        self.delete(key).await
    }
}
