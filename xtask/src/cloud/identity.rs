//! Who is calling, and in which account.

use async_trait::async_trait;

use super::CloudResult;

/// The caller.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Caller {
    /// The account's number.
    pub account: String,
    /// The identity's ARN.
    pub arn: String,
}

/// Asks for the caller.
#[async_trait]
pub trait Identity: Send + Sync {
    /// The identity behind the credentials in use.
    async fn caller(&self) -> CloudResult<Caller>;
}
