//! Every environment, and every variant an environment file can ask for.

#![allow(
    unreachable_pub,
    dead_code,
    clippy::unwrap_used,
    reason = "shared by tests"
)]

use std::path::Path;

use stack::environment::Environment;

pub fn file(name: &str) -> String {
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

const GITHUB: &str =
    "ci: { host: github, repository: example/collections, branch: main }\nalarms: {}";

fn texts() -> Vec<(&'static str, String)> {
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
        ("CI of GitHub", variant("prod", &[("alarms: {}", GITHUB)])),
        (
            "mail",
            variant(
                "staging",
                &[("alarms: {}", "alarms: { email: ops@example.com }")],
            ),
        ),
    ]
}

/// All of them, parsed, with a name for messages.
pub fn cases() -> Vec<(&'static str, Environment)> {
    let parse = |(name, text): (&'static str, String)| {
        let environment = match name {
            "local" | "dev" | "staging" | "prod" => name,
            _ => "test",
        };
        (name, Environment::parse(environment, name, &text).unwrap())
    };
    texts().into_iter().map(parse).collect()
}
