//! A number where text was written.

use stack::aws::sqs::Queue;

fn main() {
    let _ = Queue::new().visibility_timeout("720");
}
