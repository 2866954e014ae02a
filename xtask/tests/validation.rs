//! Every environment, and every variant an environment file can ask for, passes every check.

#![allow(clippy::unwrap_used, reason = "tests")]

mod common;

use std::collections::BTreeSet;

use common::{cases, file};
use stack::app::App;
use stack::environment::Environment;
use xtask::validation::Validator;
use xtask::validation::suppressions::SUPPRESSIONS;

#[test]
fn every_variant_passes_and_every_suppression_is_needed() {
    let validator = Validator::new().unwrap();
    let mut used = BTreeSet::new();
    for (name, environment) in cases() {
        let app = App::render(&environment).unwrap();
        let validation = validator.check(&app, &environment).unwrap();
        let open: Vec<String> = validation.open().map(ToString::to_string).collect();
        assert!(open.is_empty(), "{name}:\n{}", open.join("\n"));
        used.extend(
            validation
                .findings
                .iter()
                .filter_map(|finding| finding.suppressed),
        );
    }
    let unused: Vec<_> = SUPPRESSIONS
        .iter()
        .filter(|suppression| !used.contains(suppression.reason))
        .collect();
    assert!(unused.is_empty(), "they match nothing: {unused:?}");
}

#[test]
fn a_broken_template_is_found() {
    let environment = Environment::parse("dev", "dev.yaml", &file("dev")).unwrap();
    let mut app = App::render(&environment).unwrap();
    let storage = app
        .stacks
        .iter_mut()
        .find(|stack| stack.id == "storage")
        .unwrap();
    storage.template["Resources"]["Images"]["Properties"]["NoSuchProperty"] = true.into();
    let validation = Validator::new().unwrap().check(&app, &environment).unwrap();
    let found = validation
        .open()
        .find(|finding| finding.stack == "storage")
        .unwrap();
    assert_eq!(found.logical_id.as_deref(), Some("Images"));
    assert!(found.message.contains("NoSuchProperty"), "{found}");
    let error = validation.passed().unwrap_err();
    assert_eq!(error.kind().exit_code(), 3);
}
