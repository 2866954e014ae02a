//! From grants to policies: the same declarations that bound the functions' clients.

use contract::access::{Permission, Resource};
use contract::function::{Declaration, Trigger};
use contract::parameters;

use super::Imports;
use crate::aws::iam::{Policy, Role};
use crate::aws::sqs::Queue;
use crate::cfn::{Effect, Handle, PolicyDocument, Statement, Template, Value, concat, pseudo};
use crate::environment::Environment;
use crate::stacks::storage::ACTIVITY_INDEX;

/// The function's own resources, which its role may use.
pub(super) struct Own<'a> {
    pub(super) log_group: Value<String>,
    pub(super) dead_letters: &'a Handle<Queue>,
    pub(super) queue: Option<&'a Handle<Queue>>,
}

/// The role of one function: what it declared, and what running at all takes.
pub(super) fn role(
    template: &mut Template,
    environment: &Environment,
    declaration: &Declaration,
    imports: &Imports,
    own: &Own<'_>,
    logical: &str,
) -> Handle<Role> {
    let granted = declaration
        .permissions
        .iter()
        .flat_map(|permission| statements(environment, permission, imports));
    let document = PolicyDocument::new(granted.chain(running(environment, declaration, own)));
    template.add(
        format!("{logical}Role"),
        Role::new(PolicyDocument::trust("lambda.amazonaws.com"))
            .description(format!("The {} function", declaration.name))
            .policies([Policy::new("declared", document)]),
    )
}

fn statements(
    environment: &Environment,
    permission: &Permission,
    imports: &Imports,
) -> Vec<Statement> {
    let mut index = 0;
    permission
        .statements
        .iter()
        .filter_map(|statement| {
            let resource = arn(environment, &statement.resource, imports)?;
            index += 1;
            // Statement ids are unique within a policy.
            let sid = match index {
                1 => permission.name.clone(),
                more => format!("{}{more}", permission.name),
            };
            let allowed = Statement::new(&sid, Effect::Allow, statement.actions.iter().copied());
            Some(bounded(allowed.on(resource), &statement.resource))
        })
        .collect()
}

/// The resource's ARN, or none where the environment has no such thing.
fn arn(environment: &Environment, resource: &Resource, imports: &Imports) -> Option<Value<String>> {
    let parameter = |name: &str| {
        let path = format!("{}/{name}", parameters::prefix(&environment.name));
        here("ssm", format!("parameter{path}").into())
    };
    Some(match resource {
        Resource::Objects(kind) => concat([
            imports.bucket_arn.clone(),
            format!("/{}", kind.pattern()).into(),
        ]),
        Resource::Bucket => imports.bucket_arn.clone(),
        Resource::DatabaseSecret => imports.database_secret.clone(),
        Resource::DatabaseCluster => imports.database_cluster.clone()?,
        Resource::Parameter(spec) => parameter(spec.name),
        Resource::ProbeParameters => parameter(&format!("{}/*", parameters::PROBE_FOLDER)),
        Resource::Bus(_) => here("events", "event-bus/default".into()),
        Resource::CheckpointTable => imports.table_arn.clone(),
        Resource::CheckpointIndex => concat([
            imports.table_arn.clone(),
            format!("/index/{ACTIVITY_INDEX}").into(),
        ]),
    })
}

/// The bus is one for all; the condition narrows it to the one event.
fn bounded(statement: Statement, resource: &Resource) -> Statement {
    match resource {
        Resource::Bus(event) => statement
            .when("StringEquals", "events:source", event.source)
            .when("StringEquals", "events:detail-type", event.detail_type),
        _ => statement,
    }
}

/// What every function of this kind needs to run at all.
fn running(environment: &Environment, declaration: &Declaration, own: &Own<'_>) -> Vec<Statement> {
    let mut statements = vec![
        Statement::allow("WriteLogs", ["logs:CreateLogStream", "logs:PutLogEvents"])
            .on(concat([own.log_group.clone(), ":*".into()])),
        Statement::allow("SendDeadLetters", ["sqs:SendMessage"]).on(own.dead_letters.arn()),
    ];
    if let Some(queue) = own.queue.filter(|_| is_event_driven(declaration)) {
        let receive = [
            "sqs:DeleteMessage",
            "sqs:GetQueueAttributes",
            "sqs:ReceiveMessage",
        ];
        statements.push(Statement::allow("ReceiveEvents", receive).on(queue.arn()));
    }
    if environment.tracing {
        // X-Ray knows no resources.
        let trace = ["xray:PutTelemetryRecords", "xray:PutTraceSegments"];
        statements.push(Statement::allow("Trace", trace).on("*"));
    }
    if environment.is_private() {
        // Network interfaces do not exist yet when permission for them is asked.
        let attach = [
            "ec2:CreateNetworkInterface",
            "ec2:DeleteNetworkInterface",
            "ec2:DescribeNetworkInterfaces",
            "ec2:DescribeSubnets",
        ];
        statements.push(Statement::allow("AttachToNetwork", attach).on("*"));
    }
    statements
}

fn is_event_driven(declaration: &Declaration) -> bool {
    declaration
        .triggers
        .iter()
        .any(|trigger| matches!(trigger, Trigger::Events { .. }))
}

/// An ARN in this account and region.
pub(in crate::stacks) fn here(service: &str, rest: Value<String>) -> Value<String> {
    concat([
        "arn:".into(),
        pseudo::partition(),
        format!(":{service}:").into(),
        pseudo::region(),
        ":".into(),
        pseudo::account(),
        ":".into(),
        rest,
    ])
}
