//! Objects with their checksums: what is moved between a folder and a bucket.

use async_trait::async_trait;

use super::CloudResult;

/// What a bucket says of an object.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Stored {
    /// Its key.
    pub key: String,
    /// Bytes.
    pub size: u64,
    /// A word that changes with its content.
    pub etag: String,
}

/// An object on its way up.
#[derive(Clone, Debug)]
pub struct Upload {
    /// Its key.
    pub key: String,
    /// Its content.
    pub body: bytes::Bytes,
    /// What it is.
    pub content_type: &'static str,
    /// SHA-256 of the content; the bucket refuses what arrives otherwise.
    pub sha256: [u8; 32],
}

/// Moves objects whole, each checked.
#[async_trait]
pub trait Media: Send + Sync {
    /// The objects under a prefix.
    async fn stored(&self, bucket: &str, prefix: &str) -> CloudResult<Vec<Stored>>;
    /// The SHA-256 that was stored with an object; none for one stored without, or absent.
    async fn checksum(&self, bucket: &str, key: &str) -> CloudResult<Option<[u8; 32]>>;
    /// Stores an object.
    async fn upload(&self, bucket: &str, upload: &Upload) -> CloudResult<()>;
    /// An object's content, if it is there.
    async fn download(&self, bucket: &str, key: &str) -> CloudResult<Option<bytes::Bytes>>;
}
