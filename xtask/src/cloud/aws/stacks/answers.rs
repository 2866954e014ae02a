//! CloudFormation's answers in the engine's words.

use aws_sdk_cloudformation::types::{
    Change, ChangeAction, EvaluationType, OperationEvent, Replacement as SdkReplacement,
    RequiresRecreation, ResourceAttribute, ResourceChange, Stack, StackEvent as SdkEvent,
    StackResourceDrift, StackResourceSummary,
};

use crate::cloud::aws::call::incomplete;
use crate::cloud::stacks::{
    Action, ChangeSet, Drift, LiveStack, Problem, Replacement, ResourceAnswer, StackEvent,
    StackResource,
};
use crate::cloud::{CloudError, CloudResult, Fault};

pub(super) fn stack(call: &'static str, stack: Stack) -> CloudResult<LiveStack> {
    let status = stack
        .stack_status()
        .ok_or_else(|| incomplete(call, "stack status"))?;
    let status = status
        .as_str()
        .parse()
        .map_err(|words: String| CloudError::new(call, Fault::Invalid, "UnknownStatus", words))?;
    let parameters = stack.parameters().iter().filter_map(|parameter| {
        let value = parameter.parameter_value().unwrap_or_default();
        Some((parameter.parameter_key()?.to_owned(), value.to_owned()))
    });
    let outputs = stack.outputs().iter().filter_map(|output| {
        Some((
            output.output_key()?.to_owned(),
            output.output_value()?.to_owned(),
        ))
    });
    let tags = stack
        .tags()
        .iter()
        .filter_map(|tag| Some((tag.key()?.to_owned(), tag.value()?.to_owned())));
    Ok(LiveStack {
        status,
        parameters: parameters.collect(),
        outputs: outputs.collect(),
        tags: tags.collect(),
        protected: stack.enable_termination_protection().unwrap_or(false),
        reason: stack.stack_status_reason().map(str::to_owned),
        stack_id: stack.stack_id.ok_or_else(|| incomplete(call, "stack id"))?,
    })
}

pub(super) fn resource(summary: &StackResourceSummary) -> StackResource {
    StackResource {
        logical_id: summary.logical_resource_id().unwrap_or_default().to_owned(),
        resource_type: summary.resource_type().unwrap_or_default().to_owned(),
        physical_id: summary.physical_resource_id().map(str::to_owned),
        status: summary
            .resource_status()
            .map(|status| status.as_str().to_owned())
            .unwrap_or_default(),
    }
}

pub(super) fn event(event: &SdkEvent) -> Option<StackEvent> {
    Some(StackEvent {
        id: event.event_id()?.to_owned(),
        time: std::time::SystemTime::try_from(*event.timestamp()?).ok()?,
        logical_id: event.logical_resource_id()?.to_owned(),
        resource_type: event.resource_type().unwrap_or_default().to_owned(),
        status: event.resource_status()?.as_str().to_owned(),
        reason: event
            .resource_status_reason()
            .map(str::to_owned)
            .filter(|reason| !reason.is_empty()),
    })
}

pub(super) fn problem(event: &OperationEvent) -> Option<Problem> {
    Some(Problem {
        path: event.validation_path().unwrap_or_default().to_owned(),
        resource_type: event.resource_type().unwrap_or_default().to_owned(),
        reason: event.validation_status_reason()?.to_owned(),
    })
}

pub(super) fn change(change: &Change) -> Option<ResourceAnswer> {
    let change = change.resource_change()?;
    Some(ResourceAnswer {
        logical_id: change.logical_resource_id()?.to_owned(),
        resource_type: change.resource_type().unwrap_or_default().to_owned(),
        action: match change.action() {
            Some(ChangeAction::Add) => Action::Add,
            Some(ChangeAction::Modify) => Action::Modify,
            Some(ChangeAction::Remove) => Action::Remove,
            _ => Action::Other,
        },
        replacement: match change.replacement() {
            Some(SdkReplacement::True) => Replacement::Yes,
            Some(SdkReplacement::Conditional) => Replacement::Maybe,
            _ => Replacement::No,
        },
        conditions: conditions(change),
        only_tags: change.scope() == [ResourceAttribute::Tags],
        certain: certain(change),
    })
}

fn conditions(change: &ResourceChange) -> Vec<String> {
    let targets = change.details().iter().filter_map(|detail| detail.target());
    let recreates = targets.filter(|target| {
        let never = Some(&RequiresRecreation::Never);
        target.requires_recreation().is_some() && target.requires_recreation() != never
    });
    let mut names: Vec<String> = recreates
        .filter_map(|target| target.name().map(str::to_owned))
        .collect();
    names.sort();
    names.dedup();
    names
}

/// A change that has any cause of its own; where none is given, it is taken for one.
fn certain(change: &ResourceChange) -> bool {
    let details = change.details();
    details.is_empty()
        || details
            .iter()
            .any(|detail| detail.evaluation() != Some(&EvaluationType::Dynamic))
}

/// CloudFormation calls a change set without changes failed.
pub(super) fn failed(reason: &str) -> ChangeSet {
    let empty = ["didn't contain changes", "No updates are to be performed"];
    if empty.iter().any(|words| reason.contains(words)) {
        ChangeSet::Empty
    } else {
        ChangeSet::Failed(reason.to_owned())
    }
}

pub(super) fn drift(drift: &StackResourceDrift) -> Drift {
    let differences = drift.property_differences().iter().map(|difference| {
        let word = |text: Option<&str>| text.unwrap_or_default().to_owned();
        (
            word(difference.property_path()),
            word(difference.expected_value()),
            word(difference.actual_value()),
        )
    });
    Drift {
        logical_id: drift.logical_resource_id().unwrap_or_default().to_owned(),
        resource_type: drift.resource_type().unwrap_or_default().to_owned(),
        differences: differences.collect(),
    }
}
