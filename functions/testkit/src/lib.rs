//! Helpers for tests: a real PostgreSQL per test, a small AWS over HTTP, tokens, events.
//!
//! Nothing here skips: what a test needs and does not find makes it fail and say what to do.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    reason = "a test helper fails the test"
)]

pub mod aws;
pub mod crowd;
pub mod events;
pub mod old;
pub mod postgres;
pub mod rds_data;
pub mod tokens;

pub use aws::FakeAws;
pub use postgres::{Outage, TestDatabase, database};
pub use rds_data::RdsData;
