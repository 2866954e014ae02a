//! CloudFormation.

mod answers;
#[cfg(test)]
mod tests;

use std::collections::{BTreeMap, BTreeSet};

use async_trait::async_trait;
use aws_config::SdkConfig;
use aws_sdk_cloudformation::Client;
use aws_sdk_cloudformation::types::{
    Capability, ChangeSetStatus, ChangeSetType, DeploymentConfig, DeploymentConfigMode,
    EventFilter, Parameter, StackDriftDetectionStatus, StackResourceDriftStatus, Tag,
    TemplateStage,
};
use serde_json::Value;

use super::call::{Caller, incomplete};
use crate::cloud::error::optional;
use crate::cloud::stacks::{
    ChangeSet, ChangeSetRequest, Drift, LiveStack, Problem, StackEvent, StackResource, StackStatus,
    Stacks, TemplateSource,
};
use crate::cloud::{CloudError, CloudResult, Fault};

pub(super) struct SdkStacks {
    client: Client,
    caller: Caller,
}

impl SdkStacks {
    pub(super) fn new(sdk: &SdkConfig, caller: Caller) -> Self {
        Self {
            client: Client::new(sdk),
            caller,
        }
    }
}

#[async_trait]
impl Stacks for SdkStacks {
    async fn stack(&self, name: &str) -> CloudResult<Option<LiveStack>> {
        const CALL: &str = "cloudformation:DescribeStacks";
        let describe = || self.client.describe_stacks().stack_name(name).send();
        let answer = optional(self.caller.call(CALL, describe).await)?;
        let Some(stack) = answer.and_then(|answer| answer.stacks?.into_iter().next()) else {
            return Ok(None);
        };
        let live = answers::stack(CALL, stack)?;
        Ok(
            (live.status != StackStatus::DeleteComplete || name.starts_with("arn:"))
                .then_some(live),
        )
    }

    async fn template(&self, name: &str) -> CloudResult<Value> {
        const CALL: &str = "cloudformation:GetTemplate";
        let get = || self.client.get_template().stack_name(name);
        let get = || get().template_stage(TemplateStage::Original).send();
        let answer = self.caller.call(CALL, get).await?;
        let body = answer.template_body.unwrap_or_default();
        if body.is_empty() {
            // A stack under review has no template yet.
            return Ok(Value::Null);
        }
        serde_json::from_str(&body).map_err(|error| {
            let words = format!("the template of {name} is not the JSON this tool writes: {error}");
            CloudError::new(CALL, Fault::Invalid, "", words)
        })
    }

    async fn resources(&self, name: &str) -> CloudResult<Vec<StackResource>> {
        let mut found = Vec::new();
        let mut next: Option<String> = None;
        loop {
            let page = self
                .caller
                .call("cloudformation:ListStackResources", || {
                    let list = self.client.list_stack_resources().stack_name(name);
                    list.set_next_token(next.clone()).send()
                })
                .await?;
            found.extend(
                page.stack_resource_summaries()
                    .iter()
                    .map(answers::resource),
            );
            next = page.next_token;
            if next.is_none() {
                return Ok(found);
            }
        }
    }

    async fn events(&self, stack: &str, token: &str) -> CloudResult<Vec<StackEvent>> {
        let mut found = Vec::new();
        let mut next: Option<String> = None;
        loop {
            let page = self
                .caller
                .call("cloudformation:DescribeStackEvents", || {
                    let describe = self.client.describe_stack_events().stack_name(stack);
                    describe.set_next_token(next.clone()).send()
                })
                .await?;
            let before = found.len();
            let of_operation = page
                .stack_events()
                .iter()
                .filter(|event| event.client_request_token() == Some(token));
            found.extend(of_operation.filter_map(answers::event));
            next = page.next_token;
            // Newest come first: a page without our token lies before the operation.
            if next.is_none() || found.len() == before {
                found.reverse();
                return Ok(found);
            }
        }
    }

