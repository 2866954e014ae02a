//! A rendered app that is about to be spoiled.

use serde_json::Value as Json;
use stack::app::App;
use stack::environment::Environment;

use crate::common;

/// A rendered app and its environment.
pub(crate) struct World {
    pub(crate) app: App,
    pub(crate) environment: Environment,
}

impl World {
    pub(crate) fn new(kind: &str) -> Self {
        let environment = common::kind(kind);
        Self {
            app: common::render(&environment),
            environment,
        }
    }

    /// A stack's whole template.
    pub(crate) fn template(&mut self, stack: &str) -> &mut Json {
        let found = self.app.stacks.iter_mut().find(|one| one.id == stack);
        &mut found.unwrap_or_else(|| panic!("no stack {stack}")).template
    }

    /// A resource, with type and policies.
    pub(crate) fn resource(&mut self, place: &str) -> &mut Json {
        let (stack, id) = place.split_once('/').expect("stack/id");
        let resource = self.template(stack)["Resources"].get_mut(id);
        resource.unwrap_or_else(|| panic!("no resource {place}"))
    }

    /// A property by its dotted path.
    pub(crate) fn property(&mut self, place: &str, path: &str) -> &mut Json {
        let mut node = &mut self.resource(place)["Properties"];
        for step in path.split('.') {
            let next = match step.parse::<usize>() {
                Ok(index) => node.get_mut(index),
                Err(_) => node.get_mut(step),
            };
            node = next.unwrap_or_else(|| panic!("{place} has no {path}"));
        }
        node
    }

    /// Changes a property that is there.
    pub(crate) fn set(&mut self, place: &str, path: &str, value: impl Into<Json>) {
        *self.property(place, path) = value.into();
    }

    /// Adds a property at the top.
    pub(crate) fn put(&mut self, place: &str, name: &str, value: impl Into<Json>) {
        self.resource(place)["Properties"][name] = value.into();
    }

    /// Takes a property away.
    pub(crate) fn take(&mut self, place: &str, path: &str) {
        let (parent, name) = match path.rsplit_once('.') {
            Some((parent, name)) => (self.property(place, parent), name),
            None => (&mut self.resource(place)["Properties"], path),
        };
        let taken = parent.as_object_mut().and_then(|map| map.remove(name));
        assert!(taken.is_some(), "{place} has no {path}");
    }

    /// Takes a resource away.
    pub(crate) fn remove(&mut self, place: &str) {
        let (stack, id) = place.split_once('/').expect("stack/id");
        let resources = self.template(stack)["Resources"].as_object_mut();
        let taken = resources.and_then(|map| map.remove(id));
        assert!(taken.is_some(), "no resource {place}");
    }

    /// Adds a resource.
    pub(crate) fn add(&mut self, place: &str, resource: Json) {
        let (stack, id) = place.split_once('/').expect("stack/id");
        self.template(stack)["Resources"][id] = resource;
    }
}
