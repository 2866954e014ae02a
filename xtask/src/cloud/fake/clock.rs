//! Time that passes only when somebody waits.

use std::sync::{Mutex, PoisonError};
use std::time::{Duration, SystemTime};

use async_trait::async_trait;

use crate::cloud::Clock;

#[derive(Debug, Default)]
pub(crate) struct FakeClock(Mutex<Duration>);

impl FakeClock {
    pub(crate) fn elapsed(&self) -> Duration {
        *self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

#[async_trait]
impl Clock for FakeClock {
    fn now(&self) -> SystemTime {
        SystemTime::UNIX_EPOCH + self.elapsed()
    }

    async fn sleep(&self, time: Duration) {
        *self.0.lock().unwrap_or_else(PoisonError::into_inner) += time;
        tokio::task::yield_now().await;
    }
}
