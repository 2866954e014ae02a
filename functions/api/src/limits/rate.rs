//! A bucket of tokens per user: a request takes one, and time brings them back.

use std::collections::HashMap;
use std::sync::{Mutex, PoisonError};
use std::time::{Duration, Instant};

use collections_core::domain::UserId;

/// Users whose buckets are remembered. Of more at one time, the later ones go unlimited.
const REMEMBERED: usize = 10_000;

/// How many requests are allowed.
#[derive(Clone, Copy, Debug)]
pub struct Rate {
    /// At once, after a pause.
    pub burst: u32,
    /// Every second, in the long run.
    pub per_second: u32,
}

impl Rate {
    /// How long it takes for one token to come back.
    fn interval(self) -> Duration {
        Duration::from_secs(1) / self.per_second.max(1)
    }
}

/// The buckets. Of each only the moment is kept at which it will be full again.
#[derive(Debug)]
pub struct Rates {
    rate: Rate,
    full_at: Mutex<HashMap<UserId, Instant>>,
}

impl Rates {
    /// Full buckets for everybody.
    pub fn new(rate: Rate) -> Self {
        Self {
            rate,
            full_at: Mutex::default(),
        }
    }

    /// Takes a token, or says how long to wait for one.
    pub fn take(&self, user: &UserId) -> Result<(), Duration> {
        self.take_at(user, Instant::now())
    }

    fn take_at(&self, user: &UserId, now: Instant) -> Result<(), Duration> {
        let interval = self.rate.interval();
        let capacity = interval * self.rate.burst.max(1);
        // The lock cannot be poisoned by what is done under it.
        let mut full_at = self.full_at.lock().unwrap_or_else(PoisonError::into_inner);
        let full = full_at.get(user).map_or(now, |full| now.max(*full)) + interval;
        let missing = full - now;
        if missing > capacity {
            return Err(missing - capacity);
        }
        if full_at.len() >= REMEMBERED && !full_at.contains_key(user) {
            full_at.retain(|_, full| *full > now);
        }
        if full_at.len() < REMEMBERED || full_at.contains_key(user) {
            full_at.insert(user.clone(), full);
        }
        Ok(())
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use std::time::{Duration, Instant};

    use collections_core::domain::UserId;

    use super::{REMEMBERED, Rate, Rates};

    fn user(name: &str) -> UserId {
        name.parse().unwrap()
    }

    fn rates() -> Rates {
        Rates::new(Rate {
            burst: 3,
            per_second: 10,
        })
    }

    #[test]
    fn a_burst_passes_then_one_request_per_token_that_comes_back() {
        let (rates, start) = (rates(), Instant::now());
        let at = |millis| rates.take_at(&user("ann"), start + Duration::from_millis(millis));
        for _ in 0..3 {
            assert_eq!(at(0), Ok(()));
        }
        assert_eq!(at(0), Err(Duration::from_millis(100)));
        assert_eq!(
            at(60),
            Err(Duration::from_millis(40)),
            "refusals cost nothing"
        );
        assert_eq!(at(100), Ok(()));
        assert!(at(100).is_err());
        for _ in 0..3 {
            assert_eq!(at(5_000), Ok(()), "a pause fills the bucket");
        }
        assert!(at(5_000).is_err(), "but not beyond its size");
    }

    #[test]
    fn one_users_requests_are_not_anothers() {
        let (rates, now) = (rates(), Instant::now());
        while rates.take_at(&user("ann"), now).is_ok() {}
        assert_eq!(rates.take_at(&user("bob"), now), Ok(()));
    }

    #[test]
    fn what_is_remembered_is_bounded_and_forgotten_when_it_is_full_again() {
        let (rates, now) = (rates(), Instant::now());
        for at in 0..REMEMBERED + 10 {
            assert_eq!(rates.take_at(&user(&format!("u{at}")), now), Ok(()));
        }
        assert_eq!(rates.full_at.lock().unwrap().len(), REMEMBERED);
        let later = now + Duration::from_secs(1);
        assert_eq!(rates.take_at(&user("new"), later), Ok(()));
        assert_eq!(rates.full_at.lock().unwrap().len(), 1);
    }
}
