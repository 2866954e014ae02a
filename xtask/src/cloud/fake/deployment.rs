//! CloudFormation at work: one resource per second of the fake clock, rollback when one fails.

use std::collections::{BTreeMap, BTreeSet, VecDeque};
use std::time::Duration;

use serde_json::Value;

use super::evaluate::Scope;
use super::resources::{conditional, replaces};
use super::world::{Config, FakeResource, FakeStack, Operation, Step, World};
use crate::cloud::stacks::{Action, Replacement, ResourceAnswer, StackEvent, StackStatus};
use crate::cloud::template::{references, resources, type_of};

const PER_STEP: Duration = Duration::from_secs(1);

impl Operation {
    /// Everything touched, last first.
    pub(super) fn way_back(&self) -> VecDeque<Step> {
        let touched = self.touched.iter().rev().cloned();
        touched.map(Step::Restore).chain([Step::Restored]).collect()
    }
}

impl World {
    /// Does everything that is due by now.
    pub(super) fn advance(&mut self, now: Duration) {
        let names: Vec<String> = self.stacks.keys().cloned().collect();
        for name in names {
            while let Some(due) = self
                .stacks
                .get(&name)
                .and_then(|stack| stack.operation.as_ref())
                .map(|o| o.due)
            {
                if due > now {
                    break;
                }
                self.now = due;
                self.step(&name);
            }
        }
        self.now = now;
    }

    /// Begins an operation.
    pub(super) fn begin(&mut self, name: &str, status: StackStatus, operation: Operation) {
        let Some(stack) = self.stacks.get_mut(name) else {
            return;
        };
        stack.status = status;
        stack.generation += 1;
        let token = operation.token.clone();
        stack.operation = Some(operation);
        self.event(name, &token, None, status.as_str(), None);
    }

    fn step(&mut self, name: &str) {
        let Some(stack) = self.stacks.get_mut(name) else {
            return;
        };
        let Some(operation) = stack.operation.as_mut() else {
            return;
        };
        let token = operation.token.clone();
        operation.due += PER_STEP;
        if self.problems.contains_key(name) && operation.touched.is_empty() {
            let words = "Validation failed with 1 error(s). Call DescribeEvents to retrieve it.";
            return self.refuse(name, &token, words);
        }
        let Some(step) = operation.steps.pop_front() else {
            stack.operation = None;
            return;
        };
        match step {
            Step::Apply(id) => self.apply(name, &token, &id),
            Step::Remove(id) => self.take_away(name, &token, &id),
            Step::Restore(id) => self.restore(name, &token, &id),
            Step::Finish => self.finish(name, &token),
            Step::Restored => self.restored(name, &token),
            Step::Deleted => self.deleted(name, &token),
        }
    }

    fn apply(&mut self, name: &str, token: &str, id: &str) {
        let Some(stack) = self.stacks.get(name).cloned() else {
            return;
        };
        let templates = resources(&stack.config.template);
        let Some(resource) = templates.get(id) else {
            return;
        };
        let kind = type_of(resource);
        let properties = evaluated(&stack, resource);
        let old = stack.resources.get(id);
        let adopts = stack.operation.as_ref().is_some_and(|o| o.adopts);
        let verb = if old.is_some() { "UPDATE" } else { "CREATE" };
        self.event(
            name,
            token,
            Some((id, kind)),
            &format!("{verb}_IN_PROGRESS"),
            None,
        );
        let injected = self.failing.get(&(name.to_owned(), id.to_owned())).cloned();
        let done = match (injected, old) {
            (Some(reason), _) => Err(reason),
            (None, Some(old)) if !replaces(old, kind, &properties) => {
                self.change(old, &properties).map(|()| old.physical.clone())
            }
            (None, _) => self.create(name, id, kind, &properties, adopts),
        };
        let Some(stack) = self.stacks.get_mut(name) else {
            return;
        };
        match done {
            Ok(physical) => {
                if let Some(operation) = stack.operation.as_mut() {
                    operation.touched.push(id.to_owned());
                }
                let resource_type = kind.to_owned();
                let new = FakeResource {
                    resource_type,
                    physical,
                    properties,
                    drifted: BTreeMap::new(),
                };
                stack.resources.insert(id.to_owned(), new);
                self.event(
                    name,
                    token,
                    Some((id, kind)),
                    &format!("{verb}_COMPLETE"),
                    None,
                );
            }
            Err(reason) => {
                self.event(
                    name,
                    token,
                    Some((id, kind)),
                    &format!("{verb}_FAILED"),
                    Some(&reason),
                );
                self.fall_back(name, token);
            }
        }
    }

