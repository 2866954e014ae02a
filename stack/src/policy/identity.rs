//! Who may do what: roles, resource policies, permissions to invoke.

use super::Rule;
use super::documents::{self, Statement};
use super::site::{Found, Item, Site, describe, text_of};
use crate::stacks::ci;

/// Actions that IAM cannot bind to a resource.
const WITHOUT_RESOURCES: &[&str] = &[
    "ec2:CreateNetworkInterface",
    "ec2:DeleteNetworkInterface",
    "ec2:DescribeNetworkInterfaces",
    "ec2:DescribeSubnets",
    "xray:PutTelemetryRecords",
    "xray:PutTraceSegments",
];

/// Whether an action may be allowed on everything in this stack. The roles of CI look at more.
fn may_be_everywhere(stack: &str, action: &str) -> bool {
    WITHOUT_RESOURCES.contains(&action) || (stack == ci::STACK && ci::knows_none(action))
}

pub(super) const RULES: &[Rule] = &[
    Rule {
        id: "iam-actions-named",
        demands: "no wildcard in the actions of a statement that allows, but where a key is left to IAM",
        reason: "a wildcard grants what nobody declared, and what AWS adds tomorrow",
        check: actions_named,
    },
    Rule {
        id: "iam-resources-named",
        demands: "every statement of a role names its resources, but for actions that know none",
        reason: "a function that is taken over reaches only what it works with",
        check: resources_named,
    },
    Rule {
        id: "iam-trust-lambda",
        demands: "only the Lambda service may assume a role, but for those of CI",
        reason: "nobody borrows a function's rights",
        check: trust_lambda,
    },
    Rule {
        id: "iam-trust-ci-bounded",
        demands: "a role of CI is for one audience and one repository, the deploying one for one branch or environment",
        reason: "anybody can run a job on a public forge; only ours may take the role",
        check: trust_ci,
    },
    Rule {
        id: "iam-no-public-grant",
        demands: "no resource policy allows everybody anything",
        reason: "a bucket or queue open to the world leaks or drowns",
        check: |site| {
            let open = documents::of_resources(site)
                .filter(|statement| statement.allows() && statement.is_for_everybody());
            open.map(|statement| at(statement, "allows everybody"))
                .collect()
        },
    },
    Rule {
        id: "iam-service-bounded",
        demands: "a service that may use a resource may do so for one source of this account only",
        reason: "without a condition anybody's rule, alarm or API could act through the service",
        check: service_bounded,
    },
    Rule {
        id: "iam-invoke-bounded",
        demands: "a permission to invoke names the source it is for",
        reason: "without one any API or rule of any account could invoke the function",
        check: |site| {
            site.each("AWS::Lambda::Permission", |permission| {
                permission
                    .get("SourceArn")
                    .is_null()
                    .then(|| "no SourceArn".to_owned())
            })
        },
    },
    Rule {
        id: "function-own-role",
        demands: "every function has a role of its own, in its own stack",
        reason: "a shared role grants each function what the others need",
        check: own_role,
    },
];

fn at(statement: Statement<'_>, what: &str) -> Found {
    statement
        .holder
        .found(format!("statement {} {what}", statement.sid()))
}

fn actions_named(site: &Site<'_>) -> Vec<Found> {
    let mut found = Vec::new();
    for statement in documents::of_roles(site).chain(documents::of_resources(site)) {
        let wild = statement.actions().find(|action| action.contains('*'));
        let is_left = statement.holder.kind() == "AWS::KMS::Key" && statement.leaves_to_iam();
        if let Some(action) = wild.filter(|_| statement.allows() && !is_left) {
            found.push(at(statement, &format!("allows {action}")));
        }
        if !statement.json["NotAction"].is_null() {
            found.push(at(statement, "says NotAction"));
        }
    }
    found
}

fn resources_named(site: &Site<'_>) -> Vec<Found> {
    let allowed = documents::of_roles(site).filter(Statement::allows);
    let wide = allowed.filter_map(|statement| {
        let bound = statement
            .actions()
            .find(|action| !may_be_everywhere(statement.holder.stack.id, action))?;
        if statement.resources().is_empty() {
            return Some(at(
                statement,
                &format!("allows {bound} on no named resource"),
            ));
        }
        let resource = statement
            .resources()
            .iter()
            .filter_map(text_of)
            .find(|text| is_everything(text))?;
        Some(at(statement, &format!("allows {bound} on {resource}")))
    });
    wide.collect()
}

