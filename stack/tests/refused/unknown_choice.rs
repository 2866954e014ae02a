//! A value that is not in the closed set.

use stack::aws::dynamo_db::BillingMode;

fn main() {
    let _ = BillingMode::Free;
}
