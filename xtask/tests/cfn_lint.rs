//! cfn-lint finds neither an error nor a warning in any template of any variant.

#![allow(clippy::unwrap_used, reason = "tests")]

mod common;

use std::path::PathBuf;
use std::process::Command;

use common::cases;
use stack::app::App;

fn program() -> PathBuf {
    std::env::var_os("COLLECTIONS_CFN_LINT")
        .map(PathBuf::from)
        .expect("run it by `cargo xtask test cfn_lint`, which installs cfn-lint and says where")
}

fn lint(files: &[PathBuf]) -> (bool, String) {
    let output = Command::new(program())
        .args(["--regions", "us-east-1", "--format", "parseable", "--"])
        .args(files)
        .output()
        .unwrap();
    (
        output.status.success(),
        String::from_utf8_lossy(&output.stdout).into_owned(),
    )
}

#[test]
fn cfn_lint_finds_nothing_in_any_variant() {
    let folder = tempfile::tempdir().unwrap();
    let mut files = Vec::new();
    for (name, environment) in cases() {
        for stack in App::render(&environment).unwrap().stacks {
            let file = folder
                .path()
                .join(format!("{name}-{}.json", stack.id).replace(' ', "_"));
            std::fs::write(&file, stack.template.to_string()).unwrap();
            files.push(file);
        }
    }
    let (passed, found) = lint(&files);
    assert!(passed, "{found}");
}

#[test]
fn cfn_lint_finds_what_is_wrong() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("broken.json");
    let broken =
        r#"{"Resources": {"Queue": {"Type": "AWS::SQS::Queue", "Properties": {"No": 1}}}}"#;
    std::fs::write(&file, broken).unwrap();
    let (passed, found) = lint(&[file]);
    assert!(!passed && found.contains("E3002"), "{found}");
}
