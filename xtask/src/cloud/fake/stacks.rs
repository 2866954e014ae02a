//! CloudFormation's API, in memory.

use std::collections::{BTreeMap, BTreeSet, VecDeque};

use async_trait::async_trait;
use serde_json::Value;

use super::Fake;
use super::deployment::{answers, ordered};
use super::world::{Config, FakeChangeSet, FakeStack, Operation, Step, World};
use crate::cloud::stacks::{
    Action, ChangeSet, ChangeSetRequest, Drift, LiveStack, Problem, StackEvent, StackResource,
    StackStatus, Stacks, TemplateSource,
};
use crate::cloud::template::is_secret;
use crate::cloud::{CloudError, CloudResult, Fault};

fn error(call: &'static str, fault: Fault, message: impl Into<String>) -> CloudError {
    CloudError::new(call, fault, "ValidationError", message)
}

fn find<'w>(
    world: &'w mut World,
    call: &'static str,
    name: &str,
) -> CloudResult<&'w mut FakeStack> {
    let by_id = world
        .stacks
        .values()
        .find(|stack| stack.id == name)
        .map(|stack| stack.name.clone());
    let key = by_id.unwrap_or_else(|| name.to_owned());
    if world.stacks.contains_key(&key) {
        return Ok(world
            .stacks
            .get_mut(&key)
            .expect("it was there a line above"));
    }
    let gone = world.gone.get_mut(name);
    gone.ok_or_else(|| {
        error(
            call,
            Fault::NotFound,
            format!("Stack with id {name} does not exist"),
        )
    })
}

fn template(world: &World, source: &TemplateSource) -> Value {
    let body = match source {
        TemplateSource::Body(body) => body.clone(),
        TemplateSource::Url(url) => {
            let path = url.strip_prefix("https://").unwrap_or(url);
            let (host, key) = path.split_once('/').unwrap_or((path, ""));
            let bucket = host.split('.').next().unwrap_or_default();
            let object = world
                .buckets
                .get(bucket)
                .and_then(|objects| objects.get(key));
            String::from_utf8_lossy(object.map_or(&[], Vec::as_slice)).into_owned()
        }
    };
    serde_json::from_str(&body).unwrap_or(Value::Null)
}

#[async_trait]
impl Stacks for Fake {
    async fn stack(&self, name: &str) -> CloudResult<Option<LiveStack>> {
        const CALL: &str = "cloudformation:DescribeStacks";
        let found = self.read_on(CALL, name, |world| {
            let lags = world.lags;
            let stack = find(world, CALL, name)?;
            let told = std::mem::replace(&mut stack.told, stack.status);
            let masked = stack.config.parameters.iter().map(|(name, value)| {
                let secret = is_secret(&stack.config.template, name);
                (
                    name.clone(),
                    if secret {
                        "****".to_owned()
                    } else {
                        value.clone()
                    },
                )
            });
            Ok(LiveStack {
                stack_id: stack.id.clone(),
                status: if lags { told } else { stack.status },
                reason: None,
                parameters: masked.collect(),
                outputs: stack.outputs.clone(),
                tags: stack.config.tags.clone(),
                protected: stack.protected,
            })
        });
        crate::cloud::error::optional(found.await)
    }

    async fn template(&self, name: &str) -> CloudResult<Value> {
        const CALL: &str = "cloudformation:GetTemplate";
        self.read_on(CALL, name, |world| {
            Ok(find(world, CALL, name)?.config.template.clone())
        })
        .await
    }

    async fn resources(&self, name: &str) -> CloudResult<Vec<StackResource>> {
        const CALL: &str = "cloudformation:ListStackResources";
        self.read_on(CALL, name, |world| {
            let resources = find(world, CALL, name)?.resources.iter();
            let resources = resources.map(|(id, resource)| StackResource {
                logical_id: id.clone(),
                resource_type: resource.resource_type.clone(),
                physical_id: Some(resource.physical.clone()),
                status: "CREATE_COMPLETE".into(),
            });
            Ok(resources.collect())
        })
        .await
    }

    async fn events(&self, stack: &str, token: &str) -> CloudResult<Vec<StackEvent>> {
        const CALL: &str = "cloudformation:DescribeStackEvents";
        self.read_on(CALL, stack, |world| {
            if !world.tells_events {
                return Ok(Vec::new());
            }
            let events = find(world, CALL, stack)?.events.iter();
            Ok(events
                .filter(|(of, _)| of == token)
                .map(|(_, event)| event.clone())
                .collect())
        })
        .await
    }

