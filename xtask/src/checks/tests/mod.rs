//! Checks on an account in memory: what each says of a fault, and what is left when it ends.

mod clients;
mod faults;
mod reports;
mod runs;
mod sweeps;

use std::collections::BTreeMap;

use super::target::Target;
use crate::cloud::fake::Fake;

/// An environment on the fake account, with the outputs that checks look for.
pub(in crate::checks) fn target(fake: &Fake) -> Target {
    let outputs = [
        ("storage", "BucketName", "images"),
        ("storage", "CheckpointTableName", "checkpoints"),
        ("compute", "OpsFunctionName", "ops"),
        ("compute", "ImageProcessorFunctionName", "image-processor"),
        ("auth", "CognitoUserPoolId", "pool"),
        ("auth", "CognitoClientId", "client"),
    ];
    let mut by_stack = BTreeMap::<String, BTreeMap<String, String>>::new();
    for (stack, name, value) in outputs {
        let stack = by_stack.entry(stack.to_owned()).or_default();
        stack.insert(name.to_owned(), value.to_owned());
    }
    fake.with(|world| {
        world.buckets.insert("images".to_owned(), BTreeMap::new());
    });
    Target {
        environment: "dev".to_owned(),
        cloud: fake.cloud(),
        api: "http://127.0.0.1:9".to_owned(),
        database_is_reachable: false,
        outputs: by_stack,
        http: Target::http().unwrap(),
    }
}
