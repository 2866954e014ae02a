//! dynamodb: the table of chat checkpoints keeps an item and forgets it in time.

use std::time::UNIX_EPOCH;

use async_trait::async_trait;

use crate::checks::target::Target;
use crate::checks::{Check, Stop, Trail};
use crate::cloud::tables::{Attribute, Item};
use crate::error::{Error, Result};

/// The attribute that the table's time to live goes by.
const EXPIRES: &str = "expires_at";

pub(super) struct DynamoDb;

#[async_trait]
impl Check for DynamoDb {
    fn name(&self) -> String {
        "dynamodb".to_owned()
    }

    fn title(&self) -> String {
        "The chat table keeps an item, and items expire".to_owned()
    }

    async fn run(&self, target: &Target, trail: &Trail) -> Result<(), Stop> {
        let deploy = target.command("deploy --only storage");
        let table = trail.hop("table", deploy.clone(), async {
            Ok(target.output("storage", "CheckpointTableName")?.to_owned())
        });
        let table = table.await?;
        let id = uuid::Uuid::now_v7().to_string();
        let key = Item::from([
            ("thread_id", Attribute::Text(format!("infra-test#{id}"))),
            ("checkpoint_id", Attribute::Text(id)),
        ]);
        let now = target.cloud.clock.now().duration_since(UNIX_EPOCH);
        let now = i64::try_from(now.unwrap_or_default().as_secs()).unwrap_or_default();
        let mut item = key.clone();
        // Should the check be killed, the table itself cleans up.
        item.extend([
            (EXPIRES, Attribute::Number(now + 600)),
            ("user_id", Attribute::Text("infra-test".to_owned())),
            ("last_activity", Attribute::Number(now)),
        ]);
        let tables = &target.cloud.tables;
        let (cleaner, whose, which) = (tables.clone(), table.clone(), key.clone());
        trail.clean_up(format!("item of {table}"), async move {
            Ok(cleaner.remove(&whose, &which).await?)
        });
        let may = |action: &str| format!("this identity needs dynamodb:{action} on {table}");
        let put = tables.put(&table, &item);
        trail
            .hop("put", may("PutItem"), async { Ok(put.await?) })
            .await?;
        let names = [EXPIRES, "user_id"];
        trail
            .hop("get and compare", may("GetItem"), async {
                let found = tables.get(&table, &key, &names).await?;
                let same =
                    |found: &Item| names.iter().all(|name| found.get(name) == item.get(name));
                match found {
                    Some(found) if same(&found) => Ok(()),
                    Some(_) => Err(Error::failed("another item came back")),
                    None => Err(Error::failed("it was stored and is not there")),
                }
            })
            .await?;
        trail
            .hop("delete", may("DeleteItem"), async {
                tables.remove(&table, &key).await?;
                match tables.get(&table, &key, &names).await? {
                    None => Ok(()),
                    Some(_) => Err(Error::failed("it was deleted and is still there")),
                }
            })
            .await?;
        trail
            .hop("time to live", deploy, async {
                match target.cloud.expiry.of_table(&table).await?.as_deref() {
                    Some(EXPIRES) => Ok(()),
                    Some(other) => Err(Error::failed(format!("items expire by {other}"))),
                    None => Err(Error::failed("items never expire")),
                }
            })
            .await?;
        trail.note(EXPIRES);
        Ok(())
    }
}
