//! Parameter Store and the values of secrets.

use std::collections::BTreeMap;

use async_trait::async_trait;
use contract::parameters::ParameterKind;

use super::CloudResult;
use crate::secret::Secret;

/// Reads and writes values that may be secret.
#[async_trait]
pub trait Parameters: Send + Sync {
    /// Those of these parameters that exist, decrypted, by full name.
    async fn values(&self, names: &[String]) -> CloudResult<BTreeMap<String, Secret>>;
    /// Creates or overwrites a parameter.
    async fn put(&self, name: &str, kind: ParameterKind, value: &Secret) -> CloudResult<()>;
    /// The full names of the parameters below a path.
    async fn names(&self, path: &str) -> CloudResult<Vec<String>>;
    /// Deletes parameters; those that are not there are deleted already.
    async fn delete(&self, names: &[String]) -> CloudResult<()>;
    /// The value of a secret in Secrets Manager, unless it has none yet.
    async fn secret(&self, id: &str) -> CloudResult<Option<Secret>>;
    /// Gives a secret in Secrets Manager a new value.
    async fn put_secret(&self, id: &str, value: &Secret) -> CloudResult<()>;
}
