//! The roles of CI: who may take them, and that they reach this environment and not themselves. That
//! they may do what a deploy does is tested where deploys are: `xtask/src/engine/tests/ci.rs`.

mod common;

use std::collections::BTreeSet;

use common::{kind, render};
use serde_json::Value;

fn template(name: &str) -> Value {
    let app = render(&kind(name));
    let stack = app.stack("ci").expect("a stack for CI");
    stack.template.clone()
}

fn statements(template: &Value, policies: &str) -> Vec<Value> {
    let resources = template["Resources"].as_object().expect("resources");
    let policies = resources.iter().filter(|(id, _)| id.starts_with(policies));
    policies
        .flat_map(|(_, policy)| {
            let list = &policy["Properties"]["PolicyDocument"]["Statement"];
            match list {
                Value::Array(list) => list.clone(),
                one => vec![one.clone()],
            }
        })
        .collect()
}

fn actions(statements: &[Value]) -> BTreeSet<String> {
    let actions = statements
        .iter()
        .flat_map(|statement| match &statement["Action"] {
            Value::Array(list) => list.clone(),
            one => vec![one.clone()],
        });
    actions
        .map(|action| action.as_str().expect("an action").to_owned())
        .collect()
}

#[test]
fn environments_have_roles_for_ci_only_where_they_ask_for_them() {
    for name in ["local", "dev", "staging", "prod"] {
        assert!(render(&kind(name)).stack("ci").is_none(), "{name}");
    }
    let provider = |name: &str| template(name)["Resources"]["Provider"].clone();
    assert_eq!(provider("github")["Type"], "AWS::IAM::OIDCProvider");
    assert!(provider("gitlab").is_null(), "the account has it already");
}

#[test]
fn a_pull_request_reads_and_only_the_protected_environment_deploys() {
    let template = template("github");
    let subject = |role: &str| {
        let trust = &template["Resources"][role]["Properties"]["AssumeRolePolicyDocument"];
        let statement = trust.pointer("/Statement/0").expect("a statement");
        statement["Condition"]["StringEquals"]["token.actions.githubusercontent.com:sub"].clone()
    };
    assert_eq!(subject("PlanRole"), "repo:example/collections:pull_request");
    assert_eq!(
        subject("DeployRole"),
        "repo:example/collections:environment:prod"
    );
    let changing = [
        "Create", "Put", "Delete", "Update", "Execute", "Invoke", "Pass", "Tag",
    ];
    for action in actions(&statements(&template, "Reading")) {
        let verb = action.split(':').nth(1).expect("a verb");
        assert!(
            !changing.iter().any(|word| verb.starts_with(word)),
            "{action}"
        );
    }
}

#[test]
fn ci_may_do_nothing_with_what_is_not_in_use_nor_to_its_own_roles() {
    let deploying = statements(&template("github"), "Deploying");
    let all = actions(&deploying);
    for foreign in [
        "ecr:CreateRepository",
        "route53:ChangeResourceRecordSets",
        "kinesis:",
        "kms:CreateGrant",
    ] {
        assert!(
            !all.iter().any(|action| action.starts_with(foreign)),
            "{foreign}"
        );
    }
    let said = Value::Array(deploying).to_string();
    assert!(
        !said.contains("CollectionsCi-"),
        "it may change its own stack"
    );
    assert!(
        !said.contains("collections-prod-ci-"),
        "it may change its own roles"
    );
}

#[test]
fn every_policy_fits_into_what_iam_takes() {
    for name in ["github", "gitlab"] {
        let template = template(name);
        let resources = template["Resources"].as_object().expect("resources");
        let policies = resources
            .values()
            .filter(|resource| resource["Type"] == "AWS::IAM::ManagedPolicy");
        let mut count = 0;
        for policy in policies {
            count += 1;
            let text = policy["Properties"]["PolicyDocument"].to_string();
            let written = text.replace("${AWS::Partition}", "aws");
            let written = written.replace("${AWS::Region}", "ap-southeast-1");
            let written = written.replace("${AWS::AccountId}", "123456789012");
            assert!(
                written.len() <= 6_144,
                "{name}: {} characters",
                written.len()
            );
        }
        assert!((2..=10).contains(&count), "{name}: {count} policies");
    }
}
