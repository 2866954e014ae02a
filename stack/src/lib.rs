//! The infrastructure as typed Rust: environments in, CloudFormation templates out.
//!
//! Pure: no IO, no SDK, no clock. The same environment gives the same bytes.

pub mod app;
pub mod aws;
pub mod cfn;
pub mod cost;
pub mod environment;
pub mod naming;
pub mod policy;
pub mod stacks;
