//! A value of a closed set, written as text.

use stack::aws::lambda::{Code, Function};

fn main() {
    let _ = Function::new(Code::new(), "role").runtime("provided.al2023");
}
