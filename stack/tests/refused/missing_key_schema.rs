//! A table without keys.

use stack::aws::dynamo_db::Table;

fn main() {
    let _ = Table::new();
}
