//! What the infrastructure and the functions must agree on, each said once: function
//! declarations, grants, events, parameters, environment keys and object keys.
//!
//! A leaf: both `stack` and `collections-core` depend on it, it depends on neither. Names of
//! parameters, objects, event sources and detail types stand here and nowhere else.

pub mod access;
pub mod environment;
pub mod events;
pub mod function;
pub mod functions;
pub mod objects;
pub mod parameters;
pub mod report;
pub mod routes;

pub use access::{Grant, Grants};
pub use environment::EnvKey;
pub use events::Event;
pub use function::{Declaration, Function};
pub use parameters::Parameter;
