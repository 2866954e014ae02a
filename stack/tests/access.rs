//! Each role against what its function declared, worked out a second time and by other means than
//! the stack's: every action on every resource under every condition, no more and no less.

mod common;

use std::collections::BTreeSet;

use common::{kind, render};
use contract::access::{Permission, Resource};
use contract::function::{Declaration, Trigger};
use contract::{functions, objects};
use serde_json::Value as Json;
use stack::environment::{Database, Environment, Packaging};

/// One thing a function may do: action, resource, condition.
type Right = (String, String, String);

/// One environment of each sort that makes a difference to roles.
const KINDS: [&str; 6] = [
    "local",
    "dev",
    "prod",
    "aurora, private",
    "external, private",
    "images",
];

#[test]
fn each_role_grants_what_its_function_declared_and_nothing_else() {
    for kind_name in KINDS {
        let environment = kind(kind_name);
        let app = render(&environment);
        let compute = &app.stack("compute").expect("the functions").template;
        for function in functions::all() {
            let granted = rights_of(compute, &function);
            let declared = expected(&environment, &function, &function.permissions);
            let (more, less): (Vec<_>, Vec<_>) = (
                granted.difference(&declared).collect(),
                declared.difference(&granted).collect(),
            );
            let name = function.name;
            assert!(
                more.is_empty(),
                "{kind_name}: {name} has undeclared {more:#?}"
            );
            assert!(less.is_empty(), "{kind_name}: {name} lacks {less:#?}");
        }
    }
}

#[test]
fn no_grant_is_idle_dropping_one_changes_the_role() {
    // The sort of environment in which every grant stands for something.
    let environment = kind("aurora, private");
    let app = render(&environment);
    let compute = &app.stack("compute").expect("the functions").template;
    for function in functions::all() {
        let granted = rights_of(compute, &function);
        for dropped in &function.permissions {
            let kept: Vec<Permission> = function
                .permissions
                .iter()
                .filter(|permission| permission.name != dropped.name)
                .cloned()
                .collect();
            let without = expected(&environment, &function, &kept);
            let (function, dropped) = (function.name, &dropped.name);
            assert_ne!(granted, without, "{function}: {dropped} grants nothing");
        }
    }
}

#[test]
fn no_role_has_a_wildcard_action_or_an_open_resource_without_need() {
    let free = ["ec2:CreateNetworkInterface", "ec2:DeleteNetworkInterface"]
        .into_iter()
        .chain(["ec2:DescribeNetworkInterfaces", "ec2:DescribeSubnets"])
        .chain(["xray:PutTelemetryRecords", "xray:PutTraceSegments"]);
    let free: BTreeSet<&str> = free.collect();
    for kind_name in KINDS {
        let app = render(&kind(kind_name));
        let compute = &app.stack("compute").expect("the functions").template;
        for function in functions::all() {
            for (action, resource, _) in rights_of(compute, &function) {
                assert!(!action.contains('*'), "{}: {action}", function.name);
                let open = resource == "*" && !free.contains(action.as_str());
                assert!(!open, "{}: {action} on everything", function.name);
            }
        }
    }
}

#[test]
fn a_function_gets_the_variables_it_declared_and_no_other() {
    // What an environment has no value for is left out.
    let optional = [
        "CHAT_HISTORY_FOLDER",
        "DB_CA_FILE",
        "DB_CLUSTER_ARN",
        "OLLAMA_BASE_URL",
    ];
    for kind_name in KINDS {
        let app = render(&kind(kind_name));
        let resources = &app.stack("compute").expect("the functions").template["Resources"];
        for function in functions::all() {
            let logical = stack::naming::logical(function.name);
            let variables = &resources[format!("{logical}Function")]["Properties"]["Environment"];
            let variables = variables["Variables"].as_object().expect("variables");
            let given: BTreeSet<&str> = variables.keys().map(String::as_str).collect();
            let declared: BTreeSet<&str> = function
                .environment_keys()
                .iter()
                .map(|key| key.name())
                .collect();
            let undeclared: Vec<_> = given.difference(&declared).collect();
            assert!(undeclared.is_empty(), "{}: {undeclared:?}", function.name);
            let mut missing = declared.difference(&given);
            assert!(
                missing.all(|name| optional.contains(name)),
                "{kind_name}: {} lacks one of {declared:?}",
                function.name
            );
        }
    }
}

/// What the rendered role allows.
fn rights_of(compute: &Json, function: &Declaration) -> BTreeSet<Right> {
    let logical = stack::naming::logical(function.name);
    let role = &compute["Resources"][format!("{logical}Role")]["Properties"];
    let mut rights = BTreeSet::new();
    for policy in role["Policies"].as_array().expect("policies") {
        for statement in many(&policy["PolicyDocument"]["Statement"]) {
            assert_eq!(statement["Effect"], "Allow", "roles only allow");
            let condition = match &statement["Condition"] {
                Json::Null => String::new(),
                condition => condition.to_string(),
            };
            for action in many(&statement["Action"]) {
                for resource in many(&statement["Resource"]) {
                    let action = action.as_str().expect("an action").to_owned();
                    rights.insert((action, text(resource), condition.clone()));
                }
            }
        }
    }
    rights
}

