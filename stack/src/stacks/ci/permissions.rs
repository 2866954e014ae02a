//! What the roles of CI may do.

use std::collections::{BTreeMap, BTreeSet};

use super::resources;
use crate::aws::TYPES;
use crate::cfn::{Effect, Statement, Value};
use crate::environment::Environment;
use crate::naming;

/// Statements with their length in characters.
type Sized = (Statement, usize);

/// What a plan looks at, and a deploy too.
const LOOKS: &[&str] = &[
    "cloudformation:DescribeChangeSet",
    "cloudformation:DescribeEvents",
    "cloudformation:DescribeStackEvents",
    "cloudformation:DescribeStacks",
    "cloudformation:GetTemplate",
    "cloudformation:ListChangeSets",
    "cloudformation:ListStackResources",
];
const LOOKS_AT_FUNCTIONS: &[&str] = &[
    "lambda:GetAlias",
    "lambda:GetFunctionConfiguration",
    "lambda:ListVersionsByFunction",
];
const LOOKS_AT_ARTIFACTS: &[&str] = &["s3:GetObject", "s3:ListBucket"];

/// Whether the name of a bucket or a table that is to be made is taken. S3 knows no right that is
/// only for that: who may ask for a bucket may list it.
const LOOKS_AT_NAMES: &[(&str, &[&str])] = &[
    ("s3", &["s3:ListBucket"]),
    ("dynamodb", &["dynamodb:DescribeTable"]),
];

/// Whether the bucket of artifacts stands as it should. Who may make it is not CI.
const BOOTSTRAP: &[&str] = &[
    "cloudformation:DescribeStacks",
    "cloudformation:GetTemplate",
];
/// What was changed by hand, before it is overwritten.
const DRIFT: &[&str] = &[
    "cloudformation:DescribeStackResourceDrifts",
    "cloudformation:DetectStackDrift",
    "cloudformation:DetectStackResourceDrift",
];
/// Quotas, and what of the above knows no resource.
const EVERYWHERE: &[&str] = &[
    "cloudformation:BatchDescribeTypeConfigurations",
    "cloudformation:DescribeAccountLimits",
    "cloudformation:DescribeStackDriftDetectionStatus",
    "cloudformation:ListStacks",
    "lambda:GetAccountSettings",
];
/// Images go into repositories of the environment.
const PUSH: &[&str] = &[
    "ecr:BatchCheckLayerAvailability",
    "ecr:BatchGetImage",
    "ecr:CompleteLayerUpload",
    "ecr:GetDownloadUrlForLayer",
    "ecr:InitiateLayerUpload",
    "ecr:PutImage",
    "ecr:UploadLayerPart",
];

/// What a deploy does itself, beside what CloudFormation does with its rights.
const STACKS: &[&str] = &[
    "cloudformation:ContinueUpdateRollback",
    "cloudformation:CreateChangeSet",
    "cloudformation:DeleteChangeSet",
    "cloudformation:DeleteStack",
    "cloudformation:ExecuteChangeSet",
    "cloudformation:RollbackStack",
    "cloudformation:TagResource",
    "cloudformation:UpdateTerminationProtection",
];
const ARTIFACTS: &[&str] = &["s3:DeleteObject", "s3:PutObject"];
const FUNCTIONS: &[&str] = &[
    "lambda:InvokeFunction",
    "lambda:PublishVersion",
    "lambda:UpdateAlias",
    "lambda:UpdateFunctionCode",
];
const PARAMETERS: &[&str] = &[
    "ssm:DeleteParameter",
    "ssm:DeleteParameters",
    "ssm:GetParameter",
    "ssm:GetParameters",
    "ssm:GetParametersByPath",
    "ssm:PutParameter",
];
/// What the proof after a deploy needs: guests, images, logs, queues, the table.
const PROOF: &[(&str, &[&str])] = &[
    (
        "cognito-idp",
        &[
            "cognito-idp:AdminConfirmSignUp",
            "cognito-idp:AdminCreateUser",
            "cognito-idp:AdminDeleteUser",
            "cognito-idp:AdminGetUser",
            "cognito-idp:AdminSetUserPassword",
        ],
    ),
    (
        "dynamodb",
        &[
            "dynamodb:DeleteItem",
            "dynamodb:GetItem",
            "dynamodb:PutItem",
            "dynamodb:Query",
        ],
    ),
    ("logs", &["logs:FilterLogEvents"]),
    (
        "s3",
        &[
            "s3:DeleteObject",
            "s3:DeleteObjectVersion",
            "s3:GetObject",
            "s3:ListBucket",
            "s3:PutObject",
        ],
    ),
    ("secretsmanager", &["secretsmanager:GetSecretValue"]),
    ("sqs", &["sqs:GetQueueAttributes", "sqs:GetQueueUrl"]),
];

/// What both roles may: look at stacks, functions, artifacts and names.
pub(super) fn reading(environment: &Environment) -> Vec<Sized> {
    let names = LOOKS_AT_NAMES.iter().map(|(service, actions)| {
        let sid = format!("LookAtNamesOf{}", title(service));
        allow(&sid, actions, resources::of(service, environment))
    });
    let looks = [
        allow("LookAtStacks", LOOKS, resources::stacks(environment, true)),
        allow(
            "LookAtFunctions",
            LOOKS_AT_FUNCTIONS,
            resources::of("lambda", environment),
        ),
        allow(
            "LookAtArtifacts",
            LOOKS_AT_ARTIFACTS,
            resources::artifacts(),
        ),
    ];
    looks.into_iter().chain(names).collect()
}

