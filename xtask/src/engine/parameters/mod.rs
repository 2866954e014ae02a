//! Parameter Store as it should be: the contract's manifest, where each value comes from, and the
//! plan that leads there. Nothing here shows a secret.

mod credentials;
mod keys;
mod plan;
mod wanted;

#[cfg(test)]
mod tests;

pub use credentials::Credentials;
pub use keys::{KeyNeeded, add as add_keys, missing as missing_keys, require as require_keys};
pub use plan::{Action, Entry, ParameterPlan, copy_of};
pub use wanted::{LOCAL_KEY, Sources, Want, Wanted};

use contract::functions;
use contract::parameters::ParameterSpec;

/// The functions that read a parameter, for a message.
pub fn readers(spec: &ParameterSpec) -> String {
    let readers: Vec<&str> = functions::all()
        .iter()
        .filter(|function| function.parameters().any(|read| read.name == spec.name))
        .map(|function| function.name)
        .collect();
    match readers.as_slice() {
        [] => "no function reads it".to_owned(),
        readers => format!("read by {}", readers.join(", ")),
    }
}
