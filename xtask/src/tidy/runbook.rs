//! The runbook answers what wakes or stops people: every alarm, every step of the validation, and
//! every place of it that the sources name.

use std::collections::BTreeSet;
use std::path::Path;

use stack::app::App;

use super::sources::Source;
use crate::checks::infra;
use crate::environments;
use crate::error::{Doing as _, Result};

const RUNBOOK: &str = "docs/RUNBOOK.md";
/// Where to read on when a budget writes.
const BUDGET: &str = "budget";

/// What names a section that is not there.
pub(super) fn problems(root: &Path, sources: &[Source]) -> Result<Vec<String>> {
    let text = std::fs::read_to_string(root.join(RUNBOOK)).doing(format!("read {RUNBOOK}"))?;
    let mut wanted = alarms(root)?;
    let steps = infra::steps();
    wanted.extend(
        steps
            .iter()
            .map(|step| (format!("step-{}", step.name()), "test-infra".to_owned())),
    );
    wanted.extend(named(sources));
    wanted.extend(links(&text));
    Ok(missing(&text, &wanted))
}

fn missing(text: &str, wanted: &BTreeSet<(String, String)>) -> Vec<String> {
    let headings = text.lines().filter(|line| line.starts_with("##"));
    let headings = headings.map(|line| anchor(line.trim_start_matches('#').trim()));
    let (mut anchors, mut problems) = (BTreeSet::new(), Vec::new());
    for heading in headings {
        if !anchors.insert(heading.clone()) {
            problems.push(format!("{RUNBOOK} has two sections #{heading}"));
        }
    }
    let open = wanted
        .iter()
        .filter(|(wanted, _)| !anchors.contains(wanted));
    problems.extend(
        open.map(|(wanted, by)| format!("{RUNBOOK} has no section #{wanted}, which {by} names")),
    );
    problems
}

/// A heading's anchor, as GitHub makes it.
fn anchor(heading: &str) -> String {
    let kept = heading.to_lowercase();
    let kept = kept
        .chars()
        .filter(|sign| sign.is_alphanumeric() || "- _".contains(*sign));
    kept.map(|sign| if sign == ' ' { '-' } else { sign })
        .collect()
}

/// What every environment's alarms name, and the place of its budget, which has no words of its own.
fn alarms(root: &Path) -> Result<BTreeSet<(String, String)>> {
    let mut found = BTreeSet::new();
    for name in environments::names(root)? {
        let app: App = environments::render(&environments::load(root, &name)?)?;
        for stack in &app.stacks {
            let resources = stack.template["Resources"].as_object();
            for (id, resource) in resources.into_iter().flatten() {
                let (place, by) = match resource["Type"].as_str() {
                    Some("AWS::CloudWatch::Alarm") => {
                        let text = resource["Properties"]["AlarmDescription"].as_str();
                        let place = text.and_then(|text| text.split_once("RUNBOOK: "));
                        (place.map_or("", |(_, place)| place.trim()), "the alarm")
                    }
                    Some("AWS::Budgets::Budget") => (BUDGET, "the budget"),
                    _ => continue,
                };
                found.insert((place.to_owned(), format!("{by} {id}")));
            }
        }
    }
    Ok(found)
}

/// What the page itself leads to: `[words](#place)`.
fn links(text: &str) -> BTreeSet<(String, String)> {
    let places = text.split("](#").skip(1);
    let places = places.filter_map(|rest| rest.split_once(')'));
    places
        .map(|(place, _)| (place.to_owned(), "the page itself".to_owned()))
        .collect()
}

/// What the sources of the tool name as `docs/RUNBOOK.md#place`.
fn named(sources: &[Source]) -> BTreeSet<(String, String)> {
    let mut found = BTreeSet::new();
    let own = |source: &&Source| source.path != file!();
    for source in sources.iter().filter(own) {
        for rest in source.text.split("RUNBOOK.md#").skip(1) {
            let end = rest.find(|sign: char| !sign.is_ascii_alphanumeric() && sign != '-');
            let place = &rest[..end.unwrap_or(rest.len())];
            // A place that is put in when the program runs is not known here.
            if !place.is_empty() {
                found.insert((place.to_owned(), source.path.clone()));
            }
        }
    }
    found
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;

    #[test]
    fn alarms_and_budgets_want_a_place_of_their_own() {
        let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("..");
        let wanted = alarms(&root).unwrap().into_iter();
        let wanted: BTreeSet<String> = wanted.map(|(place, _)| place).collect();
        for place in ["budget", "dead-letters", "database"] {
            assert!(wanted.contains(place), "{place} is not among {wanted:?}");
        }
    }

    #[test]
    fn a_place_that_is_not_there_is_named_with_who_names_it() {
        let source = Source {
            path: "xtask/src/x.rs".to_owned(),
            text: "see docs/RUNBOOK.md#a-lock-left-behind, docs/RUNBOOK.md#gone".to_owned(),
        };
        let text = "# Runbook\n## A lock left behind\n## Step rds\n### Step rds\n";
        assert_eq!(
            missing(text, &named(&[source])),
            [
                "docs/RUNBOOK.md has two sections #step-rds",
                "docs/RUNBOOK.md has no section #gone, which xtask/src/x.rs names"
            ]
        );
        assert_eq!(anchor("Step rds"), "step-rds");
    }
}