    async fn create_change_set(&self, request: &ChangeSetRequest) -> CloudResult<()> {
        const CALL: &str = "cloudformation:CreateChangeSet";
        self.write_on(CALL, &request.stack, |world| {
            if matches!(&request.template, TemplateSource::Body(body) if body.len() > 51_200) {
                let words = "Member must have length less than or equal to 51200";
                return Err(error(CALL, Fault::Invalid, words));
            }
            let config = Config {
                template: template(world, &request.template),
                parameters: request.parameters.clone(),
                tags: request.tags.clone(),
            };
            if request.creates && !world.stacks.contains_key(&request.stack) {
                let id = format!(
                    "arn:aws:cloudformation:stack/{}/{}",
                    request.stack,
                    world.next()
                );
                world
                    .stacks
                    .insert(request.stack.clone(), empty(&request.stack, id));
            }
            let lists_tags = world.lists_tags;
            let stack = find(world, CALL, &request.stack)?;
            if let Some(same) = stack.change_sets.get(&request.name) {
                let repeated = same.token == request.token;
                return if repeated {
                    Ok(())
                } else {
                    Err(error(CALL, Fault::Exists, "it exists"))
                };
            }
            let under_review = stack.status == StackStatus::ReviewInProgress;
            let stands =
                stack.status.succeeded() || stack.status == StackStatus::UpdateRollbackComplete;
            if !(if request.creates {
                under_review
            } else {
                stands
            }) {
                return Err(error(
                    CALL,
                    Fault::Invalid,
                    format!("the stack is in {}", stack.status),
                ));
            }
            let change_set = FakeChangeSet {
                token: request.token.clone(),
                answers: answers(stack, &config, lists_tags),
                empty: stack.config == config,
                generation: stack.generation,
                adopts: request.adopts,
                express: request.express,
                config,
            };
            stack.change_sets.insert(request.name.clone(), change_set);
            Ok(())
        })
        .await
    }

    async fn change_set(&self, stack: &str, name: &str) -> CloudResult<ChangeSet> {
        const CALL: &str = "cloudformation:DescribeChangeSet";
        self.read_on(CALL, stack, |world| {
            let found = find(world, CALL, stack)?.change_sets.get(name);
            let found = found.ok_or_else(|| error(CALL, Fault::NotFound, "no such change set"))?;
            Ok(if found.empty {
                ChangeSet::Empty
            } else {
                ChangeSet::Ready(found.answers.clone())
            })
        })
        .await
    }

    async fn change_sets(&self, stack: &str) -> CloudResult<Vec<String>> {
        const CALL: &str = "cloudformation:ListChangeSets";
        self.read_on(CALL, stack, |world| {
            Ok(find(world, CALL, stack)?
                .change_sets
                .keys()
                .cloned()
                .collect())
        })
        .await
    }

    async fn delete_change_set(&self, stack: &str, name: &str) -> CloudResult<()> {
        const CALL: &str = "cloudformation:DeleteChangeSet";
        self.write_on(CALL, stack, |world| {
            find(world, CALL, stack)?.change_sets.remove(name);
            Ok(())
        })
        .await
    }

    async fn execute(&self, stack: &str, change_set: &str, token: &str) -> CloudResult<()> {
        const CALL: &str = "cloudformation:ExecuteChangeSet";
        self.write_on(CALL, stack, |world| {
            let now = world.now;
            let found = find(world, CALL, stack)?;
            if found
                .operation
                .as_ref()
                .is_some_and(|operation| operation.token == token)
            {
                return Ok(());
            }
            let known = found.change_sets.get(change_set);
            let Some(known) = known
                .filter(|known| known.generation == found.generation)
                .cloned()
            else {
                return Err(error(CALL, Fault::NotFound, "no such change set"));
            };
            let changed = known
                .answers
                .iter()
                .filter(|answer| answer.action != Action::Remove);
            let changed: BTreeSet<&str> =
                changed.map(|answer| answer.logical_id.as_str()).collect();
            let steps = ordered(&known.config.template).into_iter();
            let steps = steps
                .filter(|id| changed.contains(id.as_str()))
                .map(Step::Apply);
            let creates = found.status == StackStatus::ReviewInProgress;
            let operation = Operation {
                token: token.to_owned(),
                due: now + std::time::Duration::from_secs(1),
                steps: steps.chain([Step::Finish]).collect(),
                before: std::mem::replace(&mut found.config, known.config.clone()),
                old: found.resources.clone(),
                touched: Vec::new(),
                keep: BTreeSet::new(),
                creates,
                adopts: known.adopts,
                express: known.express,
            };
            found.change_sets.clear();
            let status = if creates {
                StackStatus::CreateInProgress
            } else {
                StackStatus::UpdateInProgress
            };
            let name = found.name.clone();
            world.begin(&name, status, operation);
            Ok(())
        })
        .await
    }

