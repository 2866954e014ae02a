//! What the tests share: the committed environments and variants of them.

#![allow(
    dead_code,
    unreachable_pub,
    reason = "each test binary uses its own part"
)]

use std::path::{Path, PathBuf};

use stack::app::App;
use stack::environment::Environment;

/// The project's root.
pub fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("..")
}

/// A committed environment.
pub fn environment(name: &str) -> Environment {
    let file = format!("environments/{name}.yaml");
    let text = std::fs::read_to_string(root().join(&file)).expect("the file is there");
    parse(name, &text)
}

/// An environment from text.
pub fn parse(name: &str, text: &str) -> Environment {
    match Environment::parse(name, "test.yaml", text) {
        Ok(environment) => environment,
        Err(errors) => panic!("{}", lines(&errors)),
    }
}

/// The app, rendered.
pub fn render(environment: &Environment) -> App {
    App::render(environment).unwrap_or_else(|problems| panic!("{}", lines(&problems)))
}

/// One line each.
pub fn lines<T: std::fmt::Display>(all: &[T]) -> String {
    all.iter().map(|one| format!("{one}\n")).collect()
}

/// A committed environment's text with some lines exchanged.
pub fn variant(name: &str, changes: &[(&str, &str)]) -> Environment {
    let file = root().join(format!("environments/{name}.yaml"));
    let mut text = std::fs::read_to_string(file).expect("the file is there");
    for (old, new) in changes {
        assert!(text.contains(old), "{name} has no {old}");
        text = text.replace(old, new);
    }
    parse(name, &text)
}

const RDS: &str = "database: rds";
const RDS_SIZE: &str = "database_size: { class: db.t4g.micro, storage_gb: 20, multi_az: false }";
const AURORA_SIZE: &str = "database_size: { min_capacity: 0, max_capacity: 2, pause_seconds: 600 }";
const HISTORY: &str = "chat_history: dynamodb";

/// The four environments and what else can be chosen.
pub fn all_kinds() -> Vec<(&'static str, Environment)> {
    let aurora = [
        (RDS, "database: aurora"),
        (RDS_SIZE, AURORA_SIZE),
        (HISTORY, "chat_history: aurora_data_api"),
    ];
    let external = [(RDS, "database: external"), (RDS_SIZE, "")];
    let images = "functions: { api: { packaging: image }, image-processor: { packaging: image }, \
                  analyzer: { packaging: image }, embedder: { packaging: image }, \
                  cleanup: { packaging: image }, ops: { packaging: image } }\nmemory: standard";
    let domain = "domain: { name: api.example.com, hosted_zone_id: Z0123456789ABCDEFGHIJ }";
    vec![
        ("local", environment("local")),
        ("dev", environment("dev")),
        ("staging", environment("staging")),
        ("prod", environment("prod")),
        ("aurora, public", variant("dev", &aurora)),
        ("aurora, private", variant("staging", &aurora)),
        ("external, public", variant("dev", &external)),
        ("external, private", variant("staging", &external)),
        ("images", variant("dev", &[("memory: standard", images)])),
        (
            "endpoints",
            variant("staging", &[("egress: nat", "egress: endpoints")]),
        ),
        (
            "domain",
            variant(
                "prod",
                &[("alarms: {}", &format!("{domain}\nalarms: {{}}"))],
            ),
        ),
        ("github", variant("prod", &[("alarms: {}", GITHUB)])),
        ("gitlab", variant("dev", &[("memory: standard", GITLAB)])),
        (
            "mail",
            variant(
                "prod",
                &[("alarms: {}", "alarms: { email: ops@example.com }")],
            ),
        ),
    ]
}

const GITHUB: &str =
    "ci: { host: github, repository: example/collections, branch: main }\nalarms: {}";
const GITLAB: &str = "ci: { host: gitlab, repository: group/sub/collections, branch: main, \
    provider_arn: arn:aws:iam::123456789012:oidc-provider/gitlab.com }\nmemory: standard";

/// One of them.
pub fn kind(name: &str) -> Environment {
    let found = all_kinds().into_iter().find(|(kind, _)| *kind == name);
    found.unwrap_or_else(|| panic!("no kind {name}")).1
}
