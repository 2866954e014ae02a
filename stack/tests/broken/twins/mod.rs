//! Bad twins: a rendered app with one fault, for each policy rule, and who must find it.

mod access;
mod data;
mod running;

use std::collections::BTreeSet;

use stack::policy;

use crate::common::lines;
use crate::world::World;

/// A fault and the rule that must find it, at this place; no other rule may find anything.
pub(crate) struct Twin {
    rule: &'static str,
    kind: &'static str,
    at: &'static str,
    spoil: fn(&mut World),
}

const fn twin(
    rule: &'static str,
    kind: &'static str,
    at: &'static str,
    spoil: fn(&mut World),
) -> Twin {
    Twin {
        rule,
        kind,
        at,
        spoil,
    }
}

/// Every twin.
pub(crate) fn all() -> impl Iterator<Item = &'static Twin> {
    [access::TWINS, data::TWINS, running::TWINS]
        .into_iter()
        .flatten()
}

#[test]
fn every_bad_twin_is_found_by_its_rule_and_no_other() {
    for (number, twin) in all().enumerate() {
        let mut world = World::new(twin.kind);
        (twin.spoil)(&mut world);
        let findings = policy::check(&world.app, &world.environment);
        let places: Vec<_> = findings
            .iter()
            .map(|one| (one.rule, format!("{}/{}", one.stack, one.logical_id)))
            .collect();
        assert_eq!(
            places,
            [(twin.rule, twin.at.to_owned())],
            "twin {number} of {}:\n{}",
            twin.rule,
            lines(&findings)
        );
    }
}

#[test]
fn every_rule_has_a_bad_twin() {
    let rules: BTreeSet<_> = policy::rules().iter().map(|rule| rule.id).collect();
    let shown: BTreeSet<_> = all().map(|twin| twin.rule).collect();
    assert_eq!(rules, shown);
}
