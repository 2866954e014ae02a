//! A part of another property.

use stack::aws::events::{RetryPolicy, Target};

fn main() {
    let _ = Target::new("queue", "arn").dead_letter_config(RetryPolicy::new());
}
