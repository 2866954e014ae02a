//! Commands that cannot do their work: without credentials, with expired ones, in a region that does
//! not exist. Each says what is wrong and what to do next, before it builds or changes anything.
#![allow(clippy::unwrap_used, reason = "tests")]

use std::os::unix::fs::symlink;
use std::path::Path;
use std::process::{Command, Output};

use wiremock::matchers::any;
use wiremock::{Mock, MockServer, Request, ResponseTemplate};

/// All that call AWS, as one would type them.
const COMMANDS: &[&str] = &[
    "bootstrap --env dev",
    "db status --env dev",
    "deploy --env dev --yes",
    "deploy --env dev --function api --yes",
    "destroy --env dev",
    "diff --env dev",
    "drift --env dev",
    "images upload --env dev golden/images",
    "logs --env dev",
    "metrics --env dev",
    "queues status --env dev",
    "rollback --env dev --yes",
    "secrets diff --env dev",
    "secrets populate --env dev",
    "seed golden --env dev",
    "status --env dev",
    "test-all --env dev",
    "test-infra --env dev",
    "unlock --env dev --id x",
    "users list --env dev",
];

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn expired_credentials_are_named_by_every_command() {
    let aws = MockServer::start().await;
    Mock::given(any()).respond_with(expired).mount(&aws).await;
    let project = project();
    for arguments in COMMANDS {
        let run = command(project.path(), arguments)
            .env("AWS_ENDPOINT_URL", aws.uri())
            .env("AWS_ACCESS_KEY_ID", "AKIAEXPIREDEXAMPLE")
            .env("AWS_SECRET_ACCESS_KEY", "EXPIRED-SECRET")
            .env("AWS_SESSION_TOKEN", "EXPIRED-TOKEN")
            .output()
            .unwrap();
        let said = refused(arguments, &run, 4);
        assert!(said.contains("does not accept"), "{arguments}: {said}");
        assert!(said.contains("aws sso login"), "{arguments}: {said}");
        assert!(!said.contains("EXPIRED-"), "{arguments}: {said}");
    }
    assert!(!aws.received_requests().await.unwrap().is_empty());
}

/// In the format of the protocol that the call is in.
fn expired(request: &Request) -> ResponseTemplate {
    let header = |name| {
        let value = request
            .headers
            .get(name)
            .and_then(|value| value.to_str().ok());
        value.unwrap_or_default().to_owned()
    };
    let words = "The security token included in the request is expired";
    if !header("x-amz-target").is_empty() {
        let body = format!(r#"{{"__type":"ExpiredTokenException","message":"{words}"}}"#);
        return ResponseTemplate::new(400).set_body_raw(body, "application/x-amz-json-1.1");
    }
    if header("content-type").starts_with("application/x-www-form-urlencoded") {
        let body = format!(
            "<ErrorResponse><Error><Type>Sender</Type><Code>ExpiredToken</Code>\
             <Message>{words}</Message></Error><RequestId>r</RequestId></ErrorResponse>"
        );
        return ResponseTemplate::new(403).set_body_raw(body, "text/xml");
    }
    if request.url.path().starts_with("/20") {
        return ResponseTemplate::new(403)
            .insert_header("x-amzn-errortype", "ExpiredTokenException")
            .set_body_raw(format!(r#"{{"message":"{words}"}}"#), "application/json");
    }
    let body = format!("<Error><Code>ExpiredToken</Code><Message>{words}</Message></Error>");
    ResponseTemplate::new(400).set_body_raw(body, "application/xml")
}

#[test]
fn a_machine_without_credentials_is_told_to_sign_in() {
    let project = project();
    for arguments in COMMANDS {
        let run = command(project.path(), arguments).output().unwrap();
        let said = refused(arguments, &run, 4);
        assert!(said.contains("credentials"), "{arguments}: {said}");
        assert!(said.contains("aws sso login"), "{arguments}: {said}");
    }
}

#[test]
fn a_report_that_cannot_be_written_does_not_hide_why_the_deploy_failed() {
    let project = project();
    let arguments = "deploy --env dev --yes --report nowhere/report.html";
    let run = command(project.path(), arguments).output().unwrap();
    let said = refused(arguments, &run, 4);
    assert!(said.contains("credentials"), "{said}");
    assert!(said.contains("nowhere/report.html"), "{said}");
}

#[test]
fn a_misspelt_region_is_refused_before_anything_is_called() {
    let project = project();
    let dev = std::fs::read_to_string(project.path().join("environments/dev.yaml")).unwrap();
    let wrong = dev.replace("us-east-1", "us-esat-1");
    std::fs::write(project.path().join("environments/dev.yaml"), wrong).unwrap();
    for arguments in COMMANDS {
        let run = command(project.path(), arguments).output().unwrap();
        let said = refused(arguments, &run, 3);
        assert!(
            said.contains("us-esat-1, a region that is not known"),
            "{arguments}: {said}"
        );
        assert!(
            said.contains("known are eu-central-1, "),
            "{arguments}: {said}"
        );
    }
}

/// What it said, after it has failed with this code and built nothing.
fn refused(arguments: &str, run: &Output, code: i32) -> String {
    let said = String::from_utf8_lossy(&run.stderr).into_owned();
    // Its exit code is an answer: none, changes, or one for every error.
    let code = if arguments.starts_with("diff ") {
        1
    } else {
        code
    };
    assert_eq!(run.status.code(), Some(code), "{arguments}: {said}");
    assert!(!said.contains("build the functions"), "{arguments}: {said}");
    said
}

/// A project with environment files of its own.
fn project() -> tempfile::TempDir {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).parent().unwrap();
    let folder = tempfile::tempdir().unwrap();
    for name in ["Cargo.toml", "golden"] {
        symlink(root.join(name), folder.path().join(name)).unwrap();
    }
    std::fs::create_dir(folder.path().join("environments")).unwrap();
    for name in ["dev.yaml", "local.yaml"] {
        let file = format!("environments/{name}");
        std::fs::copy(root.join(&file), folder.path().join(&file)).unwrap();
    }
    folder
}

/// The tool with nothing of this machine's account.
fn command(root: &Path, arguments: &str) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_xtask"));
    command
        .arg("--root")
        .arg(root)
        .args(arguments.split_whitespace())
        .env_clear()
        .env("PATH", std::env::var_os("PATH").unwrap_or_default())
        .env("HOME", root)
        .env("AWS_EC2_METADATA_DISABLED", "true")
        .current_dir(root);
    command
}
