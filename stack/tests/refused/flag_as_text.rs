//! A flag where text was written.

use stack::aws::rds::DBInstance;

fn main() {
    let _ = DBInstance::new().storage_encrypted("true");
}
