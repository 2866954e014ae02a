//! Functions, their published versions, and the alias that traffic follows.

use std::collections::BTreeMap;

use async_trait::async_trait;
use serde_json::Value;

use super::CloudResult;

/// The code that is not published yet: no traffic reaches it.
pub const LATEST: &str = "$LATEST";

/// Environment variables by name.
pub type Variables = BTreeMap<String, String>;

/// A published version.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct FunctionVersion {
    /// Its number.
    pub version: String,
    /// The revision it was published as.
    pub revision: String,
    /// The hash of its code, as Lambda writes it.
    pub code_sha256: String,
}

/// Where Lambda takes a function's code from.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum CodeAt {
    /// A zip in a bucket.
    Object {
        /// The bucket.
        bucket: String,
        /// The zip's key.
        key: String,
    },
    /// An image in a repository: `<repository>@<digest>`.
    Image(String),
}

/// The state of code.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Readiness {
    /// It runs.
    Ready,
    /// An update is under way.
    Pending,
    /// The update failed, for this reason.
    Failed(String),
}

/// What a function answered.
#[derive(Clone, Debug, PartialEq)]
pub enum Answer {
    /// It came through.
    Value(Value),
    /// It failed, with these words.
    Failed(String),
}

/// Reads and changes functions.
#[async_trait]
pub trait Functions: Send + Sync {
    /// The version an alias points at, if both exist; or what `LATEST` holds.
    async fn aliased(&self, function: &str, alias: &str) -> CloudResult<Option<FunctionVersion>>;
    /// The environment variables of the version an alias points at, if both exist.
    async fn variables(&self, function: &str, alias: &str) -> CloudResult<Option<Variables>>;
    /// The published versions, oldest first.
    async fn versions(&self, function: &str) -> CloudResult<Vec<FunctionVersion>>;
    /// Gives a function new code, unpublished; says the hash of the code.
    async fn update_code(&self, function: &str, code: &CodeAt) -> CloudResult<String>;
    /// Whether a version runs, or at `LATEST` whether the last update is through.
    async fn readiness(&self, function: &str, at: &str) -> CloudResult<Readiness>;
    /// Publishes the unpublished code if it still has this hash; says the version.
    async fn publish(
        &self,
        function: &str,
        revision: &str,
        code_sha256: &str,
    ) -> CloudResult<String>;
    /// Calls the function at an alias, a version or `LATEST` and gives what it answers.
    async fn invoke(&self, function: &str, at: &str, payload: &Value) -> CloudResult<Answer>;
    /// Points the alias at a version.
    async fn move_alias(&self, function: &str, alias: &str, version: &str) -> CloudResult<()>;
}
