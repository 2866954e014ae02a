//! Stuck stacks are freed before anything is planned: under the lock, like every change.

use super::Deploy;
use crate::engine::journal::Journal;
use crate::engine::lock::{Lock, seconds};
use crate::engine::{bootstrap, recover};
use crate::error::{Error, Kind, Result};

/// What the journal says this run wants.
const RECOVERY: &str = "recovery";

impl Deploy<'_> {
    /// Goes on with rollbacks. A run that was killed before keeps its lock and its journal: the
    /// deploy that follows goes on with it.
    pub(super) async fn recover(&self) -> Result<()> {
        let environment = &self.desired.environment;
        let _at_work = self.stop.enter();
        let caller = self.cloud.identity.caller().await?;
        let bucket = bootstrap::bucket(&caller, &self.cloud.region);
        let now = seconds(self.cloud.clock.now());
        let journal = Journal::open(&self.journals, environment, RECOVERY, now)?;
        let lock = Lock::new(self.cloud, &bucket, environment);
        let freed = self.freed(&bucket, &lock, journal.run()).await;
        let interrupted = |error: &Error| error.kind() == Kind::Interrupted;
        let cut_off = freed.as_ref().is_err_and(interrupted) && !self.stop.asked();
        if journal.resumed() || cut_off {
            return freed;
        }
        match lock.release(journal.run()).await {
            Ok(()) => journal.close()?,
            // What is wrong with the stacks, or that somebody else has the lock, comes first.
            Err(_) if freed.is_err() => journal.close()?,
            Err(error) => return Err(error),
        }
        freed
    }

    async fn freed(&self, bucket: &str, lock: &Lock<'_>, run: &str) -> Result<()> {
        self.ensure_bucket(bucket, run).await?;
        lock.take(run).await?;
        let skip = &self.options.skip_resources;
        recover::continue_rollbacks(self.cloud, self.events, self.desired, skip, self.stop).await
    }
}
