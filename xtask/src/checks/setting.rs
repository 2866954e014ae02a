//! What several checks share: made before them as a check of its own, cleaned up after them.

use std::time::Instant;

use super::report::{Case, Verdict, millis};
use super::run::clean_up;
use super::{Stop, Trail};
use crate::event::Events;

/// Something made for other checks.
pub struct Setting {
    suite: String,
    title: String,
    trail: Trail,
    begun: Instant,
}

impl Setting {
    /// Nothing is made yet.
    pub fn new(suite: &str, title: &str) -> Self {
        Self {
            suite: suite.to_owned(),
            title: title.to_owned(),
            trail: Trail::default(),
            begun: Instant::now(),
        }
    }

    /// Makes it, hop by hop; nothing when a hop fails or `stop` comes first.
    pub async fn make<T>(
        &self,
        work: impl AsyncFnOnce(&Trail) -> Result<T, Stop>,
        stop: impl Future<Output = ()>,
    ) -> Option<T> {
        tokio::select! {
            made = work(&self.trail) => made.ok(),
            () = stop => None,
        }
    }

    /// Cleans up, and tells how it went.
    pub async fn leave(self, events: &Events) -> Case {
        clean_up(&self.trail).await;
        let (hops, fix) = self.trail.told();
        let took = millis(self.begun.elapsed());
        let case = Case::of(&self.suite, "setting".into(), self.title, hops, fix, took);
        if let Some(hop) = case.failure().filter(|hop| hop.verdict == Verdict::Failed) {
            events.warn(format!(
                "{} setting: {}: {}",
                self.suite, hop.name, hop.detail
            ));
        }
        case
    }
}
