//! The report in its forms, with text that would like to be markup.

use std::time::Duration;

use contract::objects::ObjectKey;
use serde_json::{Value, json};

use super::target;
use crate::checks::api;
use crate::checks::publish::publish;
use crate::checks::report::{Case, Hop, LeftOut, Report, Verdict};
use crate::checks::target::Target;
use crate::cloud::fake::Fake;

fn report() -> Report {
    let hop = |name: &str, verdict, detail: &str| Hop {
        name: name.to_owned(),
        verdict,
        detail: detail.to_owned(),
        millis: 1200,
    };
    let case = |name: &str, hops, fix: &[&str]| {
        let fix = fix.iter().map(ToString::to_string).collect();
        let title = format!("What {name} proves");
        Case::of("infra", name.to_owned(), title, hops, fix, 2300)
    };
    let good = vec![
        hop("put", Verdict::Passed, ""),
        hop("get", Verdict::Passed, "3 bytes"),
    ];
    let bad = vec![
        hop("connect", Verdict::Passed, "TLS"),
        hop(
            "table",
            Verdict::Failed,
            "<script>alert(\"1\")</script> | & `x`",
        ),
    ];
    let cases = vec![
        case("s3", good, &[]),
        case(
            "rds",
            bad,
            &["cargo xtask db check --env dev", "ask <someone>"],
        ),
        // A check that came nowhere proves nothing.
        case("empty", Vec::new(), &[]),
    ];
    Report::new(
        "test-infra",
        "dev",
        "2026-11-21T10:00:00Z".to_owned(),
        cases,
    )
}

#[test]
fn the_counts_are_of_checks_that_passed_whole() {
    let report = report();
    assert_eq!(
        (report.passed, report.total, report.is_green()),
        (1, 3, false)
    );
    let none = Report::new("test-infra", "dev", String::new(), Vec::new());
    assert!(!none.is_green());
    let left_out = LeftOut {
        suite: "api".to_owned(),
        because: "it has <reasons>".to_owned(),
    };
    assert!(none.without([left_out.clone()]).is_green());
    assert!(!report.without([left_out]).is_green());
}

#[test]
fn what_was_not_run_is_said_in_every_form() {
    let folder = tempfile::tempdir().unwrap();
    let left_out = api::left_out(&Target {
        environment: "prod".to_owned(),
        ..target(&Fake::new())
    });
    let mut report = report().without(left_out);
    report.write(folder.path(), "all-tests", "now").unwrap();
    report
        .write_junit(&folder.path().join("all-tests-now.xml"))
        .unwrap();
    let reason = "the API does not describe itself in prod";
    assert!(report.to_string().contains(reason), "{report}");
    for ending in ["md", "html", "json", "xml"] {
        let path = folder.path().join(format!("all-tests-now.{ending}"));
        let text = std::fs::read_to_string(path).unwrap();
        assert!(text.contains(reason), "{ending}:\n{text}");
    }
    assert_eq!(api::left_out(&target(&Fake::new())), None);
}

#[test]
fn every_form_says_the_same_and_escapes_what_it_quotes() {
    let folder = tempfile::tempdir().unwrap();
    let mut report = report();
    report
        .write(folder.path(), "infra-test", "20261121T100000Z")
        .unwrap();
    report
        .write_junit(&folder.path().join("junit.xml"))
        .unwrap();
    let read = |name: &str| std::fs::read_to_string(folder.path().join(name)).unwrap();
    let contains = |file: &str, words: &[&str]| {
        let text = read(file);
        for word in words {
            assert!(text.contains(word), "{file} lacks {word}:\n{text}");
        }
    };
    contains(
        "infra-test-20261121T100000Z.md",
        &[
            "# test-infra on dev",
            "1/3 passed",
            "| infra rds | failed | 2.300 |",
            "\\<script>",
            "\\|",
            "Fix: ask \\<someone>",
        ],
    );
    contains(
        "infra-test-20261121T100000Z.html",
        &["1/3 passed", "&lt;script&gt;", "ask &lt;someone&gt;"],
    );
    contains(
        "junit.xml",
        &[
            "tests=\"3\" failures=\"2\"",
            "classname=\"infra\" name=\"s3\"",
            "<failure message=\"table: &lt;script&gt;",
            "it came nowhere",
        ],
    );
    let json: serde_json::Value =
        serde_json::from_str(&read("infra-test-20261121T100000Z.json")).unwrap();
    assert_eq!(json["cases"][1]["hops"][1]["verdict"], "failed");
    for name in ["infra-test-20261121T100000Z.html", "junit.xml"] {
        assert!(!read(name).contains("<script>"), "{name}");
    }
}

#[tokio::test]
async fn users_of_the_api_are_told_names_verdicts_and_times_of_the_steps_alone() {
    let fake = Fake::new();
    let target = target(&fake);
    let mut cases = report().cases;
    let mut other = cases[0].clone();
    "api".clone_into(&mut other.suite);
    cases.push(other);
    let took = Duration::from_millis(4200);
    publish(&target, "2026-11-21T10:00:00Z", took, &cases)
        .await
        .unwrap();
    let key = ObjectKey::report().to_string();
    let body = target.cloud.objects.get("images", &key).await.unwrap();
    let told: Value = serde_json::from_slice(&body.unwrap()).unwrap();
    let step =
        |name: &str, verdict: &str| json!({"name": name, "verdict": verdict, "millis": 2300});
    let steps = json!([
        step("s3", "passed"),
        step("rds", "failed"),
        step("empty", "failed")
    ]);
    let expected = json!({"started": "2026-11-21T10:00:00Z", "millis": 4200, "steps": steps});
    assert_eq!(told, expected);
}
