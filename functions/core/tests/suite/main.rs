//! The core against a real PostgreSQL and a small AWS.
#![allow(clippy::unwrap_used, missing_docs, unreachable_pub)]

mod adapters;
mod agent;
mod chat_models;
mod claims;
mod experiments;
mod history;
mod items;
mod load;
mod migrations;
mod operate;
mod outbound;
mod providers;
mod retrieval;
mod rotation;
mod scripted;
mod seed;
mod tenancy;
mod traces;
