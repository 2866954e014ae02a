//! What must hold of the declarations as a whole.

use std::collections::BTreeSet;

use contract::access::{Permission, Resource};
use contract::function::{Pattern, Trigger};
use contract::{EnvKey, functions, parameters};

fn permissions() -> impl Iterator<Item = (&'static str, Permission)> {
    functions::all().into_iter().flat_map(|function| {
        function
            .permissions
            .into_iter()
            .map(move |permission| (function.name, permission))
    })
}

#[test]
fn no_grant_has_a_wildcard_action() {
    for (function, permission) in permissions() {
        for statement in &permission.statements {
            assert!(
                !statement.actions.is_empty(),
                "{function}: {} is empty",
                permission.name
            );
            for action in statement.actions {
                let (service, verb) = action.split_once(':').expect("service:Verb");
                assert!(
                    !service.is_empty() && !verb.is_empty(),
                    "{function}: {action}"
                );
                assert!(!action.contains('*'), "{function}: {action}");
            }
        }
    }
}

#[test]
fn every_emitted_event_has_a_consumer_and_every_consumed_one_a_sender() {
    let emitted: BTreeSet<_> = functions::all()
        .iter()
        .flat_map(|f| f.emits().collect::<Vec<_>>())
        .collect();
    let consumed: BTreeSet<_> = functions::all()
        .iter()
        .flat_map(|function| function.triggers.clone())
        .filter_map(|trigger| match trigger {
            Trigger::Events { patterns, .. } => Some(patterns),
            _ => None,
        })
        .flatten()
        .filter_map(|pattern| match pattern {
            Pattern::Event(event) => Some(event),
            Pattern::ObjectCreated(_) => None,
        })
        .collect();
    assert_eq!(emitted, consumed);
}

#[test]
fn the_manifest_holds_fourteen_parameters_and_every_reader_names_one_of_them() {
    assert_eq!(parameters::MANIFEST.len(), 14);
    let names: BTreeSet<_> = parameters::MANIFEST.iter().map(|spec| spec.name).collect();
    assert_eq!(names.len(), 14, "two parameters with one name");
    for (function, permission) in permissions() {
        if let Some(spec) = permission.parameter {
            assert!(names.contains(spec.name), "{function} reads {}", spec.name);
        }
    }
}

#[test]
fn names_are_unique_and_secrets_are_no_environment_keys() {
    let keys: BTreeSet<_> = EnvKey::ALL.iter().map(|key| key.name()).collect();
    assert_eq!(keys.len(), EnvKey::ALL.len());
    for key in keys {
        for word in ["PASSWORD", "API_KEY", "TOKEN"] {
            assert!(!key.contains(word), "{key} looks like a secret");
        }
    }
    let functions: BTreeSet<_> = functions::all().iter().map(|f| f.name).collect();
    assert_eq!(functions.len(), 6);
}

#[test]
fn no_function_can_write_what_starts_it() {
    for function in functions::all() {
        let started_by_images = function.triggers.iter().any(|trigger| match trigger {
            Trigger::Events { patterns, .. } => patterns
                .iter()
                .any(|pattern| matches!(pattern, Pattern::ObjectCreated(_))),
            _ => false,
        });
        let writes_images = function
            .permissions
            .iter()
            .flat_map(|p| &p.statements)
            .any(|s| {
                s.resource == Resource::Objects(contract::objects::Kind::Image)
                    && s.actions.contains(&"s3:PutObject")
            });
        assert!(
            !(started_by_images && writes_images),
            "{} would loop",
            function.name
        );
    }
}
