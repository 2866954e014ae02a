//! A property that the schema does not have.

use stack::aws::sqs::Queue;

fn main() {
    let _ = Queue::new().visibility(720);
}
