//! S3, in memory.

use std::collections::BTreeMap;

use async_trait::async_trait;

use super::{Fake, World};
use crate::cloud::objects::{ObjectVersion, Objects};
use crate::cloud::{CloudError, CloudResult, Fault};

fn bucket<'w>(
    world: &'w mut World,
    call: &'static str,
    name: &str,
) -> CloudResult<&'w mut BTreeMap<String, Vec<u8>>> {
    world.buckets.get_mut(name).ok_or_else(|| {
        CloudError::new(
            call,
            Fault::NotFound,
            "NoSuchBucket",
            format!("no bucket {name}"),
        )
    })
}

#[async_trait]
impl Objects for Fake {
    async fn list(&self, name: &str, prefix: &str) -> CloudResult<Vec<String>> {
        const CALL: &str = "s3:ListObjectsV2";
        self.read_on(CALL, name, |world| {
            let keys = bucket(world, CALL, name)?.keys();
            Ok(keys
                .filter(|key| key.starts_with(prefix))
                .cloned()
                .collect())
        })
        .await
    }

    async fn get(&self, name: &str, key: &str) -> CloudResult<Option<Vec<u8>>> {
        self.read_on("s3:GetObject", &format!("{name}/{key}"), |world| {
            Ok(world
                .buckets
                .get(name)
                .and_then(|objects| objects.get(key))
                .cloned())
        })
        .await
    }

    async fn put(&self, name: &str, key: &str, body: Vec<u8>) -> CloudResult<()> {
        const CALL: &str = "s3:PutObject";
        self.write_on(CALL, &format!("{name}/{key}"), |world| {
            bucket(world, CALL, name)?.insert(key.to_owned(), body.clone());
            Ok(())
        })
        .await
    }

    async fn put_new(&self, name: &str, key: &str, body: Vec<u8>) -> CloudResult<bool> {
        const CALL: &str = "s3:PutObject";
        self.write_on(CALL, &format!("{name}/{key}"), |world| {
            let objects = bucket(world, CALL, name)?;
            let is_new = !objects.contains_key(key);
            if is_new {
                objects.insert(key.to_owned(), body.clone());
            }
            Ok(is_new)
        })
        .await
    }

    async fn delete(&self, name: &str, key: &str) -> CloudResult<()> {
        const CALL: &str = "s3:DeleteObject";
        self.write_on(CALL, &format!("{name}/{key}"), |world| {
            bucket(world, CALL, name)?.remove(key);
            Ok(())
        })
        .await
    }

    async fn some_versions(&self, name: &str) -> CloudResult<Vec<ObjectVersion>> {
        const CALL: &str = "s3:ListObjectVersions";
        self.read_on(CALL, name, |world| {
            let keys = bucket(world, CALL, name)?.keys().take(1000);
            Ok(keys
                .map(|key| ObjectVersion {
                    key: key.clone(),
                    version: None,
                })
                .collect())
        })
        .await
    }

    async fn delete_versions(&self, name: &str, versions: &[ObjectVersion]) -> CloudResult<()> {
        const CALL: &str = "s3:DeleteObjects";
        self.write_on(CALL, &format!("{name}/*"), |world| {
            let objects = bucket(world, CALL, name)?;
            versions
                .iter()
                .for_each(|version| drop(objects.remove(&version.key)));
            Ok(())
        })
        .await
    }

    async fn announces(&self, name: &str) -> CloudResult<bool> {
        self.read_on("s3:GetBucketNotificationConfiguration", name, |world| {
            Ok(!world.silent.contains(name))
        })
        .await
    }

    fn url(&self, bucket: &str, key: &str) -> String {
        format!("https://{bucket}.s3.amazonaws.com/{key}")
    }
}
