//! Resources compared property by property, with parameters put in on both sides.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::Value;

use super::iam::{released, widened};
use super::{PropertyChange, ResourceAction, ResourceChange, Schemas};
use crate::cloud::template::{references, resources, substitute, type_of};
use crate::engine::desired::DesiredStack;
use crate::engine::live::{Live, Standing};
use crate::engine::resolve::{Parameters, shown};

/// Types whose replacement or deletion loses what users put there.
const STATEFUL: &[&str] = &[
    "AWS::Cognito::UserPool",
    "AWS::DynamoDB::GlobalTable",
    "AWS::DynamoDB::Table",
    "AWS::ECR::Repository",
    "AWS::EFS::FileSystem",
    "AWS::KMS::Key",
    "AWS::RDS::DBCluster",
    "AWS::RDS::DBInstance",
    "AWS::S3::Bucket",
    "AWS::SecretsManager::Secret",
];

/// What the plan calls a change of a stack's tags.
pub(super) const TAGS: &str = "tags";

/// Whether a type holds data.
pub(crate) fn is_stateful(resource_type: &str) -> bool {
    STATEFUL.contains(&resource_type)
}

/// Everything in a stack that does not stand yet.
pub(super) fn create(
    stack: &DesiredStack,
    parameters: &Parameters,
    live: &Live,
) -> Vec<ResourceChange> {
    let values = with_pseudo(shown(&stack.template, parameters), live);
    let new = resources(&stack.template).into_iter();
    new.map(|(id, resource)| created(stack, id, &substitute(resource, &values), live))
        .collect()
}

fn with_pseudo(mut values: BTreeMap<String, Value>, live: &Live) -> BTreeMap<String, Value> {
    values.extend(live.pseudo.clone());
    values
}

/// The changes of a stack that stands, and whatever else about it changes.
pub(super) fn update(
    stack: &DesiredStack,
    standing: &Standing,
    parameters: &Parameters,
    live: &Live,
    schemas: &dyn Schemas,
) -> (Vec<ResourceChange>, Vec<String>) {
    let before_values = standing.stack.parameters.iter();
    let before_values = before_values
        .map(|(name, value)| (name.clone(), Value::String(value.clone())))
        .collect();
    let before_values = with_pseudo(before_values, live);
    let after_values = with_pseudo(shown(&stack.template, parameters), live);
    let before = filled(&standing.template, &before_values);
    let after = filled(&stack.template, &after_values);
    let mut changes: Vec<ResourceChange> = Vec::new();
    for (id, resource) in &after {
        match before.get(id) {
            None => changes.push(created(stack, id, resource, live)),
            Some(old) if old == resource => {}
            Some(old) => changes.push(changed(id, old, resource, schemas)),
        }
    }
    for (id, resource) in before.iter().filter(|(id, _)| !after.contains_key(*id)) {
        let mut change = deleted(id, resource);
        // What it held back is free, unless that goes with it.
        let mut held = references(resource);
        held.retain(|id| before.contains_key(id));
        if held.is_empty() || held.iter().any(|id| after.contains_key(id)) {
            change.widens = released(resource);
        }
        changes.push(change);
    }
    spread(&after, &mut changes, schemas);
    changes.sort_by(|a, b| a.logical_id.cmp(&b.logical_id));
    (
        changes,
        others(stack, standing, &before_values, &after_values),
    )
}

fn filled(template: &Value, values: &BTreeMap<String, Value>) -> BTreeMap<String, Value> {
    let found = resources(template).into_iter();
    found
        .map(|(id, resource)| (id.to_owned(), substitute(resource, values)))
        .collect()
}

fn created(stack: &DesiredStack, id: &str, resource: &Value, live: &Live) -> ResourceChange {
    let key = (stack.id.clone(), id.to_owned());
    ResourceChange {
        adopted: live.left.contains_key(&key),
        logical_id: id.to_owned(),
        resource_type: type_of(resource).to_owned(),
        action: ResourceAction::Create,
        stateful: false,
        retained: false,
        properties: created_properties(resource),
        widens: widened(None, resource),
    }
}

