//! What may be done after a change and not before it, as comparable sentences.

use std::collections::BTreeSet;

use serde_json::Value;

use crate::cloud::template::type_of;

/// The grants of the new resource that the old one did not have, and what held the old one back and
/// holds the new one no more.
pub(super) fn widened(old: Option<&Value>, new: &Value) -> Vec<String> {
    let before = old.map(grants).unwrap_or_default();
    let mut found: Vec<String> = grants(new).difference(&before).cloned().collect();
    let held = old.map(limits).unwrap_or_default();
    let holds = limits(new);
    found.extend(held.difference(&holds).map(no_longer));
    found
}

/// What a resource that goes holds back no more. Of a role or a user goes what it held back from
/// itself.
pub(super) fn released(old: &Value) -> Vec<String> {
    match type_of(old) {
        "AWS::IAM::Role" | "AWS::IAM::User" | "AWS::IAM::Group" => Vec::new(),
        _ => limits(old).iter().map(no_longer).collect(),
    }
}

fn no_longer(limit: &String) -> String {
    format!("no longer: {limit}")
}

/// What may not be done, whatever else is granted.
fn limits(resource: &Value) -> BTreeSet<String> {
    let mut found = BTreeSet::new();
    let properties = resource.get("Properties").unwrap_or(&Value::Null);
    documents(properties, "Deny", "may not", &mut found);
    if let Some(boundary) = properties.get("PermissionsBoundary") {
        found.insert(format!("it may do nothing beyond {}", short(boundary)));
    }
    found
}

fn grants(resource: &Value) -> BTreeSet<String> {
    let mut found = BTreeSet::new();
    let properties = resource.get("Properties").unwrap_or(&Value::Null);
    match type_of(resource) {
        "AWS::Lambda::Permission" => {
            let part = |name: &str| properties.get(name).map(short).unwrap_or_default();
            found.insert(format!(
                "{} may {} {} from {}",
                part("Principal"),
                part("Action"),
                part("FunctionName"),
                properties
                    .get("SourceArn")
                    .map_or_else(|| "anywhere".into(), short),
            ));
        }
        _ => {
            documents(properties, "Allow", "may", &mut found);
            let attached = properties
                .get("ManagedPolicyArns")
                .and_then(Value::as_array);
            found.extend(
                attached
                    .into_iter()
                    .flatten()
                    .map(|arn| format!("everything in {}", short(arn))),
            );
        }
    }
    found
}

/// Policy documents are wherever there is a list of statements.
fn documents(value: &Value, effect: &str, may: &str, found: &mut BTreeSet<String>) {
    match value {
        Value::Object(fields) => {
            for (key, inner) in fields {
                match (key.as_str(), inner) {
                    ("Statement", Value::Array(statements)) => {
                        statements
                            .iter()
                            .for_each(|statement| sentences(statement, effect, may, found));
                    }
                    ("Statement", Value::Object(_)) => sentences(inner, effect, may, found),
                    _ => documents(inner, effect, may, found),
                }
            }
        }
        Value::Array(items) => items
            .iter()
            .for_each(|item| documents(item, effect, may, found)),
        _ => {}
    }
}

fn sentences(statement: &Value, effect: &str, may: &str, found: &mut BTreeSet<String>) {
    if statement.get("Effect").and_then(Value::as_str) != Some(effect) {
        return;
    }
    let who = statement
        .get("Principal")
        .or_else(|| statement.get("NotPrincipal"));
    let who = who.map_or_else(|| "it".into(), short);
    let condition = statement
        .get("Condition")
        .map(|only| format!(" if {}", short(only)))
        .unwrap_or_default();
    let actions = listed(statement, &["Action", "NotAction"]);
    let resources = listed(statement, &["Resource", "NotResource"]);
    for action in &actions {
        for resource in resources
            .iter()
            .map(String::as_str)
            .chain(resources.is_empty().then_some("itself"))
        {
            found.insert(format!("{who} {may} {action} on {resource}{condition}"));
        }
    }
}

fn listed(statement: &Value, names: &[&str]) -> Vec<String> {
    let mut found = Vec::new();
    for name in names {
        let not = if name.starts_with("Not") {
            "anything but "
        } else {
            ""
        };
        match statement.get(*name) {
            Some(Value::Array(items)) => {
                found.extend(items.iter().map(|item| format!("{not}{}", short(item))));
            }
            Some(one) => found.push(format!("{not}{}", short(one))),
            None => {}
        }
    }
    found
}

fn short(value: &Value) -> String {
    match value {
        Value::String(text) => text.clone(),
        Value::Object(fields) if fields.contains_key("known after") => {
            let stack = fields["known after"].as_str().unwrap_or_default();
            format!("(known after {stack})")
        }
        other => other.to_string(),
    }
}
