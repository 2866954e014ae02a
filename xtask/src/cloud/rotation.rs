//! Secrets that Secrets Manager rotates by itself.

use async_trait::async_trait;

use super::CloudResult;

/// What stands of a secret that is rotated.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct RotationState {
    /// The version whose value counts; another one after a rotation.
    pub current: Option<String>,
    /// Whether a new version is being made.
    pub under_way: bool,
}

/// Starts rotations and looks at them.
#[async_trait]
pub trait Rotation: Send + Sync {
    /// What stands of a secret, if it is there.
    async fn state(&self, id: &str) -> CloudResult<Option<RotationState>>;
    /// Begins a rotation now. The same token begins the same one.
    async fn rotate(&self, id: &str, token: &str) -> CloudResult<()>;
}