pub(super) fn deleted(id: &str, resource: &Value) -> ResourceChange {
    ResourceChange {
        logical_id: id.to_owned(),
        resource_type: type_of(resource).to_owned(),
        action: ResourceAction::Delete,
        stateful: is_stateful(type_of(resource)),
        retained: keeps(resource, "DeletionPolicy"),
        properties: Vec::new(),
        widens: Vec::new(),
        adopted: false,
    }
}

fn changed(id: &str, old: &Value, new: &Value, schemas: &dyn Schemas) -> ResourceChange {
    let mut properties = properties(old, new, schemas);
    if type_of(old) != type_of(new) {
        let side = |resource: &Value| Some(Value::from(type_of(resource)));
        let path = "Type".to_owned();
        properties.push(PropertyChange {
            path,
            before: side(old),
            after: side(new),
            replaces: true,
            may_replace: false,
        });
    }
    let replaces = properties.iter().any(|change| change.replaces);
    let may_replace = properties.iter().any(|change| change.may_replace);
    ResourceChange {
        logical_id: id.to_owned(),
        resource_type: type_of(new).to_owned(),
        action: if replaces {
            ResourceAction::Replace
        } else {
            ResourceAction::Update
        },
        stateful: (replaces || may_replace) && is_stateful(type_of(old)),
        retained: (replaces || may_replace) && keeps(old, "UpdateReplacePolicy"),
        properties,
        widens: widened(Some(old), new),
        adopted: false,
    }
}

fn keeps(resource: &Value, policy: &str) -> bool {
    resource.get(policy).and_then(Value::as_str) == Some("Retain")
}

fn created_properties(resource: &Value) -> Vec<PropertyChange> {
    let mut found = Vec::new();
    let properties = resource.get("Properties").unwrap_or(&Value::Null);
    compare("", &Value::Null, properties, &mut found);
    found
}

/// Changed properties; other attributes of the resource count as properties of their own name.
fn properties(old: &Value, new: &Value, schemas: &dyn Schemas) -> Vec<PropertyChange> {
    let mut found = Vec::new();
    let inside = |resource: &Value| resource.get("Properties").cloned().unwrap_or(Value::Null);
    compare("", &inside(old), &inside(new), &mut found);
    let always = schemas.create_only(type_of(new));
    let perhaps = schemas.conditional(type_of(new));
    for change in &mut found {
        change.replaces = lies_in(&always, &change.path);
        change.may_replace = !change.replaces && lies_in(&perhaps, &change.path);
    }
    for attribute in [
        "Condition",
        "DeletionPolicy",
        "DependsOn",
        "Metadata",
        "UpdateReplacePolicy",
    ] {
        compare_leaf(
            attribute,
            old.get(attribute),
            new.get(attribute),
            &mut found,
        );
    }
    found
}

/// Whether a path is one of these properties or in one.
fn lies_in(properties: &[String], path: &str) -> bool {
    properties.iter().any(|property| {
        let rest = path.strip_prefix(property.as_str());
        rest.is_some_and(|rest| rest.is_empty() || rest.starts_with('.'))
    })
}

/// Objects and lists of one length are entered; anything else is one value.
fn compare(path: &str, old: &Value, new: &Value, found: &mut Vec<PropertyChange>) {
    match (old, new) {
        (Value::Object(before), Value::Object(after))
            if !is_function(before) && !is_function(after) =>
        {
            let keys: BTreeSet<&String> = before.keys().chain(after.keys()).collect();
            for key in keys {
                let path = if path.is_empty() {
                    key.clone()
                } else {
                    format!("{path}.{key}")
                };
                match (before.get(key), after.get(key)) {
                    (Some(old), Some(new)) => compare(&path, old, new, found),
                    (old, new) => compare_leaf(&path, old, new, found),
                }
            }
        }
        (Value::Array(before), Value::Array(after)) if before.len() == after.len() => {
            for (index, (old, new)) in before.iter().zip(after).enumerate() {
                compare(&format!("{path}.{index}"), old, new, found);
            }
        }
        (Value::Null, Value::Object(after)) if path.is_empty() => {
            after
                .iter()
                .for_each(|(key, new)| compare_leaf(key, None, Some(new), found));
        }
        _ => compare_leaf(path, Some(old), Some(new), found),
    }
}

