//! The rendered app as the rules see it: resources, their properties, and what refers to what,
//! across stacks too.

use serde_json::Value as Json;

use crate::app::{App, Stack};
use crate::cfn::Input;
use crate::environment::Environment;

/// The app and the environment it was rendered for.
pub(super) struct Site<'a> {
    pub(super) app: &'a App,
    pub(super) environment: &'a Environment,
}

/// Something that breaks a rule.
#[derive(Debug)]
pub(super) struct Found {
    pub(super) stack: String,
    pub(super) logical_id: String,
    pub(super) what: String,
}

/// One resource of a template.
#[derive(Clone, Copy)]
pub(super) struct Item<'a> {
    pub(super) stack: &'a Stack,
    pub(super) id: &'a str,
    pub(super) body: &'a Json,
}

impl<'a> Site<'a> {
    /// Every resource of every stack.
    pub(super) fn items(&self) -> impl Iterator<Item = Item<'a>> {
        self.app.stacks.iter().flat_map(|stack| {
            let resources = stack.template["Resources"].as_object();
            resources
                .into_iter()
                .flatten()
                .map(move |(id, body)| Item { stack, id, body })
        })
    }

    /// Every resource of one type.
    pub(super) fn of(&self, kind: &'static str) -> impl Iterator<Item = Item<'a>> {
        self.items().filter(move |item| item.kind() == kind)
    }

    /// What a check says of each resource of one type.
    pub(super) fn each(
        &self,
        kind: &'static str,
        says: impl Fn(Item<'a>) -> Option<String>,
    ) -> Vec<Found> {
        self.of(kind)
            .filter_map(|item| Some(item.found(says(item)?)))
            .collect()
    }

    /// The resource a value refers to, through parameters and outputs into other stacks.
    pub(super) fn follow(&self, stack: &'a Stack, value: &'a Json) -> Option<Item<'a>> {
        let id = value["Ref"]
            .as_str()
            .or_else(|| value["Fn::GetAtt"][0].as_str())?;
        if let Some((id, body)) = stack.template["Resources"]
            .as_object()
            .and_then(|resources| resources.get_key_value(id))
        {
            return Some(Item { stack, id, body });
        }
        let Input::Output {
            stack: other,
            output,
        } = stack.inputs.get(id)?
        else {
            return None;
        };
        let other = self.app.stacks.iter().find(|stack| stack.id == *other)?;
        self.follow(other, &other.template["Outputs"][output]["Value"])
    }

    /// Whether a value refers to this resource.
    pub(super) fn leads_to(&self, stack: &'a Stack, value: &'a Json, item: Item<'_>) -> bool {
        self.follow(stack, value)
            .is_some_and(|found| found.same(item))
    }
}

impl<'a> Item<'a> {
    /// `AWS::SQS::Queue`.
    pub(super) fn kind(&self) -> &'a str {
        self.body["Type"].as_str().unwrap_or_default()
    }

    /// A property by its dotted path; null where there is none.
    pub(super) fn get(&self, path: &str) -> &'a Json {
        below(&self.body["Properties"], path)
    }

    /// A property as text.
    pub(super) fn text(&self, path: &str) -> Option<&'a str> {
        self.get(path).as_str()
    }

    /// A property as a list; a single value is a list of one.
    pub(super) fn list(&self, path: &str) -> &'a [Json] {
        many(self.get(path))
    }

    /// What stands at a path, unless it is as wanted.
    pub(super) fn unless(&self, path: &str, wanted: impl Into<Json>) -> Option<String> {
        let value = self.get(path);
        (*value != wanted.into()).then(|| describe(path, value))
    }

    /// Whether both are the same resource.
    pub(super) fn same(&self, other: Item<'_>) -> bool {
        self.stack.id == other.stack.id && self.id == other.id
    }

    /// A finding here.
    pub(super) fn found(&self, what: impl Into<String>) -> Found {
        Found {
            stack: self.stack.id.to_owned(),
            logical_id: self.id.to_owned(),
            what: what.into(),
        }
    }
}

impl Found {
    /// A finding that means a stack as a whole.
    pub(super) fn in_stack(stack: &str, what: impl Into<String>) -> Self {
        Self {
            stack: stack.to_owned(),
            logical_id: String::new(),
            what: what.into(),
        }
    }
}

/// A value by its dotted path; null where there is none.
pub(super) fn below<'a>(value: &'a Json, path: &str) -> &'a Json {
    path.split('.')
        .fold(value, |value, step| match step.parse::<usize>() {
            Ok(index) => &value[index],
            Err(_) => &value[step],
        })
}

/// A value as a list; a single value is a list of one, none is an empty one.
pub(super) fn many(value: &Json) -> &[Json] {
    match value {
        Json::Null => &[],
        Json::Array(items) => items,
        one => std::slice::from_ref(one),
    }
}

/// `StorageEncrypted is false`, `no StorageEncrypted`.
pub(super) fn describe(path: &str, value: &Json) -> String {
    match value {
        Json::Null => format!("no {path}"),
        value => format!("{path} is {value}"),
    }
}

/// The text of a literal or of an `Fn::Sub`.
pub(super) fn text_of(value: &Json) -> Option<&str> {
    value.as_str().or_else(|| value["Fn::Sub"].as_str())
}
