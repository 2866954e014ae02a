//! A list where one value belongs.

use stack::aws::sqs::Queue;

fn main() {
    let _ = Queue::new().queue_name(["jobs"]);
}
