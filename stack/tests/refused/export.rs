//! Stacks export nothing.

use stack::cfn::Template;

fn main() {
    let mut template = Template::new("broken", String::new(), "");
    template.export("BucketName", "images");
}
