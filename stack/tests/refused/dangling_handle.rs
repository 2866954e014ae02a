//! A handle comes from `Template::add` only, so a name of nothing cannot be made.

use stack::aws::sqs::Queue;
use stack::cfn::Handle;

fn main() {
    let _ = Handle::<Queue>::new("Nowhere");
}
