//! One writer per environment: an object in the artifact bucket that only one can create.

use std::path::Path;
use std::time::{Duration, SystemTime, UNIX_EPOCH};

use serde::{Deserialize, Serialize};

use super::claim::Claim;
use crate::cloud::Cloud;
use crate::error::{Doing as _, Error, Kind, Result};

/// Who holds an environment.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Holder {
    /// The lock's id: `unlock` wants it, so that nobody breaks a lock they did not look at.
    pub id: String,
    /// Person, machine and process.
    pub holder: String,
    /// Since when, in seconds of the epoch.
    pub since: u64,
}

/// The lock of one environment.
pub struct Lock<'a> {
    cloud: &'a Cloud,
    bucket: &'a str,
    environment: &'a str,
}

impl<'a> Lock<'a> {
    /// The lock lies in the artifact bucket.
    pub fn new(cloud: &'a Cloud, bucket: &'a str, environment: &'a str) -> Self {
        Self {
            cloud,
            bucket,
            environment,
        }
    }

    fn key(&self) -> String {
        format!("locks/{}.json", self.environment)
    }

    /// Takes the lock. A lock of this id is this run's own, from before it was killed.
    pub async fn take(&self, id: &str) -> Result<()> {
        let holder = Holder {
            id: id.to_owned(),
            holder: me(),
            since: self.now(),
        };
        let body = serde_json::to_vec(&holder).doing("write the lock as JSON")?;
        if self
            .cloud
            .objects
            .put_new(self.bucket, &self.key(), body)
            .await?
        {
            return Ok(());
        }
        match self.holder().await? {
            Some(holder) if holder.id == id => Ok(()),
            Some(holder) => Err(self.held(&holder)),
            None => Err(
                Error::conflict(format!("{} was locked a moment ago", self.environment))
                    .hint("run the command again"),
            ),
        }
    }

    /// Does work that ends in this process or not at all, under the lock. Cut off in the middle,
    /// the lock stays, and the claim in `folder` with it: the next command of this checkout takes
    /// it up.
    pub async fn during<T>(
        &self,
        folder: &Path,
        work: impl Future<Output = Result<T>>,
    ) -> Result<T> {
        let claim = Claim::open(folder, self.environment)?;
        if let Err(error) = self.take(claim.id()).await {
            // Somebody else's: ours was never there, or is gone.
            if error.kind() == Kind::Conflict {
                claim.close()?;
            }
            return Err(error);
        }
        let result = work.await;
        let released = match self.release(claim.id()).await {
            Ok(()) => claim.close(),
            error => error,
        };
        let value = result?;
        released.map(|()| value)
    }

    /// Who holds it.
    pub async fn holder(&self) -> Result<Option<Holder>> {
        let Some(body) = self.cloud.objects.get(self.bucket, &self.key()).await? else {
            return Ok(None);
        };
        serde_json::from_slice(&body).map(Some).doing(format!(
            "understand the lock {}/{}",
            self.bucket,
            self.key()
        ))
    }

    /// Gives the lock back if it has this id.
    pub async fn release(&self, id: &str) -> Result<()> {
        match self.holder().await? {
            Some(holder) if holder.id == id => {
                Ok(self.cloud.objects.delete(self.bucket, &self.key()).await?)
            }
            Some(holder) => Err(Error::new(
                Kind::Conflict,
                format!(
                    "the lock of {} has the id {}, not {id}",
                    self.environment, holder.id
                ),
            )),
            None => Ok(()),
        }
    }

    fn held(&self, holder: &Holder) -> Error {
        let minutes = self.now().saturating_sub(holder.since) / 60;
        Error::conflict(format!(
            "{} is locked by {} since {minutes} min",
            self.environment, holder.holder
        ))
        .hint(format!(
            "if that process is gone: cargo xtask unlock --env {} --id {}",
            self.environment, holder.id
        ))
        .hint("or run its command again in the checkout where it ran: it knows its own lock")
    }

    fn now(&self) -> u64 {
        let since = self.cloud.clock.now().duration_since(UNIX_EPOCH);
        since.unwrap_or(Duration::ZERO).as_secs()
    }
}

fn me() -> String {
    let user = std::env::var("USER").unwrap_or_else(|_| "somebody".into());
    let host = rustix::system::uname()
        .nodename()
        .to_string_lossy()
        .into_owned();
    format!("{user} on {host} (process {})", std::process::id())
}

/// Seconds of the epoch, for records.
pub(super) fn seconds(time: SystemTime) -> u64 {
    time.duration_since(UNIX_EPOCH)
        .unwrap_or(Duration::ZERO)
        .as_secs()
}
