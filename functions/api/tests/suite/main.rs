//! The API through its router, with real tokens, a real PostgreSQL and a small AWS.
#![allow(clippy::unwrap_used, missing_docs, unreachable_pub)]

mod answers;
mod caching;
mod categories;
mod chat;
mod conversations;
mod description;
mod fuzz;
mod hostile;
mod identity;
mod items;
mod limits;
mod models;
mod observe;
mod report;
mod schemathesis;
mod search;
mod server;
mod spec;
mod streams;
mod tenants;
mod uploads;
mod world;
