//! A permission without a principal.

use stack::aws::lambda::Permission;

fn main() {
    let _ = Permission::new("ops", "lambda:InvokeFunction");
}
