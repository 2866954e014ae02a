//! Quotas of Lambda and CloudFormation; names in S3 and DynamoDB.

use async_trait::async_trait;
use aws_config::SdkConfig;
use aws_sdk_cloudformation::types::StackStatus;

use super::call::{Caller, incomplete};
use super::objects;
use crate::cloud::account::{Account, FunctionRoom, Holder, StackRoom};
use crate::cloud::error::optional;
use crate::cloud::{CloudResult, Fault};

pub(super) struct SdkAccount {
    functions: aws_sdk_lambda::Client,
    stacks: aws_sdk_cloudformation::Client,
    buckets: aws_sdk_s3::Client,
    tables: aws_sdk_dynamodb::Client,
    caller: Caller,
}

impl SdkAccount {
    pub(super) fn new(sdk: &SdkConfig, caller: Caller) -> Self {
        Self {
            functions: aws_sdk_lambda::Client::new(sdk),
            stacks: aws_sdk_cloudformation::Client::new(sdk),
            buckets: objects::client(sdk),
            tables: aws_sdk_dynamodb::Client::new(sdk),
            caller,
        }
    }

    async fn stack_limit(&self) -> CloudResult<usize> {
        const CALL: &str = "cloudformation:DescribeAccountLimits";
        let limits = || self.stacks.describe_account_limits().send();
        let answer = self.caller.call(CALL, limits).await?;
        let mut limits = answer.account_limits().iter();
        limits
            .find(|limit| limit.name() == Some("StackLimit"))
            .and_then(|limit| usize::try_from(limit.value()?).ok())
            .ok_or_else(|| incomplete(CALL, "limit of stacks"))
    }

    async fn bucket(&self, name: &str) -> CloudResult<Holder> {
        let head = || self.buckets.head_bucket().bucket(name).send();
        match optional(self.caller.call("s3:HeadBucket", head).await) {
            Ok(None) => Ok(Holder::Nobody),
            Ok(Some(_)) => Ok(Holder::Us),
            // S3 answers with a bare status: 403 for what belongs to somebody else, 301 for what
            // lies in another region.
            Err(error) if matches!(error.fault, Fault::Denied | Fault::Invalid) => {
                Ok(Holder::Another)
            }
            Err(error) => Err(error),
        }
    }

    async fn table(&self, name: &str) -> CloudResult<Holder> {
        let describe = || self.tables.describe_table().table_name(name).send();
        let found = optional(self.caller.call("dynamodb:DescribeTable", describe).await)?;
        Ok(found.map_or(Holder::Nobody, |_| Holder::Us))
    }
}

#[async_trait]
impl Account for SdkAccount {
    async fn functions(&self) -> CloudResult<FunctionRoom> {
        const CALL: &str = "lambda:GetAccountSettings";
        let get = || self.functions.get_account_settings().send();
        let answer = self.caller.call(CALL, get).await?;
        let limit = answer
            .account_limit
            .ok_or_else(|| incomplete(CALL, "limits"))?;
        let used = answer
            .account_usage
            .map_or(0, |usage| usage.total_code_size);
        Ok(FunctionRoom {
            concurrency: limit.concurrent_executions.into(),
            unreserved: limit.unreserved_concurrent_executions.unwrap_or(0).into(),
            code_bytes: limit.total_code_size,
            code_bytes_used: used,
            unpacked_bytes: limit.code_size_unzipped,
        })
    }

    async fn stacks(&self) -> CloudResult<StackRoom> {
        let limit = self.stack_limit().await?;
        let mut used = 0;
        let mut next: Option<String> = None;
        loop {
            let list = || {
                self.stacks
                    .list_stacks()
                    .set_next_token(next.clone())
                    .send()
            };
            let page = self.caller.call("cloudformation:ListStacks", list).await?;
            let standing = page
                .stack_summaries()
                .iter()
                .filter(|stack| stack.stack_status() != Some(&StackStatus::DeleteComplete));
            used += standing.count();
            next = page.next_token;
            if next.is_none() {
                return Ok(StackRoom { limit, used });
            }
        }
    }

    async fn holder(&self, resource_type: &str, name: &str) -> CloudResult<Holder> {
        match resource_type {
            "AWS::S3::Bucket" => self.bucket(name).await,
            "AWS::DynamoDB::Table" => self.table(name).await,
            _ => Ok(Holder::Nobody),
        }
    }
}
