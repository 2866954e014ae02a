//! What becomes of a resource is a closed set too.

use stack::aws::s3::Bucket;
use stack::cfn::Template;

fn main() {
    let mut template = Template::new("broken", String::new(), "");
    let bucket = template.add("Images", Bucket::new());
    template.keep(&bucket, "Delete");
}
