//! A list given as text.

use stack::aws::ec2::VPC;
use stack::aws::logs::LogGroup;
use stack::cfn::Template;

fn main() {
    let mut template = Template::new("broken", String::new(), "");
    let vpc = template.add("Vpc", VPC::new());
    let _ = LogGroup::new().log_group_name(vpc.cidr_block_associations());
}
