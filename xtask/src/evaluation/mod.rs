//! How good search is: judged queries asked of an environment through its API, figures with
//! intervals, two runs compared query by query, and a gate that refuses what is worse.
//!
//! `metrics`, `estimate`, `paired` and `agreement` are pure; `asking` asks; `run`, `comparison` and
//! `gate` hold what came of it; `report` and `plots` show it.

mod agreement;
pub mod asking;
mod chance;
pub mod comparison;
pub mod corpus;
mod estimate;
pub mod gate;
pub mod judged;
pub mod langsmith;
mod metrics;
mod paired;
mod plots;
mod report;
pub mod run;
mod show;
mod summary;
#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests;

pub use metrics::{Grades, Metric};
pub use report::write;
