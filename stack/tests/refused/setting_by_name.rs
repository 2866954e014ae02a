//! Only what the tool knows how to ask for is a setting.

use stack::cfn::Template;

fn main() {
    let mut template = Template::new("broken", String::new(), "");
    template.setting("DatabasePassword");
}
