//! One environment file per mistake, each with what is said of it beside it. To accept a change,
//! run with `UPDATE_EXPECTED=1` and review the difference.

mod common;

use std::fs;

use common::{lines, root};
use stack::environment::Environment;

#[test]
fn every_mistake_is_refused_with_file_key_finding_and_what_is_allowed() {
    let folder = root().join("environments/invalid");
    let update = std::env::var_os("UPDATE_EXPECTED").is_some();
    let mut samples = 0;
    let mut different = Vec::new();
    let entries = fs::read_dir(&folder).expect("the folder is there");
    let mut files: Vec<_> = entries
        .map(|entry| entry.expect("an entry").path())
        .collect();
    files.sort();
    for file in &files {
        let name = file
            .file_stem()
            .and_then(|name| name.to_str())
            .expect("a name");
        match file.extension().and_then(|ending| ending.to_str()) {
            Some("yaml") => samples += 1,
            // An expectation without a sample is left over.
            Some("expected") if file.with_extension("yaml").exists() => continue,
            _ => panic!("{} is neither sample nor expectation", file.display()),
        }
        let text = fs::read_to_string(file).expect("a text");
        let said = match Environment::parse(environment_name(name), &format!("{name}.yaml"), &text)
        {
            Ok(_) => panic!("{name} was taken"),
            Err(errors) => lines(&errors),
        };
        let expected = file.with_extension("expected");
        if update {
            fs::write(&expected, &said).expect("write the expectation");
        }
        let wanted = fs::read_to_string(&expected).unwrap_or_default();
        if said != wanted {
            different.push(format!("{name}\n  said   {said}  wanted {wanted}"));
        }
    }
    assert!(different.is_empty(), "{}", different.join("\n"));
    assert!(samples >= 20, "{samples}");
}

/// The samples are of `dev`, but for what only a name brings up.
fn environment_name(sample: &str) -> &str {
    match sample {
        "prod" | "a-name-that-is-too-long" => sample,
        _ => "dev",
    }
}

#[test]
fn every_message_names_the_file_and_what_is_allowed() {
    for file in fs::read_dir(root().join("environments/invalid")).expect("the folder is there") {
        let file = file.expect("an entry").path();
        if file.extension().is_some_and(|ending| ending == "expected") {
            let name = file
                .file_stem()
                .and_then(|name| name.to_str())
                .expect("a name");
            for line in fs::read_to_string(&file).expect("a text").lines() {
                assert!(line.starts_with(&format!("{name}.yaml: ")), "{line}");
                assert!(
                    line.contains("found ") && line.contains(", allowed: "),
                    "{line}"
                );
                let said = line.rsplit(", allowed: ").next();
                assert!(said.is_some_and(|allowed| !allowed.is_empty()), "{line}");
            }
        }
    }
}

#[test]
fn alarms_and_budgets_that_nobody_hears_are_warned_of() {
    let mail = ("alarms: {}", "alarms: { email: ops@example.com }");
    let without_budget = ("budget_usd: 50\n", "");
    for (environment, said) in [
        (
            common::kind("prod"),
            "alarms and the budget go to nobody in prod",
        ),
        (
            common::kind("dev"),
            "the budget's warnings go to nobody in dev",
        ),
        (common::kind("local"), ""),
        (common::variant("prod", &[mail]), ""),
        (common::variant("dev", &[without_budget]), ""),
    ] {
        let warnings = environment.warnings();
        let heard = warnings.iter().any(|warning| warning.starts_with(said));
        assert_eq!(
            heard,
            !said.is_empty(),
            "{}: {warnings:?}",
            environment.name
        );
    }
}
