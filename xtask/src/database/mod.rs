//! PostgreSQL as an operator works with it: reached directly or through the `ops` function, its
//! migrations checked before they run, its rows in files, its password changed.

pub mod check;
pub mod password;
pub mod reach;
pub mod transfer;

pub use reach::{Database, Direct, ThroughOps, ask};
