//! References are made from handles, not from names.

use stack::cfn::Value;

fn main() {
    let _: Value<String> = Value::<String>::reference("Nowhere");
}
