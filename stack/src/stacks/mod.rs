//! The stacks of the app. Each is a function from the environment and the outputs of the stacks
//! below it to a template and its own outputs.

pub mod api;
pub mod auth;
pub mod ci;
pub mod compute;
pub mod database;
pub mod network;
pub mod observability;
pub mod registry;
pub mod storage;
