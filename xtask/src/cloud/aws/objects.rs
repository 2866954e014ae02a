//! S3.

use async_trait::async_trait;
use aws_config::SdkConfig;
use aws_sdk_s3::Client;
use aws_sdk_s3::primitives::ByteStream;
use aws_sdk_s3::types::{Delete, ObjectIdentifier};

use super::call::Caller;
use crate::cloud::error::optional;
use crate::cloud::objects::{ObjectVersion, Objects};
use crate::cloud::{CloudError, CloudResult, Fault};

pub(super) struct SdkObjects {
    client: Client,
    caller: Caller,
    endpoint: Option<String>,
}

impl SdkObjects {
    pub(super) fn new(sdk: &SdkConfig, caller: Caller, endpoint: Option<String>) -> Self {
        Self {
            client: client(sdk),
            caller,
            endpoint,
        }
    }
}

/// A client that finds buckets at AWS and at an endpoint of one's own.
pub(super) fn client(sdk: &SdkConfig) -> Client {
    // Such an endpoint seldom answers at bucket.host.
    let own = sdk.endpoint_url().is_some();
    let config = aws_sdk_s3::config::Builder::from(sdk).force_path_style(own);
    Client::from_conf(config.build())
}

#[async_trait]
impl Objects for SdkObjects {
    async fn list(&self, bucket: &str, prefix: &str) -> CloudResult<Vec<String>> {
        let mut keys = Vec::new();
        let mut next: Option<String> = None;
        loop {
            let page = self
                .caller
                .call("s3:ListObjectsV2", || {
                    let list = self.client.list_objects_v2().bucket(bucket).prefix(prefix);
                    list.set_continuation_token(next.clone()).send()
                })
                .await?;
            keys.extend(
                page.contents()
                    .iter()
                    .filter_map(|object| object.key().map(str::to_owned)),
            );
            next = page.next_continuation_token;
            if next.is_none() {
                return Ok(keys);
            }
        }
    }

    async fn get(&self, bucket: &str, key: &str) -> CloudResult<Option<Vec<u8>>> {
        const CALL: &str = "s3:GetObject";
        let answer = self.caller.call(CALL, || {
            self.client.get_object().bucket(bucket).key(key).send()
        });
        let Some(answer) = optional(answer.await)? else {
            return Ok(None);
        };
        let body = answer.body.collect().await.map_err(|error| {
            CloudError::new(
                CALL,
                Fault::Unavailable,
                "",
                format!("{bucket}/{key}: {error}"),
            )
        })?;
        Ok(Some(body.to_vec()))
    }

    async fn put(&self, bucket: &str, key: &str, body: Vec<u8>) -> CloudResult<()> {
        let put = || self.client.put_object().bucket(bucket).key(key);
        let put = || put().body(ByteStream::from(body.clone())).send();
        self.caller.call("s3:PutObject", put).await.map(drop)
    }

    async fn put_new(&self, bucket: &str, key: &str, body: Vec<u8>) -> CloudResult<bool> {
        let put = || {
            self.client
                .put_object()
                .bucket(bucket)
                .key(key)
                .if_none_match("*")
        };
        let put = || put().body(ByteStream::from(body.clone())).send();
        match self.caller.call("s3:PutObject", put).await {
            Ok(_) => Ok(true),
            Err(error) if error.fault == Fault::Exists => Ok(false),
            Err(error) => Err(error),
        }
    }

    async fn delete(&self, bucket: &str, key: &str) -> CloudResult<()> {
        let delete = || self.client.delete_object().bucket(bucket).key(key).send();
        self.caller.call("s3:DeleteObject", delete).await.map(drop)
    }

    async fn some_versions(&self, bucket: &str) -> CloudResult<Vec<ObjectVersion>> {
        let list = || self.client.list_object_versions().bucket(bucket).send();
        let page = self.caller.call("s3:ListObjectVersions", list).await?;
        let kept = page
            .versions()
            .iter()
            .map(|version| (version.key(), version.version_id()));
        let markers = page
            .delete_markers()
            .iter()
            .map(|marker| (marker.key(), marker.version_id()));
        let found = kept.chain(markers).filter_map(|(key, version)| {
            // "null" names the only version of an object in a bucket that keeps none.
            Some(ObjectVersion {
                key: key?.to_owned(),
                version: version.map(str::to_owned),
            })
        });
        Ok(found.collect())
    }

    async fn delete_versions(&self, bucket: &str, versions: &[ObjectVersion]) -> CloudResult<()> {
        const CALL: &str = "s3:DeleteObjects";
        let invalid = |error: &dyn std::fmt::Display| {
            CloudError::new(CALL, Fault::Invalid, "", error.to_string())
        };
        let objects = versions.iter().map(|object| {
            ObjectIdentifier::builder()
                .key(&object.key)
                .set_version_id(object.version.clone())
                .build()
        });
        let objects: Vec<_> = objects
            .collect::<Result<_, _>>()
            .map_err(|error| invalid(&error))?;
        let delete = Delete::builder()
            .set_objects(Some(objects))
            .quiet(true)
            .build();
        let delete = delete.map_err(|error| invalid(&error))?;
        let send = || {
            self.client
                .delete_objects()
                .bucket(bucket)
                .delete(delete.clone())
                .send()
        };
        let answer = self.caller.call(CALL, send).await?;
        match answer.errors().first() {
            None => Ok(()),
            Some(error) => {
                let key = error.key().unwrap_or_default();
                let words = format!("{bucket}/{key}: {}", error.message().unwrap_or_default());
                Err(CloudError::new(
                    CALL,
                    Fault::Invalid,
                    error.code().unwrap_or_default(),
                    words,
                ))
            }
        }
    }

    async fn announces(&self, bucket: &str) -> CloudResult<bool> {
        let get = || self.client.get_bucket_notification_configuration();
        let get = || get().bucket(bucket).send();
        let answer = self
            .caller
            .call("s3:GetBucketNotificationConfiguration", get)
            .await?;
        Ok(answer.event_bridge_configuration.is_some())
    }

    fn url(&self, bucket: &str, key: &str) -> String {
        match &self.endpoint {
            Some(endpoint) => format!("{}/{bucket}/{key}", endpoint.trim_end_matches('/')),
            None => format!("https://{bucket}.s3.amazonaws.com/{key}"),
        }
    }
}