    /// Ends before any resource is touched.
    fn refuse(&mut self, name: &str, token: &str, words: &str) {
        let Some(stack) = self.stacks.get_mut(name) else {
            return;
        };
        let Some(operation) = stack.operation.take() else {
            return;
        };
        stack.status = if operation.creates {
            StackStatus::RollbackComplete
        } else {
            stack.config = operation.before;
            StackStatus::UpdateRollbackComplete
        };
        let status = stack.status;
        self.event(name, token, None, "CREATE_FAILED", Some(words));
        self.event(name, token, None, status.as_str(), None);
    }

    /// Takes the way back: everything touched, last first.
    fn fall_back(&mut self, name: &str, token: &str) {
        let Some(stack) = self.stacks.get_mut(name) else {
            return;
        };
        let Some(operation) = stack.operation.as_mut() else {
            return;
        };
        if operation.express {
            let status = if operation.creates {
                StackStatus::CreateFailed
            } else {
                StackStatus::UpdateFailed
            };
            stack.status = status;
            stack.gone_back = stack.operation.take();
            let words = "The following resource(s) failed to be deployed";
            self.event(name, token, None, status.as_str(), Some(words));
            return;
        }
        operation.steps = operation.way_back();
        let status = if operation.creates {
            StackStatus::RollbackInProgress
        } else {
            StackStatus::UpdateRollbackInProgress
        };
        stack.status = status;
        let words = "The following resource(s) failed to be deployed";
        self.event(name, token, None, status.as_str(), Some(words));
    }

    fn restore(&mut self, name: &str, token: &str, id: &str) {
        let Some(stack) = self.stacks.get(name) else {
            return;
        };
        let Some(operation) = &stack.operation else {
            return;
        };
        let old = operation.old.get(id).cloned();
        let new = stack.resources.get(id).cloned();
        let skipped = operation.keep.contains(id);
        if self.stuck.contains(&(name.to_owned(), id.to_owned())) && !skipped {
            let kind = new
                .as_ref()
                .map(|new| new.resource_type.clone())
                .unwrap_or_default();
            self.event(
                name,
                token,
                Some((id, &kind)),
                "UPDATE_FAILED",
                Some("it cannot go back"),
            );
            if let Some(stack) = self.stacks.get_mut(name) {
                stack.status = StackStatus::UpdateRollbackFailed;
                if let Some(mut operation) = stack.operation.take() {
                    operation.steps.push_front(Step::Restore(id.to_owned()));
                    stack.gone_back = Some(operation);
                }
            }
            self.event(name, token, None, "UPDATE_ROLLBACK_FAILED", None);
            return;
        }
        match (&old, &new) {
            (Some(old), Some(new)) if old.physical == new.physical => {
                drop(self.change(new, &old.properties));
            }
            (_, Some(new)) => drop(self.remove(new)),
            _ => {}
        }
        if let Some(stack) = self.stacks.get_mut(name) {
            match old {
                Some(old) => drop(stack.resources.insert(id.to_owned(), old)),
                None => drop(stack.resources.remove(id)),
            }
        }
    }

    fn restored(&mut self, name: &str, token: &str) {
        let Some(stack) = self.stacks.get_mut(name) else {
            return;
        };
        let Some(operation) = stack.operation.take() else {
            return;
        };
        stack.status = if operation.creates {
            StackStatus::RollbackComplete
        } else {
            stack.config = operation.before;
            StackStatus::UpdateRollbackComplete
        };
        let status = stack.status;
        self.event(name, token, None, status.as_str(), None);
    }