/// `*`, or an ARN whose last part is.
fn is_everything(resource: &str) -> bool {
    let resource = resource.replace("AWS::", "");
    let last = resource.splitn(6, ':').nth(5);
    resource == "*" || last.is_some_and(|last| matches!(last, "*" | "*/*"))
}

fn trust_lambda(site: &Site<'_>) -> Vec<Found> {
    let roles = site.of("AWS::IAM::Role");
    let trusted = roles
        .filter(|role| role.stack.id != ci::STACK)
        .flat_map(documents::trust);
    let foreign = trusted.filter(|statement| {
        statement.json["Principal"] != serde_json::json!({ "Service": "lambda.amazonaws.com" })
    });
    foreign
        .map(|statement| {
            at(
                statement,
                &format!("trusts {}", statement.json["Principal"]),
            )
        })
        .collect()
}

/// What a subject must begin with, so that it names a repository and not a part of one.
const SUBJECTS: &[&str] = &["repo:", "project_path:"];

fn trust_ci(site: &Site<'_>) -> Vec<Found> {
    let roles = site.of("AWS::IAM::Role");
    let trusted = roles.filter(|role| role.stack.id == ci::STACK);
    let trusted = trusted.flat_map(|role| documents::trust(role).map(move |one| (role, one)));
    let open = trusted.filter_map(|(role, statement)| {
        let conditions = &statement.json["Condition"];
        let value = |operator: &str, key: &str| -> Option<&str> {
            let keys = conditions[operator].as_object()?.iter();
            let mut found = keys.filter(|(name, _)| name.ends_with(key));
            found.next()?.1.as_str()
        };
        let plans = role.id == "PlanRole";
        let subject = match plans {
            true => value("StringEquals", ":sub").or_else(|| value("StringLike", ":sub")),
            false => value("StringEquals", ":sub"),
        };
        let names = |subject: &str| {
            let begins = SUBJECTS
                .iter()
                .find_map(|begin| subject.strip_prefix(begin));
            begins.is_some_and(|rest| {
                let repository = rest.split(':').next().unwrap_or_default();
                repository.contains('/') && !repository.contains('*')
            })
        };
        let federated = statement
            .actions()
            .all(|action| action == "sts:AssumeRoleWithWebIdentity");
        let bounded = value("StringEquals", ":aud").is_some() && subject.is_some_and(names);
        (!federated || !bounded).then(|| at(statement, "lets others take the role"))
    });
    open.collect()
}

fn service_bounded(site: &Site<'_>) -> Vec<Found> {
    let unbounded = documents::of_resources(site).filter(|statement| {
        let conditions = statement.json["Condition"].as_object();
        let bounded = conditions
            .into_iter()
            .flatten()
            .filter_map(|(_, keys)| keys.as_object())
            .any(|keys| {
                keys.contains_key("aws:SourceArn") || keys.contains_key("aws:SourceAccount")
            });
        statement.allows() && !statement.json["Principal"]["Service"].is_null() && !bounded
    });
    unbounded
        .map(|statement| at(statement, "names no source"))
        .collect()
}

fn own_role(site: &Site<'_>) -> Vec<Found> {
    let functions: Vec<Item<'_>> = site.of("AWS::Lambda::Function").collect();
    let role = |function: Item<'_>| -> Option<String> {
        let role = site
            .follow(function.stack, function.get("Role"))
            .filter(|role| role.kind() == "AWS::IAM::Role" && role.stack.id == function.stack.id);
        match role {
            None => Some(describe("Role", function.get("Role"))),
            Some(role) => functions
                .iter()
                .filter(|other| !other.same(function))
                .find(|other| site.leads_to(other.stack, other.get("Role"), role))
                .map(|other| format!("{} is also the role of {}", role.id, other.id)),
        }
    };
    functions
        .iter()
        .filter_map(|function| Some(function.found(role(*function)?)))
        .collect()
}
