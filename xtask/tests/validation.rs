//! Every environment, and every variant an environment file can ask for, passes every check.

#![allow(clippy::unwrap_used, reason = "tests")]

use std::collections::BTreeSet;
use std::path::Path;

use stack::app::App;
use stack::environment::Environment;
use xtask::validation::Validator;
use xtask::validation::suppressions::SUPPRESSIONS;

fn file(name: &str) -> String {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join(format!("../environments/{name}.yaml"));
    std::fs::read_to_string(path).unwrap()
}

/// A committed file with some lines exchanged.
fn variant(name: &str, changes: &[(&str, &str)]) -> String {
    let mut text = file(name);
    for (from, to) in changes {
        assert!(text.contains(from), "{name}.yaml has no {from:?}");
        text = text.replace(from, to);
    }
    text
}

const RDS: &str =
    "database: rds\ndatabase_size: { class: db.t4g.micro, storage_gb: 20, multi_az: false }";
const AURORA: &str =
    "database: aurora\ndatabase_size: { min_capacity: 0, max_capacity: 1, pause_seconds: 600 }";
const EXTERNAL: &str = "database: external";
const IMAGES: &str = "functions:
  api: { packaging: image }
  image-processor: { packaging: image }
  analyzer: { packaging: image }
  embedder: { packaging: image }
  cleanup: { packaging: image }
  ops: { packaging: image }
tracing:";
const DOMAIN: &str = "domain: { name: api.example.com, hosted_zone_id: Z0123456789ABCDEFGHIJ }
tracing:";

fn cases() -> Vec<(&'static str, String)> {
    vec![
        ("local", file("local")),
        ("dev", file("dev")),
        ("staging", file("staging")),
        ("prod", file("prod")),
        ("public Aurora", variant("dev", &[(RDS, AURORA)])),
        ("public external", variant("dev", &[(RDS, EXTERNAL)])),
        ("private Aurora", variant("staging", &[(RDS, AURORA)])),
        ("private external", variant("staging", &[(RDS, EXTERNAL)])),
        (
            "history over the Data API",
            variant("dev", &[(RDS, AURORA), ("dynamodb", "aurora_data_api")]),
        ),
        (
            "endpoints, no NAT",
            variant("staging", &[("egress: nat", "egress: endpoints")]),
        ),
        ("all images", variant("dev", &[("tracing:", IMAGES)])),
        ("a domain", variant("staging", &[("tracing:", DOMAIN)])),
        (
            "mail",
            variant(
                "staging",
                &[("alarms: {}", "alarms: { email: ops@example.com }")],
            ),
        ),
    ]
}

#[test]
fn every_variant_passes_and_every_suppression_is_needed() {
    let validator = Validator::new().unwrap();
    let mut used = BTreeSet::new();
    for (name, text) in cases() {
        let environment = match name {
            "local" | "dev" | "staging" | "prod" => name,
            _ => "test",
        };
        let environment = Environment::parse(environment, name, &text).unwrap();
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
