//! The resources of an environment by service, as narrow as their names allow.

use crate::cfn::{Value, concat, pseudo};
use crate::environment::Environment;
use crate::naming;
use contract::parameters;

/// Actions beyond looking that IAM cannot bind to a resource.
const WITHOUT_RESOURCES: &[&str] = &[
    "apigateway:AddCertificateToDomain",
    "acm:RequestCertificate",
    "cloudformation:BatchDescribeTypeConfigurations",
    "cloudformation:DescribeAccountLimits",
    "cloudformation:DescribeStackDriftDetectionStatus",
    "cloudformation:ListStacks",
    "cognito-idp:CreateUserPool",
    "dynamodb:DisassociateKinesisStreamingDestination",
    "ec2:CreateNetworkInterface",
    "ecr:GetAuthorizationToken",
    "kms:CreateKey",
    "lambda:CreateEventSourceMapping",
    "lambda:GetAccountSettings",
    "logs:CreateLogDelivery",
    "logs:DeleteLogDelivery",
    "logs:GetLogDelivery",
    "logs:PutResourcePolicy",
    "logs:UpdateLogDelivery",
    "secretsmanager:GetRandomPassword",
    "xray:PutTelemetryRecords",
    "xray:PutTraceSegments",
];

/// Whether an action is about no resource of its own: it looks, or IAM does not bind it.
pub fn knows_none(action: &str) -> bool {
    let verb = action.split(':').nth(1).unwrap_or_default();
    let looks = verb.starts_with("Describe") || verb.starts_with("List");
    // What a statement narrows to its stacks or buckets stays narrow.
    let narrow = action.starts_with("cloudformation:") || action.starts_with("s3:List");
    (looks && !narrow) || WITHOUT_RESOURCES.contains(&action)
}

/// The stacks of the app, the one of CI among them only to be looked at.
pub(super) fn stacks(environment: &Environment, with_ci: bool) -> Vec<Value<String>> {
    let titles = [
        "API",
        "Auth",
        "Compute",
        "Database",
        "Network",
        "Observability",
        "Registry",
        "Storage",
    ];
    let ci = with_ci.then_some("Ci");
    titles
        .into_iter()
        .chain(ci)
        .map(|title| {
            let name = naming::stack(title, environment);
            arn("cloudformation", Scope::Regional, format!("stack/{name}/*"))
        })
        .collect()
}

/// The stack of the bucket that deploys keep their code and their lock in.
pub(super) fn bootstrap() -> Vec<Value<String>> {
    let name = naming::BOOTSTRAP;
    vec![arn(
        "cloudformation",
        Scope::Regional,
        format!("stack/{name}/*"),
    )]
}

/// The bucket that deploys keep their code and their lock in.
pub(super) fn artifacts() -> Vec<Value<String>> {
    let bucket = concat([
        "arn:".into(),
        pseudo::partition(),
        ":s3:::collections-artifacts-".into(),
        pseudo::account(),
        "-".into(),
        pseudo::region(),
    ]);
    vec![bucket.clone(), concat([bucket, "/*".into()])]
}

/// The parameters of the environment.
pub(super) fn parameters(environment: &Environment) -> Vec<Value<String>> {
    let prefix = parameters::prefix(&environment.name);
    let below = |rest: &str| arn("ssm", Scope::Regional, format!("parameter{prefix}{rest}"));
    vec![below(""), below("/*")]
}

/// Where a service's resources lie.
#[derive(Clone, Copy)]
enum Scope {
    /// In an account and a region.
    Regional,
    /// In an account.
    Account,
    /// In a region of everybody's.
    Region,
    /// Anywhere.
    Nowhere,
}