    async fn delete(&self, stack: &str, keep: &BTreeSet<String>, token: &str) -> CloudResult<()> {
        const CALL: &str = "cloudformation:DeleteStack";
        self.write_on(CALL, stack, |world| {
            let now = world.now;
            let Ok(found) = find(world, CALL, stack) else {
                return Ok(());
            };
            if found.operation.is_some() || found.status == StackStatus::DeleteComplete {
                return Ok(());
            }
            if found.protected {
                return Err(error(
                    CALL,
                    Fault::Invalid,
                    "TerminationProtection is enabled",
                ));
            }
            let steps = ordered(&found.config.template)
                .into_iter()
                .rev()
                .map(Step::Remove);
            let steps: VecDeque<Step> = steps.chain([Step::Deleted]).collect();
            let operation = Operation {
                token: token.to_owned(),
                due: now + std::time::Duration::from_secs(1),
                steps,
                before: found.config.clone(),
                old: found.resources.clone(),
                touched: Vec::new(),
                keep: keep.clone(),
                creates: false,
                adopts: false,
                express: false,
            };
            let name = found.name.clone();
            world.begin(&name, StackStatus::DeleteInProgress, operation);
            Ok(())
        })
        .await
    }

    async fn continue_rollback(
        &self,
        stack: &str,
        skip: &BTreeSet<String>,
        token: &str,
    ) -> CloudResult<()> {
        const CALL: &str = "cloudformation:ContinueUpdateRollback";
        self.write_on(CALL, stack, |world| {
            let now = world.now;
            let found = find(world, CALL, stack)?;
            let Some(stuck) = found.gone_back.take() else {
                return Err(error(CALL, Fault::Invalid, "nothing to go on with"));
            };
            let due = now + std::time::Duration::from_secs(1);
            let operation = Operation {
                token: token.to_owned(),
                due,
                keep: skip.clone(),
                ..stuck
            };
            let name = found.name.clone();
            world.begin(&name, StackStatus::UpdateRollbackInProgress, operation);
            Ok(())
        })
        .await
    }

    async fn roll_back(&self, stack: &str, token: &str) -> CloudResult<()> {
        const CALL: &str = "cloudformation:RollbackStack";
        self.write_on(CALL, stack, |world| {
            let now = world.now;
            let found = find(world, CALL, stack)?;
            if found
                .operation
                .as_ref()
                .is_some_and(|operation| operation.token == token)
            {
                return Ok(());
            }
            let Some(failed) = found.gone_back.take() else {
                return Err(error(CALL, Fault::Invalid, "nothing to roll back"));
            };
            let operation = Operation {
                token: token.to_owned(),
                due: now + std::time::Duration::from_secs(1),
                steps: failed.way_back(),
                ..failed
            };
            let name = found.name.clone();
            world.begin(&name, StackStatus::UpdateRollbackInProgress, operation);
            Ok(())
        })
        .await
    }

    async fn problems(&self, stack: &str) -> CloudResult<Vec<Problem>> {
        const CALL: &str = "cloudformation:DescribeEvents";
        self.read_on(CALL, stack, |world| {
            let name = find(world, CALL, stack)?.name.clone();
            Ok(world.problems.get(&name).cloned().into_iter().collect())
        })
        .await
    }

    async fn protect(&self, stack: &str, protected: bool) -> CloudResult<()> {
        const CALL: &str = "cloudformation:UpdateTerminationProtection";
        self.write_on(CALL, stack, |world| {
            find(world, CALL, stack)?.protected = protected;
            Ok(())
        })
        .await
    }

    async fn detect_drift(&self, stack: &str) -> CloudResult<String> {
        self.read_on("cloudformation:DetectStackDrift", stack, |_| {
            Ok("detection".into())
        })
        .await
    }

    async fn drift(&self, stack: &str, _detection: &str) -> CloudResult<Option<Vec<Drift>>> {
        const CALL: &str = "cloudformation:DescribeStackResourceDrifts";
        self.read_on(CALL, stack, |world| {
            let resources = find(world, CALL, stack)?.resources.iter();
            let drifted = resources.filter(|(_, resource)| !resource.drifted.is_empty());
            let drifted = drifted.map(|(id, resource)| Drift {
                logical_id: id.clone(),
                resource_type: resource.resource_type.clone(),
                differences: resource
                    .drifted
                    .iter()
                    .map(|(path, actual)| {
                        let expected = resource
                            .properties
                            .get(path)
                            .cloned()
                            .unwrap_or(Value::Null);
                        (path.clone(), expected.to_string(), actual.to_string())
                    })
                    .collect(),
            });
            Ok(Some(drifted.collect()))
        })
        .await
    }
}

fn empty(name: &str, id: String) -> FakeStack {
    FakeStack {
        id,
        name: name.to_owned(),
        status: StackStatus::ReviewInProgress,
        told: StackStatus::ReviewInProgress,
        protected: false,
        config: Config::default(),
        resources: BTreeMap::new(),
        outputs: BTreeMap::new(),
        events: Vec::new(),
        change_sets: BTreeMap::new(),
        operation: None,
        gone_back: None,
        generation: 0,
    }
}
