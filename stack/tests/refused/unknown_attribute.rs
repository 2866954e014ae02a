//! An attribute that the type does not have.

use stack::aws::sqs::Queue;
use stack::cfn::Template;

fn main() {
    let mut template = Template::new("broken", String::new(), "");
    let queue = template.add("Jobs", Queue::new());
    let _ = queue.stream_arn();
}
