//! A statement's actions are a list, never a free text.

use stack::cfn::Statement;

fn main() {
    let _ = Statement::allow("All", "*");
}
