//! An output comes from `Template::output` only.

use stack::cfn::Output;

fn main() {
    let _ = Output {
        stack: "storage",
        name: "BucketName".to_owned(),
    };
}
