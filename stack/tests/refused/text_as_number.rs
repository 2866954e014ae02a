//! Text where a number was written.

use stack::aws::rds::DBInstance;

fn main() {
    let _ = DBInstance::new().port(5432);
}