/// The resources of a service; none for a service that the app has nothing in.
pub(super) fn of(service: &str, environment: &Environment) -> Vec<Value<String>> {
    let name = &environment.name;
    let own = format!("collections-{name}-*");
    let by_stack = format!("Collections*-{name}-*");
    // RDS writes names in small letters.
    let database = format!("collectionsdatabase-{name}-*");
    let (scope, names): (Scope, Vec<String>) = match service {
        "acm" => (Scope::Regional, vec!["certificate/*".into()]),
        "apigateway" => {
            let names = [
                "/apis",
                "/apis/*",
                "/domainnames",
                "/domainnames/*",
                "/tags/*",
            ];
            (Scope::Region, names.map(str::to_owned).to_vec())
        }
        "budgets" => (Scope::Account, vec![format!("budget/{own}")]),
        "cloudwatch" => {
            let alarms = format!("alarm:CollectionsObservability-{name}-*");
            let mut found = vec![arn("cloudwatch", Scope::Regional, alarms)];
            found.push(arn(
                "cloudwatch",
                Scope::Account,
                format!("dashboard/{own}"),
            ));
            return found;
        }
        "cognito-idp" => (Scope::Regional, vec!["userpool/*".into()]),
        "dynamodb" => (
            Scope::Regional,
            vec![format!("table/{own}"), format!("table/{own}/index/*")],
        ),
        "ec2" => {
            let kinds = [
                "elastic-ip",
                "internet-gateway",
                "natgateway",
                "network-interface",
                "route-table",
                "security-group",
                "security-group-rule",
                "subnet",
                "vpc",
                "vpc-endpoint",
                "vpc-flow-log",
            ];
            let names = kinds.map(|kind| format!("{kind}/*"));
            (Scope::Regional, names.to_vec())
        }
        "ecr" => (Scope::Regional, vec![format!("repository/{own}")]),
        "events" => (
            Scope::Regional,
            vec![format!("rule/{own}"), format!("rule/{by_stack}")],
        ),
        // Not `collections-<env>-ci-*`: CI does not change its own rights.
        "iam" => (Scope::Account, vec![format!("role/{by_stack}")]),
        "kms" => (Scope::Regional, vec!["key/*".into()]),
        "lambda" => (
            Scope::Regional,
            vec![format!("function:{own}"), "event-source-mapping:*".into()],
        ),
        "logs" => (
            Scope::Regional,
            vec![
                format!("log-group:/aws/*/{own}"),
                format!("log-group:{by_stack}"),
            ],
        ),
        "rds" => {
            let kinds = ["db", "cluster", "pg", "cluster-pg", "subgrp", "snapshot"];
            let mut names = kinds.map(|kind| format!("{kind}:{database}")).to_vec();
            names.push(format!("cluster-snapshot:{database}"));
            (Scope::Regional, names)
        }
        "route53" => match &environment.domain {
            Some(domain) => {
                let zone = format!("hostedzone/{}", domain.hosted_zone_id);
                (Scope::Nowhere, vec![zone, "change/*".into()])
            }
            None => return Vec::new(),
        },
        "s3" => {
            let bucket = format!("collections-{name}-images-*");
            (Scope::Nowhere, vec![bucket.clone(), format!("{bucket}/*")])
        }
        "secretsmanager" => (
            Scope::Regional,
            vec![format!("secret:{own}"), "secret:rds!*".into()],
        ),
        "sns" => (Scope::Regional, vec![own]),
        "sqs" => (Scope::Regional, vec![own]),
        _ => return Vec::new(),
    };
    names
        .into_iter()
        .map(|name| arn(service, scope, name))
        .collect()
}

fn arn(service: &str, scope: Scope, name: String) -> Value<String> {
    let (region, account) = (pseudo::region(), pseudo::account());
    let (region, account) = match scope {
        Scope::Regional => (region, account),
        Scope::Account => ("".into(), account),
        Scope::Region => (region, "".into()),
        Scope::Nowhere => ("".into(), "".into()),
    };
    concat([
        "arn:".into(),
        pseudo::partition(),
        format!(":{service}:").into(),
        region,
        ":".into(),
        account,
        ":".into(),
        name.into(),
    ])
}
