//! A part of a resource, added as if it were one.

use stack::aws::s3::ServerSideEncryptionRule;
use stack::cfn::Template;

fn main() {
    let mut template = Template::new("broken", String::new(), "");
    template.add("Encryption", ServerSideEncryptionRule::new());
}
