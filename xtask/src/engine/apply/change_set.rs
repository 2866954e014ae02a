//! Makes a change set that contains exactly what is wanted, whatever an earlier run left behind.

use std::collections::BTreeMap;

use serde_json::{Value, json};

use super::Apply;
use crate::cloud::stacks::{ChangeSet, ChangeSetRequest, ResourceAnswer, TemplateSource};
use crate::cloud::template::{digest, substitute};
use crate::cloud::{Cloud, Fault};
use crate::engine::desired::DesiredStack;
use crate::engine::plan::{StackAction, StackPlan};
use crate::engine::resolve::{Known, Parameters};
use crate::engine::stack_events::Pace;
use crate::error::{Error, Result};

/// CloudFormation takes no longer template in the call itself.
const LONGEST_BODY: usize = 51_200;
const PREFIX: &str = "xtask-";

/// Change sets that a killed run left on a stack that is not changed any more. Where it is,
/// running a change set removes all others.
pub async fn sweep(cloud: &Cloud, stack: &str) -> Result<()> {
    if cloud.stacks.stack(stack).await?.is_none() {
        return Ok(());
    }
    for name in cloud.stacks.change_sets(stack).await? {
        if name.starts_with(PREFIX) {
            cloud.stacks.delete_change_set(stack, &name).await?;
        }
    }
    Ok(())
}

/// A change set that may be executed.
pub(super) struct Ready {
    pub(super) name: String,
    pub(super) stack_id: String,
}

impl Apply<'_> {
    /// `None` when CloudFormation finds nothing to change.
    pub(super) async fn prepare(
        &self,
        stack: &DesiredStack,
        plan: &StackPlan,
        parameters: &Parameters,
    ) -> Result<Option<Ready>> {
        let request = self.request(stack, plan, parameters).await?;
        match self.cloud.stacks.create_change_set(&request).await {
            Ok(()) => {}
            // The same name means the same content: an earlier try of this run made it.
            Err(error) if error.fault == Fault::Exists => {}
            Err(error) => return Err(error.into()),
        }
        let delete = || {
            self.cloud
                .stacks
                .delete_change_set(&stack.name, &request.name)
        };
        match self.worked_out(stack, &request.name).await? {
            ChangeSet::Ready(answers) => {
                if let Err(refused) = self.consent.check_answer(plan, &answers, self.exact) {
                    delete().await?;
                    return Err(refused);
                }
                self.report_unplanned(plan, &answers);
                let live = self.cloud.stacks.stack(&stack.name).await?;
                let stack_id = live.map(|live| live.stack_id).ok_or_else(|| gone(stack))?;
                Ok(Some(Ready {
                    name: request.name,
                    stack_id,
                }))
            }
            ChangeSet::Empty => {
                delete().await?;
                Ok(None)
            }
            ChangeSet::Failed(reason) => {
                delete().await?;
                Err(
                    Error::failed(format!("CloudFormation cannot change {}", stack.name))
                        .because(anyhow::Error::msg(reason)),
                )
            }
            ChangeSet::Pending => Err(Error::failed(format!(
                "CloudFormation does not finish the change set {} of {}",
                request.name, stack.name
            ))),
        }
    }

    async fn request(
        &self,
        stack: &DesiredStack,
        plan: &StackPlan,
        parameters: &Parameters,
    ) -> Result<ChangeSetRequest> {
        let mut values = BTreeMap::new();
        for (name, known) in parameters {
            match known {
                Known::Value(value) => drop(values.insert(name.clone(), value.clone())),
                Known::After(from) => {
                    return Err(Error::failed(format!("{} needs {from} first", stack.name))
                        .hint("do not leave that stack out"));
                }
            }
        }
        let content = digest(&json!([
            stack.template,
            values,
            stack.tags,
            plan.base,
            self.run
        ]));
        let name = format!("{PREFIX}{content}");
        Ok(ChangeSetRequest {
            stack: stack.name.clone(),
            creates: plan.action != StackAction::Update,
            template: self.template(stack, plan).await?,
            adopts: plan.resources.iter().any(|resource| resource.adopted),
            express: self.desired.express,
            parameters: values,
            tags: stack.tags.clone(),
            token: self.token(&stack.name, "change set", &name),
            name,
        })
    }

    async fn template(&self, stack: &DesiredStack, plan: &StackPlan) -> Result<TemplateSource> {
        let template = self.with_names(stack, plan);
        let body = template.to_string();
        if body.len() <= LONGEST_BODY {
            return Ok(TemplateSource::Body(body));
        }
        let key = format!("templates/{}/{}.json", stack.name, digest(&template));
        self.cloud
            .objects
            .put(self.bucket, &key, body.into_bytes())
            .await?;
        Ok(TemplateSource::Url(
            self.cloud.objects.url(self.bucket, &key),
        ))
    }

    /// CloudFormation takes in what stands only where its name is written out.
    fn with_names(&self, stack: &DesiredStack, plan: &StackPlan) -> Value {
        let mut template = stack.template.clone();
        for adopted in plan.resources.iter().filter(|resource| resource.adopted) {
            let pointer = format!("/Resources/{}/Properties", adopted.logical_id);
            if let Some(properties) = template.pointer_mut(&pointer) {
                *properties = substitute(properties, &self.live.pseudo);
            }
        }
        template
    }

    async fn worked_out(&self, stack: &DesiredStack, name: &str) -> Result<ChangeSet> {
        const TRIES: usize = 150;
        let mut pace = Pace::new(self.cloud.endpoint.is_some());
        for _ in 0..TRIES {
            match self.cloud.stacks.change_set(&stack.name, name).await? {
                ChangeSet::Pending => self.cloud.clock.sleep(pace.next()).await,
                done => return Ok(done),
            }
        }
        Ok(ChangeSet::Pending)
    }

    /// CloudFormation may touch more than the templates show; the user hears of it. What it lists
    /// only because a value elsewhere might come out different is no news.
    fn report_unplanned(&self, plan: &StackPlan, answers: &[ResourceAnswer]) {
        for answer in answers
            .iter()
            .filter(|answer| answer.certain && plan.resource(&answer.logical_id).is_none())
        {
            self.events.warn(format!(
                "CloudFormation also touches {} ({}) of {}",
                answer.logical_id, answer.resource_type, plan.name
            ));
        }
    }
}

fn gone(stack: &DesiredStack) -> Error {
    Error::conflict(format!(
        "{} is gone since its change set was made",
        stack.name
    ))
    .hint("run the command again: it plans anew")
}
