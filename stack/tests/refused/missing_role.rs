//! A function without a role.

use stack::aws::lambda::{Code, Function};

fn main() {
    let _ = Function::new(Code::new());
}
