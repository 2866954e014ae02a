//! S3 with checksums, in memory.

use async_trait::async_trait;
use bytes::Bytes;
use sha2::{Digest as _, Sha256};

use super::Fake;
use crate::cloud::media::{Media, Stored, Upload};
use crate::cloud::{CloudError, CloudResult, Fault};

fn sha256(bytes: &[u8]) -> [u8; 32] {
    Sha256::digest(bytes).into()
}

#[async_trait]
impl Media for Fake {
    async fn stored(&self, bucket: &str, prefix: &str) -> CloudResult<Vec<Stored>> {
        self.read_on("s3:ListObjectsV2", bucket, |world| {
            let objects = world.buckets.get(bucket).into_iter().flatten();
            let below = objects.filter(|(key, _)| key.starts_with(prefix));
            let stored = below.map(|(key, body)| Stored {
                key: key.clone(),
                size: body.len() as u64,
                etag: hex::encode(sha256(body)),
            });
            Ok(stored.collect())
        })
        .await
    }

    async fn checksum(&self, bucket: &str, key: &str) -> CloudResult<Option<[u8; 32]>> {
        self.read_on("s3:HeadObject", &format!("{bucket}/{key}"), |world| {
            let body = world.buckets.get(bucket).and_then(|all| all.get(key));
            let known = body.filter(|_| !world.without_checksum.contains(key));
            Ok(known.map(|body| sha256(body)))
        })
        .await
    }

    async fn upload(&self, bucket: &str, upload: &Upload) -> CloudResult<()> {
        const CALL: &str = "s3:PutObject";
        self.write_on(CALL, &format!("{bucket}/{}", upload.key), |world| {
            if sha256(&upload.body) != upload.sha256 {
                let words = "the SHA256 you specified did not match";
                return Err(CloudError::new(CALL, Fault::Invalid, "BadDigest", words));
            }
            let objects = world
                .buckets
                .get_mut(bucket)
                .ok_or_else(|| CloudError::new(CALL, Fault::NotFound, "NoSuchBucket", bucket))?;
            objects.insert(upload.key.clone(), upload.body.to_vec());
            Ok(())
        })
        .await
    }

    async fn download(&self, bucket: &str, key: &str) -> CloudResult<Option<Bytes>> {
        self.read_on("s3:GetObject", &format!("{bucket}/{key}"), |world| {
            let body = world.buckets.get(bucket).and_then(|all| all.get(key));
            let damaged = world.damaged.contains(key);
            Ok(body.map(|body| {
                let mut body = body.clone();
                if damaged && let Some(first) = body.first_mut() {
                    *first ^= 1;
                }
                Bytes::from(body)
            }))
        })
        .await
    }
}
