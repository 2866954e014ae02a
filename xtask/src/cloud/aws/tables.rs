//! DynamoDB.

use std::collections::HashMap;

use async_trait::async_trait;
use aws_config::SdkConfig;
use aws_sdk_dynamodb::Client;
use aws_sdk_dynamodb::types::AttributeValue;

use super::call::Caller;
use crate::cloud::CloudResult;
use crate::cloud::tables::{Attribute, Item, Tables};

pub(super) struct SdkTables {
    client: Client,
    caller: Caller,
}

impl SdkTables {
    pub(super) fn new(sdk: &SdkConfig, caller: Caller) -> Self {
        Self {
            client: Client::new(sdk),
            caller,
        }
    }
}

fn written(item: &Item) -> HashMap<String, AttributeValue> {
    let value = |attribute: &Attribute| match attribute {
        Attribute::Text(text) => AttributeValue::S(text.clone()),
        Attribute::Number(number) => AttributeValue::N(number.to_string()),
    };
    item.iter()
        .map(|(name, attribute)| ((*name).to_owned(), value(attribute)))
        .collect()
}

fn read(value: &AttributeValue) -> Option<Attribute> {
    match value {
        AttributeValue::S(text) => Some(Attribute::Text(text.clone())),
        AttributeValue::N(number) => number.parse().ok().map(Attribute::Number),
        _ => None,
    }
}

#[async_trait]
impl Tables for SdkTables {
    async fn put(&self, table: &str, item: &Item) -> CloudResult<()> {
        let put = || self.client.put_item().table_name(table);
        let put = || put().set_item(Some(written(item))).send();
        self.caller.call("dynamodb:PutItem", put).await.map(drop)
    }

    async fn get(
        &self,
        table: &str,
        key: &Item,
        names: &[&'static str],
    ) -> CloudResult<Option<Item>> {
        let get = || self.client.get_item().table_name(table);
        let get = || get().set_key(Some(written(key))).consistent_read(true);
        let answer = self
            .caller
            .call("dynamodb:GetItem", || get().send())
            .await?;
        Ok(answer.item.map(|found| {
            let attributes = names.iter().copied();
            attributes
                .filter_map(|name| Some((name, read(found.get(name)?)?)))
                .collect()
        }))
    }

    async fn remove(&self, table: &str, key: &Item) -> CloudResult<()> {
        let remove = || self.client.delete_item().table_name(table);
        let remove = || remove().set_key(Some(written(key))).send();
        let removed = self.caller.call("dynamodb:DeleteItem", remove);
        removed.await.map(drop)
    }
}
