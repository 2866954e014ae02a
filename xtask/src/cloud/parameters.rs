//! Parameter Store and the values of secrets.

use std::collections::BTreeMap;
use std::time::SystemTime;

use async_trait::async_trait;
use contract::parameters::ParameterKind;

use super::CloudResult;
use crate::secret::Secret;

/// The key of AWS's own that encrypts parameters where no other is named. Every identity of the
/// account that may read a parameter may use it, through Parameter Store alone.
pub const STORE_KEY: &str = "alias/aws/ssm";

/// A parameter as it stands.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct LiveParameter {
    /// Its type; none for one that this app does not use.
    pub kind: Option<ParameterKind>,
    /// The key it is encrypted with.
    pub key: Option<String>,
    /// Its value, decrypted.
    pub value: Secret,
}

/// Reads and writes values that may be secret.
#[async_trait]
pub trait Parameters: Send + Sync {
    /// Every parameter below a path, decrypted, by full name.
    async fn below(&self, path: &str) -> CloudResult<BTreeMap<String, LiveParameter>>;
    /// Deletes parameters; what is not there is deleted already.
    async fn delete(&self, names: &[String]) -> CloudResult<()>;
    /// Those of these parameters that exist, decrypted, by full name.
    async fn values(&self, names: &[String]) -> CloudResult<BTreeMap<String, Secret>>;
    /// Creates or overwrites a parameter.
    async fn put(&self, name: &str, kind: ParameterKind, value: &Secret) -> CloudResult<()>;
    /// The full names of the parameters below a path.
    async fn names(&self, path: &str) -> CloudResult<Vec<String>>;
    /// When the parameters below a path were last changed, by full name.
    async fn changed(&self, path: &str) -> CloudResult<BTreeMap<String, SystemTime>>;
    /// The value of a secret in Secrets Manager, unless it has none yet.
    async fn secret(&self, id: &str) -> CloudResult<Option<Secret>>;
    /// Gives a secret in Secrets Manager a new value.
    async fn put_secret(&self, id: &str, value: &Secret) -> CloudResult<()>;
}
