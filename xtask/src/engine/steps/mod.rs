//! The phases after the stacks: mend what an emulator left out, fill Parameter Store, migrate the database, prove the result.

pub mod emulator_gaps;
pub mod migrate;
pub mod parameters;
pub mod seed;
pub mod verify;

use super::phases::Deployed;
use crate::error::{Error, Result};

/// An output that a stack of the app always has.
pub(crate) fn output<'d>(deployed: &'d Deployed, stack: &str, name: &str) -> Result<&'d str> {
    let outputs = deployed.outputs.get(stack);
    outputs
        .and_then(|outputs| outputs.get(name))
        .map(String::as_str)
        .ok_or_else(|| {
            Error::failed(format!(
                "stack {stack} of {} has no output {name}",
                deployed.environment
            ))
            .hint(format!(
                "deploy it whole: cargo xtask deploy --env {}",
                deployed.environment
            ))
        })
}
