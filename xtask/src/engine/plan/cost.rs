//! What a plan does to the bill, as far as templates tell.

use std::collections::BTreeMap;
use std::fmt;

use serde::{Deserialize, Serialize};
use serde_json::Value;

use super::{Plan, StackAction};
use crate::engine::desired::Desired;
use crate::engine::live::Live;

/// Works out what templates cost. Cents, so that a plan that was written and read is the same.
pub trait Prices: Send + Sync {
    /// A month of these stacks, by short id; nothing where prices do not apply.
    fn monthly_cents(&self, templates: &BTreeMap<String, Value>) -> Option<i64>;
}

/// A month before and after.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Cost {
    /// As it stands, in cents of a dollar.
    pub before_cents: i64,
    /// Once the plan is applied.
    pub after_cents: i64,
}

impl Plan {
    /// Notes what it does to the bill.
    pub fn price(&mut self, desired: &Desired, live: &Live, prices: &dyn Prices) {
        let standing = |id: &String| {
            let standing = live.stacks.get(id).or_else(|| live.unwanted.get(id));
            standing.map(|standing| standing.template.clone())
        };
        let before: BTreeMap<String, Value> = live
            .stacks
            .iter()
            .chain(&live.unwanted)
            .map(|(id, standing)| (id.clone(), standing.template.clone()))
            .collect();
        let after = self.stacks.iter().filter_map(|stack| {
            let template = match stack.action {
                StackAction::None => standing(&stack.id)?,
                _ => desired.stack(&stack.id).ok()?.template.clone(),
            };
            Some((stack.id.clone(), template))
        });
        let after = after.collect();
        self.cost = prices
            .monthly_cents(&before)
            .zip(prices.monthly_cents(&after))
            .map(|(before_cents, after_cents)| Cost {
                before_cents,
                after_cents,
            });
    }
}

impl fmt::Display for Cost {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self {
            before_cents: before,
            after_cents: after,
        } = *self;
        if before == after {
            return write!(f, "cost: about {} USD a month, as before", Usd(after));
        }
        let more = after - before;
        let sign = if more < 0 { "-" } else { "+" };
        write!(
            f,
            "cost: about {} → {} USD a month ({sign}{})",
            Usd(before),
            Usd(after),
            Usd(more.abs())
        )
    }
}

struct Usd(i64);

impl fmt::Display for Usd {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}.{:02}", self.0 / 100, self.0 % 100)
    }
}
