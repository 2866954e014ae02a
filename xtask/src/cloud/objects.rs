//! Buckets and objects: where artifacts, large templates and the lock lie.

use async_trait::async_trait;

use super::CloudResult;

/// One version of an object, or a marker that it was deleted.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ObjectVersion {
    /// The object's key.
    pub key: String,
    /// The version, where the bucket keeps versions.
    pub version: Option<String>,
}

/// Reads and writes objects.
#[async_trait]
pub trait Objects: Send + Sync {
    /// The keys under a prefix.
    async fn list(&self, bucket: &str, prefix: &str) -> CloudResult<Vec<String>>;
    /// The bytes of an object, if it is there.
    async fn get(&self, bucket: &str, key: &str) -> CloudResult<Option<Vec<u8>>>;
    /// Writes an object.
    async fn put(&self, bucket: &str, key: &str, body: Vec<u8>) -> CloudResult<()>;
    /// Writes an object only if there is none of that name; says whether it did.
    async fn put_new(&self, bucket: &str, key: &str, body: Vec<u8>) -> CloudResult<bool>;
    /// Deletes an object; one that is not there is deleted already.
    async fn delete(&self, bucket: &str, key: &str) -> CloudResult<()>;
    /// Some of the versions in a bucket, at most a thousand: delete them and ask again.
    async fn some_versions(&self, bucket: &str) -> CloudResult<Vec<ObjectVersion>>;
    /// Deletes exactly these versions.
    async fn delete_versions(&self, bucket: &str, versions: &[ObjectVersion]) -> CloudResult<()>;
    /// Whether the bucket tells the event bus of what is stored in it.
    async fn announces(&self, bucket: &str) -> CloudResult<bool>;
    /// The address CloudFormation reads an object at.
    fn url(&self, bucket: &str, key: &str) -> String;
}
