//! Physical names: predictable, so that people and tools find things without a look-up.

use crate::environment::{Environment, Packaging};

/// The stack of the bucket that deploys keep their code and their lock in: one for an account and a
/// region.
pub const BOOTSTRAP: &str = "CollectionsBootstrap";

/// Every stack the app can have, by short id and title, each after those it may take values from.
/// Some are there in some environments only.
pub const STACKS: [(&str, &str); 9] = [
    ("network", "Network"),
    ("storage", "Storage"),
    ("database", "Database"),
    ("auth", "Auth"),
    ("registry", "Registry"),
    ("compute", "Compute"),
    ("api", "API"),
    ("observability", "Observability"),
    ("ci", "Ci"),
];

/// `CollectionsStorage-dev`.
pub fn stack(title: &str, environment: &Environment) -> String {
    format!("Collections{title}-{}", environment.name)
}

/// `collections-dev-analyzer`, for anything that belongs to one environment.
pub fn resource(environment: &Environment, name: &str) -> String {
    format!("collections-{}-{name}", environment.name)
}

/// A function's name. An image cannot replace a zip under one name, so images have their own.
pub fn function(environment: &Environment, name: &str) -> String {
    let base = resource(environment, name);
    match environment.function(name).packaging {
        Packaging::Zip => base,
        Packaging::Image => format!("{base}-image"),
    }
}

/// The logical id part of a function: `image-processor` → `ImageProcessor`.
pub fn logical(name: &str) -> String {
    let words = name.split('-').map(|word| {
        let (first, rest) = word.split_at(word.len().min(1));
        first.to_ascii_uppercase() + rest
    });
    words.collect()
}
