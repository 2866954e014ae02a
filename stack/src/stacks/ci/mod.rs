//! The roles that CI takes: one that reads, for pull requests, and one that deploys, for the branch
//! that is protected. No key is stored anywhere: the forge says who it is by OpenID Connect.
//!
//! What the deploying role may do follows from what is deployed: the permissions that the schemas
//! of the resource types in use name, on the resources of this environment.

mod permissions;
mod resources;

pub use resources::knows_none;

use std::collections::BTreeSet;

use crate::aws::iam::{ManagedPolicy, OIDCProvider, Role};
use crate::cfn::{Handle, PolicyDocument, Statement, Template, Value};
use crate::environment::{Ci, CiHost, Environment};
use crate::naming;

/// The stack's short id.
pub const STACK: &str = "ci";

/// How long a role that was taken is good for: a deploy that makes a database takes most of an hour.
pub const SESSION_SECONDS: u32 = 7_200;

/// A managed policy holds 6,144 characters; references to other resources are counted generously.
const POLICY_CHARACTERS: usize = 5_000;

/// The template, where the environment asks for it. `types` are the resource types in use.
pub fn build(environment: &Environment, types: &BTreeSet<String>) -> Option<Template> {
    let ci = environment.ci.as_ref()?;
    let mut template = Template::new(
        STACK,
        naming::stack("Ci", environment),
        "Roles that CI takes by OpenID Connect.",
    );
    let provider = provider(&mut template, ci);
    let plan = role(&mut template, environment, ci, &provider, Task::Plan);
    let deploy = role(&mut template, environment, ci, &provider, Task::Deploy);
    let reading = permissions::reading(environment);
    policies(&mut template, "Reading", &[&plan, &deploy], reading);
    let deploying = permissions::deploying(environment, types);
    policies(&mut template, "Deploying", &[&deploy], deploying);
    template.output("PlanRoleArn", plan.arn());
    template.output("DeployRoleArn", deploy.arn());
    Some(template)
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Task {
    Plan,
    Deploy,
}

/// An account has one provider for each forge; where another stack has made it, its ARN is said.
fn provider(template: &mut Template, ci: &Ci) -> Value<String> {
    match &ci.provider_arn {
        Some(arn) => arn.as_str().into(),
        None => template
            .add(
                "Provider",
                OIDCProvider::new()
                    .url(ci.host.issuer())
                    .client_id_list([ci.host.audience()]),
            )
            .arn(),
    }
}

fn role(
    template: &mut Template,
    environment: &Environment,
    ci: &Ci,
    provider: &Value<String>,
    task: Task,
) -> Handle<Role> {
    let issuer = ci.host.issuer().trim_start_matches("https://");
    let (operator, subject) = subject(environment, ci, task);
    let trust = Statement::allow("Trust", ["sts:AssumeRoleWithWebIdentity"])
        .federated(provider.clone())
        .when("StringEquals", &format!("{issuer}:aud"), ci.host.audience())
        .when(operator, &format!("{issuer}:sub"), subject);
    let (logical, does) = match task {
        Task::Plan => ("PlanRole", "plans"),
        Task::Deploy => ("DeployRole", "deploys"),
    };
    template.add(
        logical,
        Role::new(PolicyDocument::new([trust]))
            .role_name(naming::resource(
                environment,
                match task {
                    Task::Plan => "ci-plan",
                    Task::Deploy => "ci-deploy",
                },
            ))
            .description(format!(
                "CI of {} {does} {}",
                ci.repository, environment.name
            ))
            .max_session_duration(SESSION_SECONDS),
    )
}

/// Whom the forge must say that it is. Whoever may open a pull request may read, no more.
fn subject(environment: &Environment, ci: &Ci, task: Task) -> (&'static str, String) {
    let (repository, branch) = (&ci.repository, &ci.branch);
    match (ci.host, task) {
        (CiHost::Github, Task::Plan) => ("StringEquals", format!("repo:{repository}:pull_request")),
        (CiHost::Github, Task::Deploy) => {
            let name = &environment.name;
            (
                "StringEquals",
                format!("repo:{repository}:environment:{name}"),
            )
        }
        // A merge request runs on its own branch.
        (CiHost::Gitlab, Task::Plan) => (
            "StringLike",
            format!("project_path:{repository}:ref_type:branch:ref:*"),
        ),
        (CiHost::Gitlab, Task::Deploy) => (
            "StringEquals",
            format!("project_path:{repository}:ref_type:branch:ref:{branch}"),
        ),
    }
}

/// Statements in as many policies as they need, on these roles.
fn policies(
    template: &mut Template,
    logical: &str,
    roles: &[&Handle<Role>],
    statements: Vec<(Statement, usize)>,
) {
    let mut parts: Vec<(Vec<Statement>, usize)> = Vec::new();
    for (statement, characters) in statements {
        match parts.last_mut() {
            Some((part, so_far)) if *so_far + characters <= POLICY_CHARACTERS => {
                part.push(statement);
                *so_far += characters;
            }
            _ => parts.push((vec![statement], characters)),
        }
    }
    for ((part, _), number) in parts.into_iter().zip(1..) {
        let roles: Vec<Value<String>> = roles.iter().map(|role| (*role).into()).collect();
        template.add(
            format!("{logical}{number}"),
            ManagedPolicy::new(PolicyDocument::new(part)).roles(roles),
        );
    }
}
