//! Faults on request: what a test asks for is done to the next calls of a route.

mod admin;
mod inject;

use std::collections::BTreeMap;
use std::collections::VecDeque;
use std::sync::{Mutex, PoisonError};

use serde::{Deserialize, Serialize};

pub(crate) use admin::{clear, list, request};
pub(crate) use inject::inject;

use crate::wire::Provider;

/// What to do to the next calls of a route.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Order {
    path: String,
    kind: Kind,
    /// How many calls it hits.
    #[serde(default = "once")]
    times: u32,
    /// Seconds, for `rate_limited`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    retry_after: Option<u64>,
    /// Milliseconds, for `slow`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    delay_ms: Option<u64>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
enum Kind {
    /// 429 with Retry-After.
    RateLimited,
    /// 500.
    ServerError,
    /// 529 of Anthropic, 503 of the others.
    Overloaded,
    /// The right answer, late.
    Slow,
    /// The right answer, its connection closed in the middle.
    Cut,
    /// 200 with a body that is no JSON.
    MalformedJson,
    /// 200 with JSON of another shape.
    WrongShape,
}

fn once() -> u32 {
    1
}

/// The orders that are still to be carried out, by route, first come first served.
#[derive(Debug, Default)]
pub(crate) struct Faults(Mutex<BTreeMap<String, VecDeque<Order>>>);

impl Faults {
    fn add(&self, order: Order) -> Result<(), String> {
        if Provider::of_path(&order.path).is_none() {
            let routes = Provider::ROUTES.map(|(route, _)| route).join(", ");
            return Err(format!("path must be one of {routes}"));
        }
        if order.times == 0 {
            return Err("times must be at least 1".to_owned());
        }
        let mut orders = self.lock();
        orders
            .entry(order.path.clone())
            .or_default()
            .push_back(order);
        Ok(())
    }

    /// Uses up one time of the route's first order.
    fn take(&self, path: &str) -> Option<Order> {
        let mut orders = self.lock();
        let queue = orders.get_mut(path)?;
        let first = queue.front_mut()?;
        let taken = first.clone();
        first.times -= 1;
        if first.times == 0 {
            queue.pop_front();
        }
        Some(taken)
    }

    fn pending(&self) -> Vec<Order> {
        self.lock().values().flatten().cloned().collect()
    }

    fn clear(&self) {
        self.lock().clear();
    }

    /// A panic elsewhere leaves the queues whole.
    fn lock(&self) -> std::sync::MutexGuard<'_, BTreeMap<String, VecDeque<Order>>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn order(kind: Kind, times: u32) -> Order {
        Order {
            path: "/search".to_owned(),
            kind,
            times,
            retry_after: None,
            delay_ms: None,
        }
    }

    #[test]
    fn orders_are_used_up_in_turn() {
        let faults = Faults::default();
        assert_eq!(faults.add(order(Kind::ServerError, 2)), Ok(()));
        assert_eq!(faults.add(order(Kind::Cut, 1)), Ok(()));
        let kinds = std::iter::from_fn(|| faults.take("/search")).map(|order| order.kind);
        assert_eq!(
            kinds.collect::<Vec<_>>(),
            [Kind::ServerError, Kind::ServerError, Kind::Cut]
        );
        assert!(faults.pending().is_empty());
    }

    #[test]
    fn an_order_that_could_never_hit_is_refused() {
        let faults = Faults::default();
        assert!(faults.add(order(Kind::Cut, 0)).is_err());
        let mut elsewhere = order(Kind::Cut, 1);
        elsewhere.path = "/health".to_owned();
        assert!(faults.add(elsewhere).is_err());
    }
}
