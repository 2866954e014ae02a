//! Waits until the pipeline has made what the seeding leaves to it.

use std::time::{Duration, SystemTime};

use collections_core::db::operate::Counts;

use super::{Seeding, Way};
use crate::error::{Error, Result};
use crate::event::Unit;

const PAUSE: Duration = Duration::from_millis(500);
/// Nothing new for so long means that nothing more comes.
const PATIENCE: Duration = Duration::from_secs(120);

impl Seeding<'_> {
    /// Follows the pipeline to its end; stuck, it says at what.
    pub(super) async fn until_whole(&self, way: Way) -> Result<Counts> {
        let step = self.events.start(match way {
            Way::Rows => "wait for thumbnails",
            Way::Pipeline => "wait for the pipeline",
        });
        let total = self.total();
        let mut best = 0;
        let mut since = self.cloud.clock.now();
        loop {
            let counts = self.counts().await?;
            let thumbnails = self.thumbnails().await?;
            let searchable = usize::try_from(counts.searchable).unwrap_or_default();
            let done = thumbnails.min(searchable).min(total);
            let missing = self.missing(counts);
            if missing.is_none() && thumbnails >= total {
                step.finish_with(format!("{total}/{total}"));
                return Ok(counts);
            }
            let now = self.cloud.clock.now();
            if done > best {
                (best, since) = (done, now);
                step.progress(done as u64, Some(total as u64), Unit::Items);
            }
            if waited(since, now) > PATIENCE {
                let missing = missing.unwrap_or_else(|| format!("thumbnails {thumbnails}/{total}"));
                return Err(self.stuck(&missing));
            }
            self.cloud.clock.sleep(PAUSE).await;
        }
    }

    fn stuck(&self, missing: &str) -> Error {
        let env = &self.deployed.environment;
        let seconds = PATIENCE.as_secs();
        Error::failed(format!(
            "half seeded: {missing}, and nothing new for {seconds} s"
        ))
        .hint(format!(
            "see what fails: cargo xtask logs --env {env}, cargo xtask status --env {env}"
        ))
        .hint("the same command goes on where this ended")
    }
}

fn waited(since: SystemTime, now: SystemTime) -> Duration {
    now.duration_since(since).unwrap_or_default()
}
