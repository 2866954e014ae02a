//! Time as the engine sees it: polling and backing off never touch the system clock directly.

use std::time::{Duration, SystemTime};

use async_trait::async_trait;

/// A clock that can be waited on.
#[async_trait]
pub trait Clock: Send + Sync {
    /// The time now.
    fn now(&self) -> SystemTime;
    /// Comes back after this long.
    async fn sleep(&self, time: Duration);
}

/// The machine's own clock.
#[derive(Debug, Default)]
pub struct SystemClock;

#[async_trait]
impl Clock for SystemClock {
    fn now(&self) -> SystemTime {
        SystemTime::now()
    }

    async fn sleep(&self, time: Duration) {
        tokio::time::sleep(time).await;
    }
}
