//! Items of DynamoDB tables.

use std::collections::BTreeMap;

use async_trait::async_trait;

use super::CloudResult;

/// A value of an item.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Attribute {
    /// Text.
    Text(String),
    /// A whole number.
    Number(i64),
}

/// An item, or the key of one.
pub type Item = BTreeMap<&'static str, Attribute>;

/// Reads and writes items.
#[async_trait]
pub trait Tables: Send + Sync {
    /// Writes an item.
    async fn put(&self, table: &str, item: &Item) -> CloudResult<()>;
    /// The attributes of an item with one of these names, if the item is there.
    async fn get(
        &self,
        table: &str,
        key: &Item,
        names: &[&'static str],
    ) -> CloudResult<Option<Item>>;
    /// Removes an item; one that is not there is removed already.
    async fn remove(&self, table: &str, key: &Item) -> CloudResult<()>;
}
