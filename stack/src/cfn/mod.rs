//! CloudFormation's own vocabulary: values and intrinsics, typed resources and handles, templates,
//! policy documents. Knows no AWS service; `aws/` is generated on top of it.

pub mod document;
pub mod macros;
pub mod node;
pub mod resource;
pub mod rules;
mod schedule;
pub mod template;
pub mod value;

pub use document::{Effect, PolicyDocument, Statement};
pub use node::{Intrinsic, Node, json_text};
pub use resource::{Handle, Properties, Resource};
pub use rules::{Problem, Rule};
pub use template::{ArtifactPart, Deletion, Input, Output, Setting, Template};
pub use value::{List, Map, Value, concat, pseudo};