    fn finish(&mut self, name: &str, token: &str) {
        let Some(stack) = self.stacks.get(name).cloned() else {
            return;
        };
        let Some(operation) = &stack.operation else {
            return;
        };
        // Cleanup: what was replaced or dropped from the template goes unless it is retained.
        for (id, old) in &operation.old {
            let current = stack.resources.get(id);
            let replaced = current.is_some_and(|current| current.physical != old.physical);
            let dropped = !resources(&stack.config.template).contains_key(id.as_str());
            let before = resources(&operation.before.template);
            let policy = |name: &str| {
                before
                    .get(id.as_str())
                    .and_then(|r| r.get(name))
                    .and_then(Value::as_str)
            };
            let retained = policy(if dropped {
                "DeletionPolicy"
            } else {
                "UpdateReplacePolicy"
            }) == Some("Retain");
            if (replaced || dropped) && !retained {
                let _kept_when_it_fails = self.remove(old);
            }
        }
        let templates: BTreeSet<String> = resources(&stack.config.template)
            .keys()
            .map(ToString::to_string)
            .collect();
        let outputs = outputs(&stack);
        let status = if operation.creates {
            StackStatus::CreateComplete
        } else {
            StackStatus::UpdateComplete
        };
        if let Some(stack) = self.stacks.get_mut(name) {
            stack.resources.retain(|id, _| templates.contains(id));
            stack.outputs = outputs;
            stack.status = status;
            stack.operation = None;
        }
        self.event(name, token, None, status.as_str(), None);
    }

    fn take_away(&mut self, name: &str, token: &str, id: &str) {
        let Some(stack) = self.stacks.get(name) else {
            return;
        };
        let Some(resource) = stack.resources.get(id).cloned() else {
            return;
        };
        let policies = resources(&stack.config.template);
        let policy = policies
            .get(id)
            .and_then(|r| r.get("DeletionPolicy"))
            .and_then(Value::as_str);
        let kept = stack
            .operation
            .as_ref()
            .is_some_and(|operation| operation.keep.contains(id));
        let kind = resource.resource_type.clone();
        let injected = self.failing.get(&(name.to_owned(), id.to_owned())).cloned();
        let done = match (kept || policy == Some("Retain"), injected) {
            (true, _) => Ok(()),
            (false, Some(reason)) => Err(reason),
            (false, None) => self.remove(&resource),
        };
        match done {
            Ok(()) => {
                self.event(name, token, Some((id, &kind)), "DELETE_COMPLETE", None);
                if let Some(stack) = self.stacks.get_mut(name) {
                    stack.resources.remove(id);
                }
            }
            Err(reason) => {
                self.event(
                    name,
                    token,
                    Some((id, &kind)),
                    "DELETE_FAILED",
                    Some(&reason),
                );
                if let Some(stack) = self.stacks.get_mut(name) {
                    stack.status = StackStatus::DeleteFailed;
                    stack.operation = None;
                }
                self.event(name, token, None, "DELETE_FAILED", None);
            }
        }
    }

    fn deleted(&mut self, name: &str, token: &str) {
        self.event(name, token, None, "DELETE_COMPLETE", None);
        if let Some(mut stack) = self.stacks.remove(name) {
            stack.status = StackStatus::DeleteComplete;
            stack.operation = None;
            self.gone.insert(stack.id.clone(), stack);
        }
    }

    pub(super) fn event(
        &mut self,
        name: &str,
        token: &str,
        resource: Option<(&str, &str)>,
        status: &str,
        reason: Option<&str>,
    ) {
        let id = format!("event-{}", self.next());
        let time = self.time();
        let Some(stack) = self.stacks.get_mut(name) else {
            return;
        };
        let (logical, kind) = resource.unwrap_or((name, "AWS::CloudFormation::Stack"));
        let event = StackEvent {
            id,
            time,
            logical_id: logical.to_owned(),
            resource_type: kind.to_owned(),
            status: status.to_owned(),
            reason: reason.map(str::to_owned),
        };
        stack.events.push((token.to_owned(), event));
    }
}

