//! When what is stored expires: items of tables, uploads and old versions of objects.

use async_trait::async_trait;
use serde::Deserialize;

use super::CloudResult;

/// A lifecycle rule of a bucket, in CloudFormation's words. It knows the keys that our templates
/// use and refuses others, so that none is lost unseen.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "PascalCase", deny_unknown_fields)]
pub struct ExpiryRule {
    /// Its name.
    pub id: String,
    /// `Enabled` or `Disabled`.
    pub status: String,
    /// What happens to uploads that were never finished.
    pub abort_incomplete_multipart_upload: Option<UploadExpiry>,
    /// What happens to versions that were replaced or deleted.
    pub noncurrent_version_expiration: Option<VersionExpiry>,
    /// After how many days objects are removed.
    pub expiration_in_days: Option<i32>,
    /// Only objects with this tag, at most one.
    #[serde(default)]
    pub tag_filters: Vec<Tag>,
}

/// A tag of an object.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "PascalCase", deny_unknown_fields)]
pub struct Tag {
    /// Its name.
    pub key: String,
    /// Its value.
    pub value: String,
}

/// What happens to uploads that were never finished.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "PascalCase", deny_unknown_fields)]
pub struct UploadExpiry {
    /// They are forgotten so many days after they began.
    pub days_after_initiation: i32,
}

/// What happens to versions that were replaced or deleted.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "PascalCase", deny_unknown_fields)]
pub struct VersionExpiry {
    /// They are removed after so many days.
    pub noncurrent_days: i32,
}

/// Reads and sets expiry.
#[async_trait]
pub trait Expiry: Send + Sync {
    /// The attribute that says when an item of a table expires, if items do.
    async fn of_table(&self, table: &str) -> CloudResult<Option<String>>;
    /// Makes items of a table expire at the time in this attribute.
    async fn set_table(&self, table: &str, attribute: &str) -> CloudResult<()>;
    /// The lifecycle rules of a bucket.
    async fn of_bucket(&self, bucket: &str) -> CloudResult<Vec<ExpiryRule>>;
    /// Replaces the lifecycle rules of a bucket.
    async fn set_bucket(&self, bucket: &str, rules: &[ExpiryRule]) -> CloudResult<()>;
}