fn many(value: &Json) -> Vec<&Json> {
    match value {
        Json::Array(items) => items.iter().collect(),
        one => vec![one],
    }
}

/// Every form of reference in the spelling of `Fn::Sub`.
fn text(value: &Json) -> String {
    let attribute = &value["Fn::GetAtt"];
    match (
        value.as_str(),
        value["Fn::Sub"].as_str(),
        value["Ref"].as_str(),
    ) {
        (Some(text), ..) | (_, Some(text), _) => text.to_owned(),
        (_, _, Some(name)) => format!("${{{name}}}"),
        _ => format!(
            "${{{}.{}}}",
            attribute[0].as_str().expect("a resource"),
            attribute[1].as_str().expect("an attribute")
        ),
    }
}

/// What a function with these permissions must be allowed.
fn expected(
    environment: &Environment,
    function: &Declaration,
    permissions: &[Permission],
) -> BTreeSet<Right> {
    let mut rights = running(environment, function);
    for statement in permissions
        .iter()
        .flat_map(|permission| &permission.statements)
    {
        let Some((resource, condition)) = resource(environment, &statement.resource) else {
            continue;
        };
        for action in statement.actions {
            rights.insert(((*action).to_owned(), resource.clone(), condition.clone()));
        }
    }
    rights
}

/// A resource's ARN and the condition that narrows it; none where the environment has no such.
fn resource(environment: &Environment, resource: &Resource) -> Option<(String, String)> {
    let name = &environment.name;
    let here = |service: &str, rest: &str| {
        format!("arn:${{AWS::Partition}}:{service}:${{AWS::Region}}:${{AWS::AccountId}}:{rest}")
    };
    let arn = match resource {
        Resource::Bucket => "${BucketArn}".to_owned(),
        Resource::Objects(objects::Kind::Image) => "${BucketArn}/*/images/*".to_owned(),
        Resource::Objects(objects::Kind::Thumbnail) => "${BucketArn}/*/thumbnails/*".to_owned(),
        Resource::Objects(objects::Kind::Checkpoint) => "${BucketArn}/*/checkpoints/*".to_owned(),
        Resource::Objects(objects::Kind::Report) => "${BucketArn}/operator/reports/*".to_owned(),
        Resource::DatabaseSecret => "${DatabaseSecretArn}".to_owned(),
        Resource::DatabaseCluster if environment.database != Database::Aurora => return None,
        Resource::DatabaseCluster => "${DatabaseClusterArn}".to_owned(),
        Resource::Parameter(spec) => here(
            "ssm",
            &format!("parameter/collections/{name}/{}", spec.name),
        ),
        Resource::ProbeParameters => {
            here("ssm", &format!("parameter/collections/{name}/ops/probe/*"))
        }
        Resource::Bus(_) => here("events", "event-bus/default"),
        Resource::CheckpointTable => "${CheckpointTableArn}".to_owned(),
        Resource::CheckpointIndex => {
            "${CheckpointTableArn}/index/user_id-last_activity-index".to_owned()
        }
    };
    let condition = match resource {
        Resource::Bus(event) => format!(
            r#"{{"StringEquals":{{"events:detail-type":"{}","events:source":"{}"}}}}"#,
            event.detail_type, event.source
        ),
        _ => String::new(),
    };
    Some((arn, condition))
}

/// What every function needs to run at all.
fn running(environment: &Environment, function: &Declaration) -> BTreeSet<Right> {
    let logical = stack::naming::logical(function.name);
    let image = match environment.function(function.name).packaging {
        Packaging::Zip => "",
        Packaging::Image => "-image",
    };
    let logs = format!(
        "arn:${{AWS::Partition}}:logs:${{AWS::Region}}:${{AWS::AccountId}}:\
         log-group:/aws/lambda/collections-{}-{}{image}:*",
        environment.name, function.name
    );
    let mut rights = vec![
        ("logs:CreateLogStream", logs.clone()),
        ("logs:PutLogEvents", logs),
        ("sqs:SendMessage", format!("${{{logical}DeadLetters.Arn}}")),
    ];
    let queued = function
        .triggers
        .iter()
        .any(|trigger| matches!(trigger, Trigger::Events { .. }));
    if queued {
        let queue = format!("${{{logical}Queue.Arn}}");
        rights.push(("sqs:DeleteMessage", queue.clone()));
        rights.push(("sqs:GetQueueAttributes", queue.clone()));
        rights.push(("sqs:ReceiveMessage", queue));
    }
    let everything = || "*".to_owned();
    if environment.tracing {
        rights.push(("xray:PutTelemetryRecords", everything()));
        rights.push(("xray:PutTraceSegments", everything()));
    }
    if environment.is_private() {
        rights.push(("ec2:CreateNetworkInterface", everything()));
        rights.push(("ec2:DeleteNetworkInterface", everything()));
        rights.push(("ec2:DescribeNetworkInterfaces", everything()));
        rights.push(("ec2:DescribeSubnets", everything()));
    }
    let rights = rights
        .into_iter()
        .map(|(action, resource)| (action.to_owned(), resource, String::new()));
    rights.collect()
}