fn evaluated(stack: &FakeStack, resource: &Value) -> Value {
    let scope = Scope {
        stack: &stack.name,
        parameters: &stack.config.parameters,
        resources: &stack.resources,
    };
    scope.value(resource.get("Properties").unwrap_or(&Value::Null))
}

fn outputs(stack: &FakeStack) -> BTreeMap<String, String> {
    let scope = Scope {
        stack: &stack.name,
        parameters: &stack.config.parameters,
        resources: &stack.resources,
    };
    let outputs = crate::cloud::template::section(&stack.config.template, "Outputs");
    let values = outputs.map(|(name, output)| {
        let value = scope.value(output.get("Value").unwrap_or(&Value::Null));
        (name.clone(), value.as_str().unwrap_or_default().to_owned())
    });
    values.collect()
}

/// The logical ids of a template, each after those it refers to.
pub(super) fn ordered(template: &Value) -> Vec<String> {
    let all = resources(template);
    let mut done: Vec<String> = Vec::new();
    while done.len() < all.len() {
        let ready = all.iter().find(|(id, resource)| {
            let needs = references(resource);
            !done.contains(&id.to_string())
                && needs.iter().all(|need| {
                    !all.contains_key(need.as_str()) || done.contains(need) || need == *id
                })
        });
        match ready {
            Some((id, _)) => done.push(id.to_string()),
            None => break,
        }
    }
    done
}

/// The changed properties that may replace the resource.
fn conditions(old: &FakeResource, new: &Value) -> Vec<String> {
    let all = conditional(&old.resource_type).iter();
    let differ = all.filter(|name| old.properties.get(**name) != new.get(**name));
    differ.map(ToString::to_string).collect()
}

/// What a change set says, by comparing what the resources would be with what they are.
pub(super) fn answers(stack: &FakeStack, config: &Config, lists_tags: bool) -> Vec<ResourceAnswer> {
    let mut found = Vec::new();
    let after = FakeStack {
        config: config.clone(),
        ..stack.clone()
    };
    let templates = resources(&config.template);
    let mut moving = BTreeSet::new();
    for id in ordered(&config.template) {
        let resource = templates[id.as_str()];
        let kind = type_of(resource);
        let properties = evaluated(&after, resource);
        let answer = |action, replacement| ResourceAnswer {
            certain: stack
                .resources
                .get(&id)
                .is_none_or(|old| old.properties != properties),
            logical_id: id.clone(),
            resource_type: kind.to_owned(),
            action,
            replacement,
            conditions: match stack.resources.get(&id) {
                Some(old) if replacement == Replacement::Maybe => conditions(old, &properties),
                _ => Vec::new(),
            },
            only_tags: false,
        };
        match stack.resources.get(&id) {
            None => {
                moving.insert(id.clone());
                found.push(answer(Action::Add, Replacement::No));
            }
            Some(old) if replaces(old, kind, &properties) => {
                moving.insert(id.clone());
                found.push(answer(Action::Modify, Replacement::Yes));
            }
            Some(old) if !conditions(old, &properties).is_empty() => {
                found.push(answer(Action::Modify, Replacement::Maybe));
            }
            Some(old)
                if old.properties != properties
                    || references(resource).iter().any(|r| moving.contains(r)) =>
            {
                found.push(answer(Action::Modify, Replacement::No));
            }
            Some(_) if lists_tags && stack.config.tags != config.tags => {
                found.push(ResourceAnswer {
                    only_tags: true,
                    certain: true,
                    ..answer(Action::Modify, Replacement::No)
                });
            }
            Some(_) => {}
        }
    }
    for (id, resource) in stack
        .resources
        .iter()
        .filter(|(id, _)| !templates.contains_key(id.as_str()))
    {
        found.push(ResourceAnswer {
            logical_id: id.clone(),
            resource_type: resource.resource_type.clone(),
            action: Action::Remove,
            replacement: Replacement::No,
            conditions: Vec::new(),
            only_tags: false,
            certain: true,
        });
    }
    found
}
