//! A value of another closed set.

use stack::aws::cognito::{DeletionProtection, UserPool};

fn main() {
    let _ = UserPool::new().mfa_configuration(DeletionProtection::Active);
}
