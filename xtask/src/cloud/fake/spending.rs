//! The bill, in memory.

use async_trait::async_trait;

use super::Fake;
use crate::cloud::spending::{Spending, Spent};
use crate::cloud::{CloudError, CloudResult, Fault};

#[async_trait]
impl Spending for Fake {
    async fn of(&self, environment: &str, _from: &str, _until: &str) -> CloudResult<Vec<Spent>> {
        const CALL: &str = "ce:GetCostAndUsage";
        self.read(CALL, |world| match world.spending.get(environment) {
            Some(spent) => Ok(spent.clone()),
            // An account that does not let everybody look at its bill.
            None => Err(CloudError::new(
                CALL,
                Fault::Denied,
                "AccessDeniedException",
                "not authorized",
            )),
        })
        .await
    }
}
