//! Nobody grants anything outside the contract.
use collections_core::contract::Grants;
use collections_core::contract::access::Database;
use collections_core::contract::functions::Cleanup;

impl Grants<Database> for Cleanup {}

fn main() {}
