//! One value where a list belongs.

use stack::aws::sqs::{Queue, QueuePolicy};
use stack::cfn::{PolicyDocument, Template};

fn main() {
    let mut template = Template::new("broken", String::new(), "");
    let queue = template.add("Jobs", Queue::new());
    let _ = QueuePolicy::new(PolicyDocument::default(), &queue);
}
