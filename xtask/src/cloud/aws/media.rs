//! S3, with checksums.

use async_trait::async_trait;
use aws_config::SdkConfig;
use aws_sdk_s3::Client;
use aws_sdk_s3::primitives::ByteStream;
use aws_sdk_s3::types::ChecksumMode;
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use bytes::Bytes;

use super::call::Caller;
use super::objects;
use crate::cloud::error::optional;
use crate::cloud::media::{Media, Stored, Upload};
use crate::cloud::{CloudError, CloudResult, Fault};

pub(super) struct SdkMedia {
    client: Client,
    caller: Caller,
}

impl SdkMedia {
    pub(super) fn new(sdk: &SdkConfig, caller: Caller) -> Self {
        Self {
            client: objects::client(sdk),
            caller,
        }
    }
}

#[async_trait]
impl Media for SdkMedia {
    async fn stored(&self, bucket: &str, prefix: &str) -> CloudResult<Vec<Stored>> {
        let mut found = Vec::new();
        let mut next: Option<String> = None;
        loop {
            let list = || {
                let list = self.client.list_objects_v2().bucket(bucket).prefix(prefix);
                list.set_continuation_token(next.clone()).send()
            };
            let page = self.caller.call("s3:ListObjectsV2", list).await?;
            found.extend(page.contents().iter().filter_map(|object| {
                Some(Stored {
                    key: object.key()?.to_owned(),
                    size: object.size().and_then(|size| size.try_into().ok())?,
                    etag: object.e_tag().unwrap_or_default().to_owned(),
                })
            }));
            next = page.next_continuation_token;
            if next.is_none() {
                return Ok(found);
            }
        }
    }

    async fn checksum(&self, bucket: &str, key: &str) -> CloudResult<Option<[u8; 32]>> {
        let head = || {
            let head = self.client.head_object().bucket(bucket).key(key);
            head.checksum_mode(ChecksumMode::Enabled).send()
        };
        let answer = optional(self.caller.call("s3:HeadObject", head).await)?;
        let told = answer.and_then(|answer| answer.checksum_sha256);
        Ok(told.and_then(|text| STANDARD.decode(text).ok()?.try_into().ok()))
    }

    async fn upload(&self, bucket: &str, upload: &Upload) -> CloudResult<()> {
        let put = || {
            self.client
                .put_object()
                .bucket(bucket)
                .key(&upload.key)
                .content_type(upload.content_type)
                .checksum_sha256(STANDARD.encode(upload.sha256))
                .body(ByteStream::from(upload.body.clone()))
                .send()
        };
        self.caller.call("s3:PutObject", put).await.map(drop)
    }

    async fn download(&self, bucket: &str, key: &str) -> CloudResult<Option<Bytes>> {
        const CALL: &str = "s3:GetObject";
        let get = || self.client.get_object().bucket(bucket).key(key).send();
        let Some(answer) = optional(self.caller.call(CALL, get).await)? else {
            return Ok(None);
        };
        let body = answer.body.collect().await.map_err(|error| {
            let words = format!("{bucket}/{key}: {error}");
            CloudError::new(CALL, Fault::Unavailable, "", words)
        })?;
        Ok(Some(body.into_bytes()))
    }
}
