//! Notices when the emulator closes a gap: a stack asks for everything that is on the list of
//! `engine/steps/emulator_gaps.rs`, and none of it may have come about.

#![allow(clippy::unwrap_used, missing_docs)]

#[path = "local/checkout.rs"]
#[allow(dead_code)]
mod checkout;
#[path = "emulator_gaps/probes.rs"]
mod probes;
#[path = "emulator_gaps/stack.rs"]
mod stack;

use checkout::Checkout;
use stack::Stack;
use xtask::engine::steps::emulator_gaps::{Gap, Remedy};

#[tokio::test]
async fn every_gap_is_still_open() {
    let mut checkout = Checkout::new();
    checkout.run(&["local", "up"]).expect_success();
    let stack = Stack::create(&checkout).await;
    let mut closed = Vec::new();
    for gap in Gap::ALL {
        if !probes::is_open(&stack, gap).await {
            closed.push(match gap.remedy() {
                Remedy::Repaired => format!("{gap:?} is closed upstream: remove the repair"),
                Remedy::Left(_) => format!("{gap:?} is closed upstream: take it off the list"),
            });
        }
    }
    assert!(closed.is_empty(), "{closed:#?}");
}