    async fn create_change_set(&self, request: &ChangeSetRequest) -> CloudResult<()> {
        let parameters: Vec<Parameter> = parameters(&request.parameters);
        let tags: Vec<Tag> = tags(&request.tags)?;
        let kind = if request.creates {
            ChangeSetType::Create
        } else {
            ChangeSetType::Update
        };
        let create = || {
            let call = self
                .client
                .create_change_set()
                .stack_name(&request.stack)
                .change_set_name(&request.name)
                .change_set_type(kind.clone())
                .client_token(&request.token)
                .capabilities(Capability::CapabilityIam)
                .capabilities(Capability::CapabilityNamedIam)
                .set_import_existing_resources(request.adopts.then_some(true))
                // Whose names they are was looked at; to a validation they would be conflicts.
                .set_disable_validation(request.adopts.then_some(true))
                .set_deployment_config(request.express.then(express))
                .set_parameters(Some(parameters.clone()))
                .set_tags(Some(tags.clone()));
            match &request.template {
                TemplateSource::Body(body) => call.template_body(body).send(),
                TemplateSource::Url(url) => call.template_url(url).send(),
            }
        };
        self.caller
            .call("cloudformation:CreateChangeSet", create)
            .await
            .map(drop)
    }

    async fn change_set(&self, stack: &str, name: &str) -> CloudResult<ChangeSet> {
        const CALL: &str = "cloudformation:DescribeChangeSet";
        let mut changes = Vec::new();
        let mut next: Option<String> = None;
        loop {
            let describe = || {
                self.client
                    .describe_change_set()
                    .stack_name(stack)
                    .change_set_name(name)
            };
            let describe = || describe().set_next_token(next.clone()).send();
            let page = self.caller.call(CALL, describe).await?;
            match page.status() {
                Some(ChangeSetStatus::CreateComplete) => {}
                Some(ChangeSetStatus::Failed) => {
                    return Ok(answers::failed(page.status_reason().unwrap_or_default()));
                }
                _ => return Ok(ChangeSet::Pending),
            }
            changes.extend(page.changes().iter().filter_map(answers::change));
            next = page.next_token;
            if next.is_none() {
                return Ok(ChangeSet::Ready(changes));
            }
        }
    }

    async fn change_sets(&self, stack: &str) -> CloudResult<Vec<String>> {
        let mut found = Vec::new();
        let mut next: Option<String> = None;
        loop {
            let list = || self.client.list_change_sets().stack_name(stack);
            let list = || list().set_next_token(next.clone()).send();
            let page = self
                .caller
                .call("cloudformation:ListChangeSets", list)
                .await?;
            let names = page.summaries().iter();
            found.extend(names.filter_map(|summary| summary.change_set_name().map(str::to_owned)));
            next = page.next_token;
            if next.is_none() {
                return Ok(found);
            }
        }
    }

    async fn delete_change_set(&self, stack: &str, name: &str) -> CloudResult<()> {
        let delete = || {
            self.client
                .delete_change_set()
                .stack_name(stack)
                .change_set_name(name)
                .send()
        };
        let answer = self
            .caller
            .call("cloudformation:DeleteChangeSet", delete)
            .await;
        optional(answer).map(drop)
    }

    async fn execute(&self, stack: &str, change_set: &str, token: &str) -> CloudResult<()> {
        let execute = || {
            self.client
                .execute_change_set()
                .stack_name(stack)
                .change_set_name(change_set)
        };
        let execute = || execute().client_request_token(token).send();
        self.caller
            .call("cloudformation:ExecuteChangeSet", execute)
            .await
            .map(drop)
    }

    async fn delete(&self, stack: &str, keep: &BTreeSet<String>, token: &str) -> CloudResult<()> {
        let keep: Option<Vec<String>> = (!keep.is_empty()).then(|| keep.iter().cloned().collect());
        let delete = || {
            self.client
                .delete_stack()
                .stack_name(stack)
                .client_request_token(token)
        };
        let delete = || delete().set_retain_resources(keep.clone()).send();
        self.caller
            .call("cloudformation:DeleteStack", delete)
            .await
            .map(drop)
    }

    async fn continue_rollback(
        &self,
        stack: &str,
        skip: &BTreeSet<String>,
        token: &str,
    ) -> CloudResult<()> {
        let skip: Option<Vec<String>> = (!skip.is_empty()).then(|| skip.iter().cloned().collect());
        let go_on = || self.client.continue_update_rollback().stack_name(stack);
        let go_on = || {
            go_on()
                .client_request_token(token)
                .set_resources_to_skip(skip.clone())
                .send()
        };
        self.caller
            .call("cloudformation:ContinueUpdateRollback", go_on)
            .await
            .map(drop)
    }

