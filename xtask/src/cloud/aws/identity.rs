//! STS.

use async_trait::async_trait;
use aws_config::SdkConfig;
use aws_sdk_sts::Client;

use super::call::{self, incomplete};
use crate::cloud::CloudResult;
use crate::cloud::identity::{Caller, Identity};

pub(super) struct SdkIdentity {
    client: Client,
    caller: call::Caller,
}

impl SdkIdentity {
    pub(super) fn new(sdk: &SdkConfig, caller: call::Caller) -> Self {
        Self {
            client: Client::new(sdk),
            caller,
        }
    }
}

#[async_trait]
impl Identity for SdkIdentity {
    async fn caller(&self) -> CloudResult<Caller> {
        const CALL: &str = "sts:GetCallerIdentity";
        let answer = self
            .caller
            .call(CALL, || self.client.get_caller_identity().send())
            .await?;
        let account = answer.account.ok_or_else(|| incomplete(CALL, "account"))?;
        let arn = answer.arn.ok_or_else(|| incomplete(CALL, "ARN"))?;
        Ok(Caller { account, arn })
    }
}
