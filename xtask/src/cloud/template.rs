//! Reading templates as JSON: resources, references, parameters put in.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::{Map, Value};
use sha2::{Digest as _, Sha256};

/// A short word for a value; equal values have equal words.
pub fn digest(value: &Value) -> String {
    let hash = Sha256::digest(sorted(value).to_string());
    hex::encode(&hash[..12])
}

/// The order of keys says nothing.
fn sorted(value: &Value) -> Value {
    match value {
        Value::Array(items) => items.iter().map(sorted).collect(),
        Value::Object(fields) => {
            let fields: BTreeMap<&String, &Value> = fields.iter().collect();
            Value::Object(
                fields
                    .into_iter()
                    .map(|(key, inner)| (key.clone(), sorted(inner)))
                    .collect(),
            )
        }
        other => other.clone(),
    }
}

/// The resources of a template.
pub fn resources(template: &Value) -> BTreeMap<&str, &Value> {
    section(template, "Resources")
        .map(|(id, resource)| (id.as_str(), resource))
        .collect()
}

/// The entries of a section of a template.
pub fn section<'t>(
    template: &'t Value,
    name: &str,
) -> impl Iterator<Item = (&'t String, &'t Value)> {
    template
        .get(name)
        .and_then(Value::as_object)
        .into_iter()
        .flatten()
}

/// A resource's type.
pub fn type_of(resource: &Value) -> &str {
    resource
        .get("Type")
        .and_then(Value::as_str)
        .unwrap_or_default()
}

/// Whether a parameter's value is never to be shown.
pub fn is_secret(template: &Value, parameter: &str) -> bool {
    let flag = template.pointer(&format!("/Parameters/{parameter}/NoEcho"));
    flag.is_some_and(|flag| *flag == Value::Bool(true) || flag.as_str() == Some("true"))
}

/// The logical ids that a value refers to: `Ref`, `Fn::GetAtt`, `${}` in `Fn::Sub`.
pub fn references(value: &Value) -> BTreeSet<String> {
    let mut found = BTreeSet::new();
    collect(value, &mut found);
    found
}

fn collect(value: &Value, found: &mut BTreeSet<String>) {
    match value {
        Value::Array(items) => items.iter().for_each(|item| collect(item, found)),
        Value::Object(fields) => {
            for (key, inner) in fields {
                match (key.as_str(), inner) {
                    ("Ref", Value::String(id)) => drop(found.insert(id.clone())),
                    ("Fn::GetAtt", Value::String(path)) => {
                        found.extend(path.split('.').next().map(str::to_owned));
                    }
                    ("Fn::GetAtt", Value::Array(parts)) => {
                        found.extend(parts.first().and_then(Value::as_str).map(str::to_owned));
                    }
                    ("Fn::Sub", Value::String(text)) => found.extend(placeholders(text)),
                    ("Fn::Sub", Value::Array(parts)) => {
                        found.extend(
                            parts
                                .first()
                                .and_then(Value::as_str)
                                .into_iter()
                                .flat_map(placeholders),
                        );
                        parts.iter().skip(1).for_each(|part| collect(part, found));
                    }
                    _ => collect(inner, found),
                }
            }
        }
        _ => {}
    }
}

fn placeholders(text: &str) -> impl Iterator<Item = String> {
    text.split("${").skip(1).filter_map(|rest| {
        let name = rest.split('}').next()?.split('.').next()?;
        (!name.starts_with('!')).then(|| name.to_owned())
    })
}

/// The value with references to these parameters replaced by what they stand for.
pub fn substitute(value: &Value, parameters: &BTreeMap<String, Value>) -> Value {
    match value {
        Value::Array(items) => items
            .iter()
            .map(|item| substitute(item, parameters))
            .collect(),
        Value::Object(fields) => match only_reference(fields).and_then(|id| parameters.get(id)) {
            Some(known) => known.clone(),
            None => plain(
                fields
                    .iter()
                    .map(|field| inside(field, parameters))
                    .collect(),
            ),
        },
        other => other.clone(),
    }
}

/// A text with nothing left to put in is that text.
fn plain(fields: Map<String, Value>) -> Value {
    match fields.get("Fn::Sub") {
        Some(Value::String(text)) if fields.len() == 1 && !text.contains("${") => {
            Value::String(text.clone())
        }
        _ => Value::Object(fields),
    }
}

fn only_reference(fields: &Map<String, Value>) -> Option<&str> {
    (fields.len() == 1)
        .then(|| fields.get("Ref").and_then(Value::as_str))
        .flatten()
}

fn inside(
    (key, inner): (&String, &Value),
    parameters: &BTreeMap<String, Value>,
) -> (String, Value) {
    let inner = match (key.as_str(), inner) {
        ("Fn::Sub", Value::String(text)) => Value::String(fill(text, parameters)),
        ("Fn::Sub", Value::Array(parts)) => {
            let filled = parts.iter().map(|part| match part {
                Value::String(text) => Value::String(fill(text, parameters)),
                other => substitute(other, parameters),
            });
            filled.collect()
        }
        _ => substitute(inner, parameters),
    };
    (key.clone(), inner)
}

fn fill(text: &str, parameters: &BTreeMap<String, Value>) -> String {
    parameters
        .iter()
        .fold(text.to_owned(), |text, (name, value)| {
            match value.as_str() {
                Some(value) => text.replace(&format!("${{{name}}}"), value),
                None => text,
            }
        })
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn references_are_found_in_every_form() {
        let value = json!({
            "A": {"Ref": "One"},
            "B": [{"Fn::GetAtt": ["Two", "Arn"]}, {"Fn::GetAtt": "Three.Arn"}],
            "C": {"Fn::Sub": "arn:${Four}:${Five.Arn}:${!Not}"},
            "D": {"Fn::Sub": ["${Six}-${x}", {"x": {"Ref": "Seven"}}]},
        });
        let found: Vec<String> = references(&value).into_iter().collect();
        assert_eq!(
            found,
            ["Five", "Four", "One", "Seven", "Six", "Three", "Two", "x"]
        );
    }

    #[test]
    fn parameters_are_put_in_and_other_references_stay() {
        let known = BTreeMap::from([("Key".to_owned(), json!("k1"))]);
        let value = json!({"A": {"Ref": "Key"}, "B": {"Fn::Sub": "x/${Key}/${Other}"}, "C": {"Ref": "Other"}});
        assert_eq!(
            substitute(&value, &known),
            json!({"A": "k1", "B": {"Fn::Sub": "x/k1/${Other}"}, "C": {"Ref": "Other"}})
        );
        let whole = json!({"Fn::Sub": "images-${Key}"});
        assert_eq!(substitute(&whole, &known), json!("images-k1"));
    }
}