    async fn roll_back(&self, stack: &str, token: &str) -> CloudResult<()> {
        let roll_back = || self.client.rollback_stack().stack_name(stack);
        let roll_back = || roll_back().client_request_token(token).send();
        self.caller
            .call("cloudformation:RollbackStack", roll_back)
            .await
            .map(drop)
    }

    async fn problems(&self, stack: &str) -> CloudResult<Vec<Problem>> {
        let failed = EventFilter::builder().failed_events(true).build();
        let describe = || {
            let describe = self.client.describe_events().stack_name(stack);
            describe.filters(failed.clone()).send()
        };
        let answer = self
            .caller
            .call("cloudformation:DescribeEvents", describe)
            .await?;
        let events = answer.operation_events();
        // Newest come first; only the last operation counts.
        let last = events.first().and_then(|event| event.operation_id());
        Ok(events
            .iter()
            .filter(|event| event.operation_id() == last)
            .filter_map(answers::problem)
            .collect())
    }

    async fn protect(&self, stack: &str, protected: bool) -> CloudResult<()> {
        let update = || {
            self.client
                .update_termination_protection()
                .stack_name(stack)
        };
        let update = || update().enable_termination_protection(protected).send();
        self.caller
            .call("cloudformation:UpdateTerminationProtection", update)
            .await
            .map(drop)
    }

    async fn detect_drift(&self, stack: &str) -> CloudResult<String> {
        const CALL: &str = "cloudformation:DetectStackDrift";
        let detect = || self.client.detect_stack_drift().stack_name(stack).send();
        let answer = self.caller.call(CALL, detect).await?;
        answer
            .stack_drift_detection_id
            .ok_or_else(|| incomplete(CALL, "detection id"))
    }

    async fn drift(&self, stack: &str, detection: &str) -> CloudResult<Option<Vec<Drift>>> {
        const CALL: &str = "cloudformation:DescribeStackDriftDetectionStatus";
        let status = || self.client.describe_stack_drift_detection_status();
        let status = || status().stack_drift_detection_id(detection).send();
        let answer = self.caller.call(CALL, status).await?;
        match answer.detection_status() {
            Some(StackDriftDetectionStatus::DetectionInProgress) => return Ok(None),
            Some(StackDriftDetectionStatus::DetectionFailed) => {
                let reason = answer
                    .detection_status_reason()
                    .unwrap_or("no reason given");
                return Err(CloudError::new(
                    CALL,
                    Fault::Invalid,
                    "DetectionFailed",
                    reason,
                ));
            }
            _ => {}
        }
        let mut found = Vec::new();
        let mut next: Option<String> = None;
        loop {
            let drifts = || {
                self.client
                    .describe_stack_resource_drifts()
                    .stack_name(stack)
                    .stack_resource_drift_status_filters(StackResourceDriftStatus::Modified)
                    .stack_resource_drift_status_filters(StackResourceDriftStatus::Deleted)
            };
            let drifts = || drifts().set_next_token(next.clone()).send();
            let page = self
                .caller
                .call("cloudformation:DescribeStackResourceDrifts", drifts)
                .await?;
            found.extend(page.stack_resource_drifts().iter().map(answers::drift));
            next = page.next_token;
            if next.is_none() {
                return Ok(Some(found));
            }
        }
    }
}

/// A failure is rolled back where the service does so; the engine does not count on it.
fn express() -> DeploymentConfig {
    DeploymentConfig::builder()
        .mode(DeploymentConfigMode::Express)
        .disable_rollback(false)
        .build()
}

fn parameters(values: &BTreeMap<String, String>) -> Vec<Parameter> {
    let parameter = |(key, value): (&String, &String)| {
        Parameter::builder()
            .parameter_key(key)
            .parameter_value(value)
            .build()
    };
    values.iter().map(parameter).collect()
}

fn tags(values: &BTreeMap<String, String>) -> CloudResult<Vec<Tag>> {
    Ok(values
        .iter()
        .map(|(key, value)| Tag::builder().key(key).value(value).build())
        .collect())
}
