//! Time as the code sees it, so that tests can move it.

use std::fmt::Debug;
use std::sync::{Mutex, PoisonError};
use std::time::Duration;

use async_trait::async_trait;
use time::OffsetDateTime;

/// What time it is, and waiting.
#[async_trait]
pub trait Clock: Debug + Send + Sync {
    /// The time, to the microsecond: what PostgreSQL keeps of it.
    fn now(&self) -> OffsetDateTime;

    /// Waits.
    async fn sleep(&self, time: Duration);
}

/// The system's time.
#[derive(Clone, Copy, Debug, Default)]
pub struct SystemClock;

#[async_trait]
impl Clock for SystemClock {
    fn now(&self) -> OffsetDateTime {
        to_microseconds(OffsetDateTime::now_utc())
    }

    async fn sleep(&self, time: Duration) {
        tokio::time::sleep(time).await;
    }
}

/// A time that passes only when somebody waits, or moves it. For tests.
#[derive(Debug)]
pub struct ManualClock(Mutex<OffsetDateTime>);

impl Default for ManualClock {
    fn default() -> Self {
        Self(Mutex::new(SystemClock.now()))
    }
}

impl ManualClock {
    /// Lets time pass.
    pub fn pass(&self, time: Duration) {
        *self.0.lock().unwrap_or_else(PoisonError::into_inner) += time;
    }
}

#[async_trait]
impl Clock for ManualClock {
    fn now(&self) -> OffsetDateTime {
        *self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    async fn sleep(&self, time: Duration) {
        self.pass(time);
        tokio::task::yield_now().await;
    }
}

/// Cuts off what PostgreSQL would not keep.
pub fn to_microseconds(time: OffsetDateTime) -> OffsetDateTime {
    let nanoseconds = time.nanosecond() / 1000 * 1000;
    time.replace_nanosecond(nanoseconds).unwrap_or(time)
}
