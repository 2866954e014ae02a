//! The core against a real PostgreSQL and a small AWS.
#![allow(clippy::unwrap_used, missing_docs, unreachable_pub)]

mod adapters;
mod claims;
mod history;
mod items;
mod migrations;
mod providers;
mod retrieval;
mod rotation;
mod seed;
mod tenancy;
mod traces;
