//! Cost Explorer. It answers in one region for all; each question costs a cent.

use async_trait::async_trait;
use aws_config::{Region, SdkConfig};
use aws_sdk_costexplorer::Client;
use aws_sdk_costexplorer::types::{
    DateInterval, Expression, Granularity, GroupDefinition, GroupDefinitionType, TagValues,
};

use super::call::{Caller, incomplete};
use crate::cloud::spending::{Spending, Spent};
use crate::cloud::{CloudError, CloudResult, Fault};

const CALL: &str = "ce:GetCostAndUsage";
const HOME: &str = "us-east-1";
const METRIC: &str = "UnblendedCost";

pub(super) struct SdkSpending {
    client: Client,
    caller: Caller,
}

impl SdkSpending {
    pub(super) fn new(sdk: &SdkConfig, caller: Caller) -> Self {
        let config = aws_sdk_costexplorer::config::Builder::from(sdk).region(Region::new(HOME));
        Self {
            client: Client::from_conf(config.build()),
            caller,
        }
    }
}

#[async_trait]
impl Spending for SdkSpending {
    async fn of(&self, environment: &str, from: &str, until: &str) -> CloudResult<Vec<Spent>> {
        let invalid = |error: &dyn std::fmt::Display| {
            CloudError::new(CALL, Fault::Invalid, "", error.to_string())
        };
        let period = DateInterval::builder().start(from).end(until).build();
        let period = period.map_err(|error| invalid(&error))?;
        let tagged = TagValues::builder().key("Environment").values(environment);
        let tagged = Expression::builder().tags(tagged.build()).build();
        let by_service = GroupDefinition::builder()
            .r#type(GroupDefinitionType::Dimension)
            .key("SERVICE")
            .build();
        let get = || {
            self.client
                .get_cost_and_usage()
                .time_period(period.clone())
                .granularity(Granularity::Monthly)
                .metrics(METRIC)
                .filter(tagged.clone())
                .group_by(by_service.clone())
                .send()
        };
        let answer = self.caller.call(CALL, get).await?;
        let groups = answer.results_by_time.unwrap_or_default().into_iter();
        let groups = groups.flat_map(|month| month.groups.unwrap_or_default());
        groups
            .map(|group| {
                let amount = group
                    .metrics
                    .as_ref()
                    .and_then(|metrics| metrics.get(METRIC)?.amount()?.parse().ok());
                Ok(Spent {
                    service: group.keys.unwrap_or_default().join(" "),
                    usd: amount.ok_or_else(|| incomplete(CALL, "amount"))?,
                })
            })
            .collect()
    }
}
