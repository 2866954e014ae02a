//! The API through its router, with real tokens, a real PostgreSQL and a small AWS.
#![allow(clippy::unwrap_used, missing_docs, unreachable_pub)]

mod description;
mod identity;
mod items;
mod search;
mod world;
