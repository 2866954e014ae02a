//! The untyped tree below every value: literals, intrinsics, and records that carry their rules.

use std::collections::BTreeMap;

use serde_json::{Value as Json, json};

use crate::cfn::resource::Properties;

/// One place in a template.
#[derive(Clone, Debug, PartialEq)]
pub enum Node {
    /// `true` or `false`.
    Bool(bool),
    /// A whole number.
    Integer(i64),
    /// Any other number.
    Number(f64),
    /// Text.
    Text(String),
    /// A list.
    List(Vec<Node>),
    /// A map with keys of the user's choice.
    Map(BTreeMap<String, Node>),
    /// A record of the schema; each property knows its rules.
    Record(Properties),
    /// Something CloudFormation fills in.
    Intrinsic(Intrinsic),
}

/// What CloudFormation fills in.
#[derive(Clone, Debug, PartialEq)]
pub enum Intrinsic {
    /// A parameter's value, a resource's id, or a pseudo parameter.
    Ref(String),
    /// An attribute of a resource.
    GetAtt(String, &'static str),
    /// Text with `${…}` places.
    Sub(String),
    /// One element of a list.
    Select(u32, Box<Node>),
    /// The availability zones of the region.
    GetAzs,
}

impl Node {
    /// As it stands in the template.
    pub fn to_json(&self) -> Json {
        match self {
            Self::Bool(value) => json!(value),
            Self::Integer(value) => json!(value),
            Self::Number(value) => json!(value),
            Self::Text(value) => json!(value),
            Self::List(items) => items.iter().map(Self::to_json).collect(),
            Self::Map(entries) => Json::Object(
                entries
                    .iter()
                    .map(|(k, v)| (k.clone(), v.to_json()))
                    .collect(),
            ),
            Self::Record(properties) => properties.to_json(),
            Self::Intrinsic(intrinsic) => intrinsic.to_json(),
        }
    }

    /// Calls `found` with the logical id (and attribute) of every reference below.
    pub fn references<'a>(&'a self, found: &mut dyn FnMut(&'a str)) {
        match self {
            Self::Bool(_) | Self::Integer(_) | Self::Number(_) | Self::Text(_) => {}
            Self::List(items) => items.iter().for_each(|item| item.references(found)),
            Self::Map(entries) => entries.values().for_each(|value| value.references(found)),
            Self::Record(properties) => {
                properties
                    .iter()
                    .for_each(|property| property.node.references(found));
            }
            Self::Intrinsic(intrinsic) => intrinsic.references(found),
        }
    }
}

impl Intrinsic {
    fn to_json(&self) -> Json {
        match self {
            Self::Ref(id) => json!({ "Ref": id }),
            Self::GetAtt(id, attribute) => json!({ "Fn::GetAtt": [id, attribute] }),
            Self::Sub(text) => json!({ "Fn::Sub": text }),
            Self::Select(index, list) => json!({ "Fn::Select": [index, list.to_json()] }),
            Self::GetAzs => json!({ "Fn::GetAZs": "" }),
        }
    }

    fn references<'a>(&'a self, found: &mut dyn FnMut(&'a str)) {
        match self {
            Self::Ref(id) | Self::GetAtt(id, _) => found(id),
            Self::Sub(text) => {
                for place in text.split("${").skip(1) {
                    let name = place.split('}').next().unwrap_or_default();
                    if !name.starts_with('!') {
                        found(name.split('.').next().unwrap_or_default());
                    }
                }
            }
            Self::Select(_, list) => list.references(found),
            Self::GetAzs => {}
        }
    }
}

/// JSON as text, with sorted keys, for properties that hold JSON in a string.
pub fn json_text(value: Json) -> String {
    Node::from(value).to_json().to_string()
}

impl From<bool> for Node {
    fn from(value: bool) -> Self {
        Self::Bool(value)
    }
}

impl From<i64> for Node {
    fn from(value: i64) -> Self {
        Self::Integer(value)
    }
}

impl From<u32> for Node {
    fn from(value: u32) -> Self {
        Self::Integer(value.into())
    }
}

impl From<f64> for Node {
    fn from(value: f64) -> Self {
        Self::Number(value)
    }
}

impl From<String> for Node {
    fn from(value: String) -> Self {
        Self::Text(value)
    }
}

impl From<&str> for Node {
    fn from(value: &str) -> Self {
        Self::Text(value.to_owned())
    }
}

impl From<Json> for Node {
    fn from(value: Json) -> Self {
        match value {
            // CloudFormation has no null; an absent value is an empty text nowhere but here.
            Json::Null => Self::Text(String::new()),
            Json::Bool(value) => Self::Bool(value),
            Json::Number(value) => match value.as_i64() {
                Some(value) => Self::Integer(value),
                None => Self::Number(value.as_f64().unwrap_or_default()),
            },
            Json::String(value) => Self::Text(value),
            Json::Array(items) => Self::List(items.into_iter().map(Self::from).collect()),
            Json::Object(entries) => Self::Map(
                entries
                    .into_iter()
                    .map(|(k, v)| (k, Self::from(v)))
                    .collect(),
            ),
        }
    }
}
