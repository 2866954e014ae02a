//! An attribute of another type.

use stack::aws::s3::Bucket;
use stack::cfn::Template;

fn main() {
    let mut template = Template::new("broken", String::new(), "");
    let bucket = template.add("Images", Bucket::new());
    let _ = bucket.queue_url();
}
