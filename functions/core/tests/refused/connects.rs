//! Cleanup has no database.
use collections_core::Cloud;
use collections_core::contract::functions::Cleanup;

fn connect(cloud: &Cloud<Cleanup>) {
    let _ = cloud.database(1);
}

fn main() {}
