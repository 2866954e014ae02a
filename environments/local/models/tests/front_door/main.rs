//! The model server through its front door: real HTTP, the real model, real images.
#![allow(clippy::unwrap_used, missing_docs)]

mod agent;
mod analyst;
mod binary;
mod embeddings;
mod faults;
mod harness;
mod images;
mod refusals;
mod streams;
