//! Resources, their properties, and handles: the only way one resource can name another.

use std::collections::BTreeMap;
use std::marker::PhantomData;

use serde_json::Value as Json;

use crate::cfn::node::Node;
use crate::cfn::rules::Rule;
use crate::cfn::value::Value;

/// A resource type of the registry.
pub trait Resource: Into<Properties> {
    /// `AWS::SQS::Queue`.
    const TYPE: &'static str;
    /// Properties whose change replaces the resource, dotted.
    const CREATE_ONLY: &'static [&'static str];
}

/// The properties of a resource or of a record in one, in the order they were set.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Properties(Vec<Property>);

/// One property with the limits on it.
#[derive(Clone, Debug, PartialEq)]
pub struct Property {
    /// As the schema spells it.
    pub name: &'static str,
    /// The limits.
    pub rules: &'static [Rule],
    /// The value.
    pub node: Node,
}

impl Properties {
    /// Sets a property; set again, the last one holds.
    pub(crate) fn set<T>(&mut self, name: &'static str, rules: &'static [Rule], value: Value<T>) {
        let node = value.into_node();
        match self.0.iter_mut().find(|property| property.name == name) {
            Some(property) => property.node = node,
            None => self.0.push(Property { name, rules, node }),
        }
    }

    /// Every property that is set.
    pub fn iter(&self) -> impl Iterator<Item = &Property> {
        self.0.iter()
    }

    /// As it stands in the template, sorted: a JSON map keeps the order of insertion in some
    /// builds and sorts in others, and the bytes must not depend on that.
    pub fn to_json(&self) -> Json {
        let entries = self
            .0
            .iter()
            .map(|property| (property.name.to_owned(), property.node.to_json()));
        Json::Object(entries.collect::<BTreeMap<_, _>>().into_iter().collect())
    }
}

/// A resource that stands in a template. Only `Template::add` makes one, so what is named exists.
#[derive(Debug)]
pub struct Handle<R> {
    id: String,
    kind: PhantomData<fn() -> R>,
}

impl<R> Clone for Handle<R> {
    fn clone(&self) -> Self {
        Self::new(&self.id)
    }
}

impl<R> Handle<R> {
    pub(crate) fn new(id: &str) -> Self {
        Self {
            id: id.to_owned(),
            kind: PhantomData,
        }
    }

    /// The logical id.
    pub fn logical_id(&self) -> &str {
        &self.id
    }

    /// What `Ref` gives: the physical id.
    pub fn reference(&self) -> Value<String> {
        Value::reference(&self.id)
    }

    pub(crate) fn attribute<T>(&self, name: &'static str) -> Value<T> {
        Value::attribute(&self.id, name)
    }
}

/// The handle as the resource's physical id.
impl<R> From<&Handle<R>> for Value<String> {
    fn from(handle: &Handle<R>) -> Self {
        handle.reference()
    }
}

/// What a schema says of a type beyond its properties.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct TypeInfo {
    /// `AWS::SQS::Queue`.
    pub name: &'static str,
    /// Properties whose change replaces the resource, dotted.
    pub create_only: &'static [&'static str],
    /// Properties whose change may replace the resource, depending on what is there.
    pub conditional: &'static [&'static str],
    /// Properties that cannot be read back, so drift of them cannot be seen.
    pub write_only: &'static [&'static str],
    /// What whoever makes, changes and removes such a resource must be allowed.
    pub permissions: &'static [&'static str],
}
