//! A resource where a part of one belongs.

use stack::aws::lambda::Function;
use stack::aws::s3::Bucket;

fn main() {
    let _ = Function::new(Bucket::new(), "role");
}