fn is_function(fields: &serde_json::Map<String, Value>) -> bool {
    fields.len() == 1
        && fields
            .keys()
            .all(|key| key == "Ref" || key.starts_with("Fn::") || key == "known after")
}

fn compare_leaf(
    path: &str,
    before: Option<&Value>,
    after: Option<&Value>,
    found: &mut Vec<PropertyChange>,
) {
    if before != after {
        found.push(PropertyChange {
            path: path.to_owned(),
            before: before.cloned(),
            after: after.cloned(),
            replaces: false,
            may_replace: false,
        });
    }
}

/// What refers to a replaced resource changes with it, although its own text does not.
fn spread(
    after: &BTreeMap<String, Value>,
    changes: &mut Vec<ResourceChange>,
    schemas: &dyn Schemas,
) {
    let mut spread_from: Vec<String> = replaced(changes);
    while let Some(source) = spread_from.pop() {
        for (id, resource) in after.iter().filter(|(id, _)| **id != source) {
            let Some(fields) = resource.get("Properties").and_then(Value::as_object) else {
                continue;
            };
            for (field, value) in fields
                .iter()
                .filter(|(_, value)| references(value).contains(&source))
            {
                let only = schemas.create_only(type_of(resource)).contains(field);
                if follow(id, resource, field, value, &source, only, changes) {
                    spread_from.push(id.clone());
                }
            }
        }
    }
}

fn replaced(changes: &[ResourceChange]) -> Vec<String> {
    let replaced = changes
        .iter()
        .filter(|change| change.action == ResourceAction::Replace);
    replaced.map(|change| change.logical_id.clone()).collect()
}

/// Notes that a property follows a replaced resource; says whether that replaces this one too.
fn follow(
    id: &str,
    resource: &Value,
    field: &str,
    value: &Value,
    source: &str,
    only: bool,
    changes: &mut Vec<ResourceChange>,
) -> bool {
    let change = PropertyChange {
        path: field.to_owned(),
        before: Some(value.clone()),
        after: Some(serde_json::json!({ "known after": source })),
        replaces: only,
        may_replace: false,
    };
    let known = changes.iter().position(|change| change.logical_id == id);
    let index = known.unwrap_or_else(|| {
        changes.push(ResourceChange {
            logical_id: id.to_owned(),
            resource_type: type_of(resource).to_owned(),
            action: ResourceAction::Update,
            stateful: false,
            retained: false,
            properties: Vec::new(),
            widens: Vec::new(),
            adopted: false,
        });
        changes.len() - 1
    });
    let found = &mut changes[index];
    if found.action == ResourceAction::Create
        || found.properties.iter().any(|known| known.path == field)
    {
        return false;
    }
    found.properties.push(change);
    let newly = only && found.action != ResourceAction::Replace;
    if newly {
        found.action = ResourceAction::Replace;
        found.stateful = is_stateful(type_of(resource));
        found.retained = keeps(resource, "UpdateReplacePolicy");
    }
    newly
}

fn others(
    stack: &DesiredStack,
    standing: &Standing,
    before: &BTreeMap<String, Value>,
    after: &BTreeMap<String, Value>,
) -> Vec<String> {
    let mut found = Vec::new();
    for section in [
        "Conditions",
        "Description",
        "Mappings",
        "Metadata",
        "Outputs",
        "Parameters",
        "Rules",
        "Transform",
    ] {
        if stack.template.get(section) != standing.template.get(section) {
            found.push(section.to_lowercase());
        }
    }
    if stack.tags != standing.stack.tags {
        found.push(TAGS.into());
    }
    let differ = |name: &String| before.get(name) != after.get(name);
    let names: BTreeSet<&String> = before.keys().chain(after.keys()).collect();
    found.extend(
        names
            .into_iter()
            .filter(|name| differ(name))
            .map(|name| format!("parameter {name}")),
    );
    found
}
