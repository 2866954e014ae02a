//! What an account still has room for, and which names in it are taken.

use async_trait::async_trait;

use super::CloudResult;

/// How much more Lambda gives to the account in this region.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct FunctionRoom {
    /// Functions that may run at once, all together.
    pub concurrency: i64,
    /// Of those, how many no function has reserved.
    pub unreserved: i64,
    /// Bytes of code it may hold.
    pub code_bytes: i64,
    /// Bytes of code it holds.
    pub code_bytes_used: i64,
    /// The most bytes a function may unpack to.
    pub unpacked_bytes: i64,
}

/// How many more stacks the account may have in this region.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct StackRoom {
    /// Stacks it may have.
    pub limit: usize,
    /// Stacks it has.
    pub used: usize,
}

/// Who has a name that only one resource can have.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Holder {
    /// Nobody.
    Nobody,
    /// A resource of this account.
    Us,
    /// Somebody else.
    Another,
}

/// Looks at the account. Nothing is changed.
#[async_trait]
pub trait Account: Send + Sync {
    /// Lambda's room.
    async fn functions(&self) -> CloudResult<FunctionRoom>;
    /// CloudFormation's room.
    async fn stacks(&self) -> CloudResult<StackRoom>;
    /// Who has the name of a bucket or a table; for other types of resources nobody.
    async fn holder(&self, resource_type: &str, name: &str) -> CloudResult<Holder>;
}
