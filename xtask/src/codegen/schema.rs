//! Reads registry schemas. Only what the generator needs is looked at.

use std::path::Path;

use serde_json::{Map, Value};

use crate::error::{Doing as _, Error, Result};

/// One resource type's schema.
pub(super) struct Schema {
    type_name: String,
    root: Value,
}

impl Schema {
    /// `AWS::SQS::Queue`.
    pub(super) fn type_name(&self) -> &str {
        &self.type_name
    }

    /// `SQS`.
    pub(super) fn service(&self) -> &str {
        self.type_name.split("::").nth(1).unwrap_or_default()
    }

    /// `Queue`.
    pub(super) fn resource(&self) -> &str {
        self.type_name.split("::").nth(2).unwrap_or_default()
    }

    /// The root, which reads like a record.
    pub(super) fn root(&self) -> &Value {
        &self.root
    }

    /// A definition by name.
    pub(super) fn definition(&self, name: &str) -> Option<&Value> {
        self.root.get("definitions")?.get(name)
    }

    /// Property paths of a list such as `readOnlyProperties`, dotted; those through lists left out.
    pub(super) fn paths(&self, list: &str) -> Vec<String> {
        let paths = self
            .root
            .get(list)
            .and_then(Value::as_array)
            .into_iter()
            .flatten();
        let mut paths: Vec<String> = paths
            .filter_map(Value::as_str)
            .filter_map(|path| path.strip_prefix("/properties/"))
            .filter(|path| !path.contains('*'))
            .map(|path| path.replace("/properties/", ".").replace('/', "."))
            .collect();
        paths.sort();
        paths.dedup();
        paths
    }

    /// What whoever makes, changes and removes such a resource must be allowed, sorted. Some schemas
    /// say it with a wildcard; that names nothing and is left out.
    pub(super) fn permissions(&self) -> Vec<String> {
        let handlers = self.root.get("handlers").and_then(Value::as_object);
        let lists = handlers.into_iter().flatten();
        let lists = lists.filter_map(|(_, handler)| handler.get("permissions")?.as_array());
        let mut permissions: Vec<String> = lists
            .flatten()
            .filter_map(Value::as_str)
            .filter(|action| action.contains(':') && !action.contains('*'))
            .map(str::to_owned)
            .collect();
        permissions.sort();
        permissions.dedup();
        permissions
    }

    /// What `$ref` leads to, with the definition's name.
    pub(super) fn follow<'a>(&'a self, node: &'a Value) -> (Option<&'a str>, &'a Value) {
        let name = node
            .get("$ref")
            .and_then(Value::as_str)
            .and_then(|reference| reference.strip_prefix("#/definitions/"));
        match name.and_then(|name| self.definition(name).map(|node| (name, node))) {
            Some((name, definition)) => match self.follow(definition) {
                (Some(deeper), node) => (Some(deeper), node),
                (None, node) => (Some(name), node),
            },
            None => (None, node),
        }
    }
}

/// The properties of a record, in the schema's order.
pub(super) fn properties(node: &Value) -> Option<&Map<String, Value>> {
    node.get("properties")
        .and_then(Value::as_object)
        .filter(|properties| !properties.is_empty())
}

/// The names of required properties.
pub(super) fn required(node: &Value) -> Vec<&str> {
    let names = node
        .get("required")
        .and_then(Value::as_array)
        .into_iter()
        .flatten();
    names.filter_map(Value::as_str).collect()
}

/// Reads every schema of a folder, sorted by file name.
pub(super) fn read_all(folder: &Path) -> Result<Vec<Schema>> {
    let entries = std::fs::read_dir(folder).doing(format!("read {}", folder.display()))?;
    let mut files: Vec<_> = entries.flatten().map(|entry| entry.path()).collect();
    files.sort();
    files
        .iter()
        .filter(|file| file.extension().is_some_and(|e| e == "json"))
        .map(|f| read(f))
        .collect()
}

fn read(file: &Path) -> Result<Schema> {
    let text = std::fs::read_to_string(file).doing(format!("read {}", file.display()))?;
    let root: Value = serde_json::from_str(&text).doing(format!("parse {}", file.display()))?;
    let type_name = root
        .get("typeName")
        .and_then(Value::as_str)
        .map(str::to_owned);
    let type_name = type_name
        .filter(|name| name.split("::").count() == 3)
        .ok_or_else(|| {
            Error::input(format!(
                "{}: typeName is missing or not Vendor::Service::Type",
                file.display()
            ))
        })?;
    Ok(Schema { type_name, root })
}
