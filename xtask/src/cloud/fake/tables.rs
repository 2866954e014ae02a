//! DynamoDB, in memory: every table has the key of the checkpoints.

use async_trait::async_trait;

use super::Fake;
use crate::cloud::CloudResult;
use crate::cloud::tables::{Item, Tables};

fn key(item: &Item) -> String {
    format!(
        "{:?} {:?}",
        item.get("thread_id"),
        item.get("checkpoint_id")
    )
}

#[async_trait]
impl Tables for Fake {
    async fn put(&self, table: &str, item: &Item) -> CloudResult<()> {
        self.write_on("dynamodb:PutItem", table, |world| {
            let items = world.tables.entry(table.to_owned()).or_default();
            items.insert(key(item), item.clone());
            Ok(())
        })
        .await
    }

    async fn get(
        &self,
        table: &str,
        wanted: &Item,
        names: &[&'static str],
    ) -> CloudResult<Option<Item>> {
        self.read_on("dynamodb:GetItem", table, |world| {
            let items = world.tables.get(table);
            let found = items.and_then(|items| items.get(&key(wanted)));
            let wanted = |(name, value): (&&'static str, _)| {
                names.contains(name).then_some((*name, Clone::clone(value)))
            };
            Ok(found.map(|item| item.iter().filter_map(wanted).collect()))
        })
        .await
    }

    async fn remove(&self, table: &str, item: &Item) -> CloudResult<()> {
        self.write_on("dynamodb:DeleteItem", table, |world| {
            if let Some(items) = world.tables.get_mut(table) {
                items.remove(&key(item));
            }
            Ok(())
        })
        .await
    }
}
