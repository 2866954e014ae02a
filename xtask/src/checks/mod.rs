//! Proving that an environment works: checks with real effects, each with its hops, its time
//! limit and its clean-up, run side by side; and the report of what they found.

pub mod api;
pub mod client;
pub mod e2e;
pub mod guest;
pub mod infra;
pub mod publish;
pub mod report;
mod run;
mod setting;
pub mod sweep;
pub mod target;
#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests;
mod trail;

use std::time::Duration;

use async_trait::async_trait;

pub use run::run;
pub use setting::Setting;
pub use trail::{Stop, Trail};

use target::Target;

/// One check. What it makes it removes, whatever happens.
#[async_trait]
pub trait Check: Send + Sync {
    /// Its name in reports, and the name of its section in the runbook.
    fn name(&self) -> String;
    /// What it proves, in a few words.
    fn title(&self) -> String;
    /// How long it may take.
    fn limit(&self) -> Duration {
        Duration::from_secs(30)
    }
    /// Goes hop by hop, as far as it gets.
    async fn run(&self, target: &Target, trail: &Trail) -> Result<(), Stop>;
}
