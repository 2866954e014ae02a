//! The policy rules find nothing in any kind of environment; `broken/twins.rs` shows that each of
//! them finds what it should.

mod common;

use common::{all_kinds, lines, render};
use stack::policy;

#[test]
fn no_kind_of_environment_breaks_a_rule() {
    for (kind, environment) in all_kinds() {
        let findings = policy::check(&render(&environment), &environment);
        assert!(findings.is_empty(), "{kind}:\n{}", lines(&findings));
    }
}

#[test]
fn a_finding_names_rule_place_what_was_found_and_what_is_demanded() {
    let (_, environment) = all_kinds().swap_remove(1);
    let mut app = render(&environment);
    let database = app.stacks.iter_mut().find(|stack| stack.id == "database");
    let template = &mut database.expect("dev has a database").template;
    template["Resources"]["Instance"]["Properties"]["StorageEncrypted"] = false.into();
    let findings = policy::check(&app, &environment);
    assert_eq!(
        lines(&findings),
        "database-encrypted database / Instance: found StorageEncrypted is false; \
         the rule: the database's storage is encrypted\n"
    );
}