/// What the deploying role may.
pub(super) fn deploying(environment: &Environment, types: &BTreeSet<String>) -> Vec<Sized> {
    let mut statements = vec![
        allow("Stacks", STACKS, resources::stacks(environment, false)),
        allow("Bootstrap", BOOTSTRAP, resources::bootstrap()),
        allow("Drift", DRIFT, resources::stacks(environment, false)),
        allow("Artifacts", ARTIFACTS, resources::artifacts()),
        allow("Functions", FUNCTIONS, resources::of("lambda", environment)),
        allow("Parameters", PARAMETERS, resources::parameters(environment)),
        allow(
            "ParameterKeys",
            &["ssm:DescribeParameters"],
            vec!["*".into()],
        ),
    ];
    for (service, actions) in PROOF {
        let name = format!("Prove{}", title(service));
        statements.push(allow(&name, actions, resources::of(service, environment)));
    }
    let mut everywhere: BTreeSet<&str> = EVERYWHERE.iter().copied().collect();
    if types.contains("AWS::ECR::Repository") {
        let repositories = resources::of("ecr", environment);
        statements.push(allow("PushImages", PUSH, repositories));
        everywhere.insert("ecr:GetAuthorizationToken");
    }
    for (service, actions) in by_service(types) {
        let on = resources::of(&service, environment);
        // A service that no resource of ours belongs to is named for properties that are not used.
        if on.is_empty() {
            continue;
        }
        if service == "kms" {
            statements.extend(keys(environment, &actions));
            continue;
        }
        let (wide, narrow): (BTreeSet<&str>, BTreeSet<&str>) = actions
            .into_iter()
            .partition(|action| resources::knows_none(action));
        everywhere.extend(wide);
        let mut narrow: Vec<&str> = narrow.into_iter().collect();
        if service == "iam" {
            narrow.retain(|action| *action != "iam:PassRole");
            statements.push(pass_role(environment, "lambda.amazonaws.com", "Functions"));
            let flow_logs = "vpc-flow-logs.amazonaws.com";
            statements.push(pass_role(environment, flow_logs, "FlowLogs"));
        }
        // The own roles of CI are nobody's to change from CI: their names match no pattern here.
        for (part, number) in narrow.chunks(60).zip(1..) {
            let name = format!("{}{number}", title(&service));
            statements.push(allow(&name, part, on.clone()));
        }
    }
    let everywhere: Vec<&str> = everywhere.into_iter().collect();
    for (part, number) in everywhere.chunks(90).zip(1..) {
        statements.push(allow(&format!("Look{number}"), part, vec!["*".into()]));
    }
    statements
}

/// Named by schemas and unknown to IAM, where other actions of the same handlers cover what is done.
const NO_ACTIONS: &[&str] = &[
    "apigateway:TagResource",
    "apigateway:UntagResource",
    "lambda:AssociateRuntimeAlias",
    "s3:DeleteBucketAnalyticsConfiguration",
    "s3:DeleteBucketCors",
    "s3:DeleteBucketEncryption",
    "s3:DeleteBucketLifecycle",
    "s3:DeleteBucketMetricsConfiguration",
    "s3:DeleteBucketReplication",
    "s3:GetObjectMetadata",
    "s3:PutBucketReplication",
    "s3:PutObjectLockConfiguration",
    "s3:REST.PUT.OBJECT",
];

/// The permissions that the schemas of these types name, by service.
fn by_service(types: &BTreeSet<String>) -> BTreeMap<String, BTreeSet<&'static str>> {
    let mut found: BTreeMap<String, BTreeSet<&'static str>> = BTreeMap::new();
    let used = TYPES.iter().filter(|info| types.contains(info.name));
    let named = used.flat_map(|info| {
        // Other types name keys for properties that are not used.
        let of_keys = info.name == "AWS::KMS::Key";
        let permissions = info.permissions.iter();
        permissions.filter(move |action| of_keys || !action.starts_with("kms:"))
    });
    for action in named.filter(|action| !NO_ACTIONS.contains(action)) {
        let service = action.split(':').next().unwrap_or_default();
        found.entry(service.to_owned()).or_default().insert(action);
    }
    found
}

/// Keys have no names to be told apart by, so CI reaches them through CloudFormation alone, which
/// changes those of its own stacks.
fn keys(environment: &Environment, actions: &BTreeSet<&'static str>) -> Vec<Sized> {
    let (making, using): (Vec<&str>, Vec<&str>) = actions
        .iter()
        .partition(|action| resources::knows_none(action));
    let everything = vec!["*".into()];
    [
        allow("MakeKeys", &making, everything),
        allow("Keys", &using, resources::of("kms", environment)),
    ]
    .into_iter()
    .map(|(statement, characters)| {
        let through = "cloudformation.amazonaws.com";
        let bounded = statement.when("ForAnyValue:StringEquals", "aws:CalledVia", through);
        (bounded, characters + 100)
    })
    .collect()
}

fn pass_role(environment: &Environment, service: &str, name: &str) -> Sized {
    let (statement, characters) = allow(
        &format!("PassRoleTo{name}"),
        &["iam:PassRole"],
        resources::of("iam", environment),
    );
    let bounded = statement.when("StringEquals", "iam:PassedToService", service);
    (bounded, characters + 100)
}

fn allow(sid: &str, actions: &[&str], on: Vec<Value<String>>) -> Sized {
    // A reference to account, region or partition is written out when it is counted.
    let characters =
        80 + actions.iter().map(|action| action.len() + 3).sum::<usize>() + on.len() * 110;
    let statement = Statement::new(sid, Effect::Allow, actions.iter().copied());
    let statement = on.into_iter().fold(statement, Statement::on);
    (statement, characters)
}

/// `cognito-idp` → `CognitoIdp`: a statement's id has letters and digits.
fn title(service: &str) -> String {
    naming::logical(service)
}
