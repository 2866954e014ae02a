//! Images end to end: a registry that misbehaves, and where a Docker Engine and docker-registry
//! are, a zip and an image of each function side by side.
//!
//! Tests that need them are ignored by name; `cargo xtask test` runs them where they are, says
//! which did not run where they are not, and fails for it in CI.

#![allow(clippy::unwrap_used, missing_docs)]

#[path = "images/base.rs"]
mod base;
#[path = "images/conformance.rs"]
mod conformance;
#[path = "images/ecr.rs"]
mod ecr;
#[path = "images/lambda.rs"]
mod lambda;
#[path = "images/misbehaving.rs"]
mod misbehaving;
#[path = "images/real.rs"]
mod real;
#[path = "images/server.rs"]
mod server;
