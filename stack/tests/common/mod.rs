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
