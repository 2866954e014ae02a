//! The intrinsics that the tests' templates use.

use std::collections::BTreeMap;

use serde_json::Value;

use super::world::FakeResource;

pub(super) struct Scope<'a> {
    pub(super) stack: &'a str,
    pub(super) parameters: &'a BTreeMap<String, String>,
    pub(super) resources: &'a BTreeMap<String, FakeResource>,
}

impl Scope<'_> {
    pub(super) fn value(&self, value: &Value) -> Value {
        match value {
            Value::Array(items) => items.iter().map(|item| self.value(item)).collect(),
            Value::Object(fields) if fields.len() == 1 => {
                let (key, inner) = fields
                    .iter()
                    .next()
                    .map_or(("", &Value::Null), |(k, v)| (k.as_str(), v));
                match (key, inner) {
                    ("Ref", Value::String(id)) => Value::String(self.reference(id)),
                    ("Fn::GetAtt", Value::Array(path)) => {
                        let part = |index: usize| {
                            path.get(index).and_then(Value::as_str).unwrap_or_default()
                        };
                        Value::String(self.attribute(part(0), part(1)))
                    }
                    ("Fn::Sub", Value::String(text)) => Value::String(self.fill(text)),
                    _ => self.fields(fields),
                }
            }
            Value::Object(fields) => self.fields(fields),
            other => other.clone(),
        }
    }

    fn fields(&self, fields: &serde_json::Map<String, Value>) -> Value {
        Value::Object(
            fields
                .iter()
                .map(|(key, inner)| (key.clone(), self.value(inner)))
                .collect(),
        )
    }

    fn reference(&self, id: &str) -> String {
        if let Some(value) = self.parameters.get(id) {
            return value.clone();
        }
        match (self.resources.get(id), id) {
            (Some(resource), _) => resource.physical.clone(),
            (None, "AWS::Region") => "us-east-1".into(),
            (None, "AWS::AccountId") => "000000000000".into(),
            (None, "AWS::StackName") => self.stack.to_owned(),
            (None, _) => format!("unresolved {id}"),
        }
    }

    fn attribute(&self, id: &str, name: &str) -> String {
        let Some(resource) = self.resources.get(id) else {
            return format!("unresolved {id}.{name}");
        };
        match (resource.resource_type.as_str(), name) {
            ("AWS::Lambda::Version", "Version") => resource
                .physical
                .rsplit(':')
                .next()
                .unwrap_or_default()
                .to_owned(),
            ("AWS::ECR::Repository", "RepositoryUri") => super::images::address(&resource.physical),
            (kind, "Arn") => format!("arn:{kind}:{}", resource.physical),
            (_, name) => format!("{}.{name}", resource.physical),
        }
    }

    fn fill(&self, text: &str) -> String {
        let mut parts = text.split("${");
        let mut filled = parts.next().unwrap_or_default().to_owned();
        for part in parts {
            let (name, rest) = part.split_once('}').unwrap_or((part, ""));
            filled += &match name.split_once('.') {
                Some((id, attribute)) => self.attribute(id, attribute),
                None => self.reference(name),
            };
            filled += rest;
        }
        filled
    }
}
