//! The account's room and names, and which of its resources serve yet.

use async_trait::async_trait;

use super::Fake;
use crate::cloud::CloudResult;
use crate::cloud::account::{Account, FunctionRoom, Holder, StackRoom};
use crate::cloud::functions::Readiness;
use crate::cloud::settling::Settling;
use crate::cloud::stacks::StackResource;

#[async_trait]
impl Account for Fake {
    async fn functions(&self) -> CloudResult<FunctionRoom> {
        self.read("lambda:GetAccountSettings", |world| Ok(world.function_room))
            .await
    }

    async fn stacks(&self) -> CloudResult<StackRoom> {
        self.read("cloudformation:DescribeAccountLimits", |world| {
            let used = world.stacks.len();
            let limit = world.stack_limit;
            Ok(StackRoom { limit, used })
        })
        .await
    }

    async fn holder(&self, resource_type: &str, name: &str) -> CloudResult<Holder> {
        let call = match resource_type {
            "AWS::DynamoDB::Table" => "dynamodb:DescribeTable",
            _ => "s3:HeadBucket",
        };
        self.read_on(call, name, |world| {
            if world.foreign.contains(name) {
                return Ok(Holder::Another);
            }
            let ours = match resource_type {
                "AWS::S3::Bucket" => world.buckets.contains_key(name),
                "AWS::DynamoDB::Table" => world
                    .things
                    .get(name)
                    .is_some_and(|(kind, _)| kind == resource_type),
                _ => false,
            };
            Ok(if ours { Holder::Us } else { Holder::Nobody })
        })
        .await
    }
}

#[async_trait]
impl Settling for Fake {
    async fn settled(&self, resource: &StackResource) -> CloudResult<Readiness> {
        let call = match resource.resource_type.as_str() {
            "AWS::DynamoDB::Table" => "dynamodb:DescribeTable",
            "AWS::Lambda::EventSourceMapping" => "lambda:GetEventSourceMapping",
            "AWS::Lambda::Function" => "lambda:GetFunctionConfiguration",
            "AWS::RDS::DBCluster" => "rds:DescribeDBClusters",
            "AWS::RDS::DBInstance" => "rds:DescribeDBInstances",
            _ => return Ok(Readiness::Ready),
        };
        let name = resource.physical_id.as_deref().unwrap_or_default();
        self.read_on(call, name, |world| {
            let serves = world.serves_from.get(name);
            Ok(match serves.is_none_or(|from| *from <= world.now) {
                true => Readiness::Ready,
                false => Readiness::Pending,
            })
        })
        .await
    }
}
