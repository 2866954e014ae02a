//! What may be done after a change and not before it, as comparable sentences.

use std::collections::BTreeSet;

use serde_json::Value;

use crate::cloud::template::type_of;

/// The grants of the new resource that the old one did not have.
pub(super) fn widened(old: Option<&Value>, new: &Value) -> Vec<String> {
    let before = old.map(grants).unwrap_or_default();
    grants(new).difference(&before).cloned().collect()
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
            documents(properties, &mut found);
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
fn documents(value: &Value, found: &mut BTreeSet<String>) {
    match value {
        Value::Object(fields) => {
            for (key, inner) in fields {
                match (key.as_str(), inner) {
                    ("Statement", Value::Array(statements)) => {
                        statements
                            .iter()
                            .for_each(|statement| sentences(statement, found));
                    }
                    ("Statement", Value::Object(_)) => sentences(inner, found),
                    _ => documents(inner, found),
                }
            }
        }
        Value::Array(items) => items.iter().for_each(|item| documents(item, found)),
        _ => {}
    }
}

fn sentences(statement: &Value, found: &mut BTreeSet<String>) {
    if statement.get("Effect").and_then(Value::as_str) != Some("Allow") {
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
            found.insert(format!("{who} may {action} on {resource}{condition}"));
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
