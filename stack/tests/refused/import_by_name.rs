//! Another stack's value is named by its output, not by text.

use stack::cfn::Template;

fn main() {
    let mut template = Template::new("broken", String::new(), "");
    template.import("BucketName");
}
