//! Asks each service whether a resource serves.

use async_trait::async_trait;
use aws_config::SdkConfig;
use aws_sdk_dynamodb::types::TableStatus;
use aws_sdk_lambda::types::State;

use super::call::Caller;
use crate::cloud::CloudResult;
use crate::cloud::functions::Readiness;
use crate::cloud::settling::Settling;
use crate::cloud::stacks::StackResource;

pub(super) struct SdkSettling {
    functions: aws_sdk_lambda::Client,
    tables: aws_sdk_dynamodb::Client,
    databases: aws_sdk_rds::Client,
    caller: Caller,
}

impl SdkSettling {
    pub(super) fn new(sdk: &SdkConfig, caller: Caller) -> Self {
        Self {
            functions: aws_sdk_lambda::Client::new(sdk),
            tables: aws_sdk_dynamodb::Client::new(sdk),
            databases: aws_sdk_rds::Client::new(sdk),
            caller,
        }
    }

    async fn function(&self, name: &str) -> CloudResult<Readiness> {
        let get = || {
            let get = self.functions.get_function_configuration();
            get.function_name(name).send()
        };
        let answer = self.caller.call("lambda:GetFunctionConfiguration", get);
        let answer = answer.await?;
        let reason = answer.state_reason().unwrap_or("no reason given");
        Ok(match answer.state() {
            Some(State::Pending) => Readiness::Pending,
            Some(State::Failed) => Readiness::Failed(reason.to_owned()),
            _ => Readiness::Ready,
        })
    }

    async fn event_source(&self, id: &str) -> CloudResult<Readiness> {
        let get = || self.functions.get_event_source_mapping().uuid(id).send();
        let answer = self
            .caller
            .call("lambda:GetEventSourceMapping", get)
            .await?;
        Ok(match answer.state() {
            Some("Creating" | "Enabling" | "Updating") => Readiness::Pending,
            _ => Readiness::Ready,
        })
    }

    async fn table(&self, name: &str) -> CloudResult<Readiness> {
        let describe = || self.tables.describe_table().table_name(name).send();
        let answer = self.caller.call("dynamodb:DescribeTable", describe).await?;
        let status = answer.table.and_then(|table| table.table_status);
        Ok(match status {
            Some(TableStatus::Creating | TableStatus::Updating) => Readiness::Pending,
            _ => Readiness::Ready,
        })
    }

    async fn instance(&self, id: &str) -> CloudResult<Readiness> {
        let describe = || {
            let describe = self.databases.describe_db_instances();
            describe.db_instance_identifier(id).send()
        };
        let answer = self
            .caller
            .call("rds:DescribeDBInstances", describe)
            .await?;
        let mut found = answer.db_instances().iter();
        Ok(of_database(
            found.next().and_then(|one| one.db_instance_status()),
        ))
    }

    async fn cluster(&self, id: &str) -> CloudResult<Readiness> {
        let describe = || {
            let describe = self.databases.describe_db_clusters();
            describe.db_cluster_identifier(id).send()
        };
        let answer = self.caller.call("rds:DescribeDBClusters", describe).await?;
        let mut found = answer.db_clusters().iter();
        Ok(of_database(found.next().and_then(|one| one.status())))
    }
}

/// RDS has some forty words; those that name a failure do not pass by waiting.
fn of_database(status: Option<&str>) -> Readiness {
    match status {
        Some("available") => Readiness::Ready,
        Some(status) if status.contains("failed") || status.starts_with("incompatible") => {
            Readiness::Failed(format!("its status is {status}"))
        }
        _ => Readiness::Pending,
    }
}

#[async_trait]
impl Settling for SdkSettling {
    async fn settled(&self, resource: &StackResource) -> CloudResult<Readiness> {
        let Some(id) = resource.physical_id.as_deref() else {
            return Ok(Readiness::Pending);
        };
        match resource.resource_type.as_str() {
            "AWS::Lambda::Function" => self.function(id).await,
            "AWS::Lambda::EventSourceMapping" => self.event_source(id).await,
            "AWS::DynamoDB::Table" => self.table(id).await,
            "AWS::RDS::DBInstance" => self.instance(id).await,
            "AWS::RDS::DBCluster" => self.cluster(id).await,
            _ => Ok(Readiness::Ready),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_database_that_cannot_become_ready_is_not_waited_for() {
        assert_eq!(of_database(Some("available")), Readiness::Ready);
        assert_eq!(of_database(Some("backing-up")), Readiness::Pending);
        assert_eq!(of_database(None), Readiness::Pending);
        for stuck in ["failed", "restore-failed", "incompatible-network"] {
            assert!(
                matches!(of_database(Some(stuck)), Readiness::Failed(_)),
                "{stuck}"
            );
        }
    }
}
