//! Whether a resource serves yet. Express mode ends before that.

use async_trait::async_trait;

use super::CloudResult;
use super::functions::Readiness;
use super::stacks::StackResource;

/// Looks at single resources. Nothing is changed.
#[async_trait]
pub trait Settling: Send + Sync {
    /// Whether it serves. Types that are ready as soon as they are there always are.
    async fn settled(&self, resource: &StackResource) -> CloudResult<Readiness>;
}
