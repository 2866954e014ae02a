//! The model server of the local environment.
//!
//! It speaks the wire formats of the model providers, so that the functions run against it as
//! they run against them. Embeddings are real (all-MiniLM-L6-v2); descriptions of images and
//! answers are made by fixed rules from what is there, and name themselves as local.

mod agent;
mod analyst;
mod assistant;
mod conversation;
mod embedding;
mod faults;
mod server;
mod wire;

pub use embedding::{Embedder, MODEL};
pub use server::{App, bind, load, serve, write_port_file};
