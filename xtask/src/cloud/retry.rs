//! Repeating calls that throttling or an outage broke: exponential, capped, with full jitter.

use std::sync::Arc;
use std::time::Duration;

use rand::RngExt as _;

use super::{Clock, CloudResult};

const ATTEMPTS: u32 = 8;
const FIRST: Duration = Duration::from_millis(200);
const LONGEST: Duration = Duration::from_secs(20);

/// Repeats calls. The arguments of a call, its idempotency token among them, stay the same.
#[derive(Clone)]
pub struct Retry {
    clock: Arc<dyn Clock>,
}

impl Retry {
    /// Waits on this clock.
    pub fn new(clock: Arc<dyn Clock>) -> Self {
        Self { clock }
    }

    /// Runs the attempt until it succeeds, fails for good, or has failed too often.
    pub async fn run<T, F>(&self, mut attempt: impl FnMut() -> F) -> CloudResult<T>
    where
        F: Future<Output = CloudResult<T>>,
    {
        for tries in 1.. {
            match attempt().await {
                Err(error) if error.passes() && tries < ATTEMPTS => {
                    let longest = ceiling(tries);
                    let wait = longest.mul_f64(rand::rng().random_range(0.0..=1.0));
                    self.clock.sleep(wait).await;
                }
                result => return result,
            }
        }
        unreachable!("the range of tries has no end")
    }
}

/// The longest wait after this many failed tries.
fn ceiling(tries: u32) -> Duration {
    FIRST
        .saturating_mul(2u32.saturating_pow(tries.saturating_sub(1)))
        .min(LONGEST)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_wait_doubles_up_to_a_cap() {
        assert_eq!(ceiling(1), Duration::from_millis(200));
        assert_eq!(ceiling(3), Duration::from_millis(800));
        assert_eq!(ceiling(40), LONGEST);
    }
}
