//! Running the whole: what survives, what is watched, what it may cost.

use super::Rule;
use super::site::{Found, Item, Site, describe};
use crate::naming;

/// The types that hold what cannot be made again, and what becomes of them when they leave a
/// template: `Retain` or a last `Snapshot`.
pub const STATEFUL: &[(&str, &str)] = &[
    ("AWS::Cognito::UserPool", "Retain"),
    ("AWS::DynamoDB::Table", "Retain"),
    ("AWS::Lambda::Version", "Retain"),
    ("AWS::RDS::DBCluster", "Snapshot"),
    ("AWS::RDS::DBInstance", "Snapshot"),
    ("AWS::S3::Bucket", "Retain"),
];

pub(super) const RULES: &[Rule] = &[
    Rule {
        id: "stateful-kept",
        demands: "what holds state stays, or leaves a snapshot, when it goes or is replaced",
        reason: "a renamed resource must not cost the data in it",
        check: stateful_kept,
    },
    Rule {
        id: "stack-protected",
        demands: "where the environment is protected, its stacks refuse deletion",
        reason: "one wrong click must not be enough",
        check: |site| {
            let open = site.app.stacks.iter().filter(|stack| {
                site.environment.protection.deletion && !stack.termination_protection
            });
            open.map(|stack| Found::in_stack(stack.id, "no termination protection"))
                .collect()
        },
    },
    Rule {
        id: "stack-tagged",
        demands: "every stack carries the tags Application, Environment and Stack",
        reason: "cost and ownership are read from tags; the budget counts by them",
        check: |site| {
            let mut found = Vec::new();
            for stack in &site.app.stacks {
                let environment = stack.tags.get("Environment");
                for tag in ["Application", "Environment", "Stack"] {
                    if !stack.tags.contains_key(tag) {
                        found.push(Found::in_stack(stack.id, format!("no tag {tag}")));
                    }
                }
                if environment.is_some_and(|value| *value != site.environment.name) {
                    found.push(Found::in_stack(
                        stack.id,
                        format!("Environment is {environment:?}"),
                    ));
                }
            }
            found
        },
    },
    Rule {
        id: "no-exports",
        demands: "values cross stacks as parameters, never as exports",
        reason: "an export in use cannot change, so replacing its producer deadlocks",
        check: no_exports,
    },
    Rule {
        id: "log-retention",
        demands: "every log group keeps lines as long as retention.logs_days says",
        reason: "without a limit logs cost more every month, and keep what should be forgotten",
        check: |site| {
            let days = site.environment.retention.logs_days;
            site.each("AWS::Logs::LogGroup", |group| {
                group.unless("RetentionInDays", days)
            })
        },
    },
    Rule {
        id: "alarms-wanted",
        demands: "prod has alarms",
        reason: "users must not be the ones who notice",
        check: |site| {
            let missing = site.environment.name == "prod"
                && site.of("AWS::CloudWatch::Alarm").next().is_none();
            missing
                .then(|| Found::in_stack("observability", "no alarm at all"))
                .into_iter()
                .collect()
        },
    },
    Rule {
        id: "alarm-per-function",
        demands: "where there are alarms, one watches each function's failures",
        reason: "failures of a function behind a queue are seen by nobody else",
        check: |site| {
            unwatched(site, "AWS::Lambda::Function", |function| {
                let name = function.text("FunctionName")?;
                Some(("Errors", "FunctionName", name.to_owned()))
            })
        },
    },
    Rule {
        id: "alarm-per-queue",
        demands: "where there are alarms, one watches each queue: what waits, or what died",
        reason: "waiting and dead events are work that people believe done",
        check: |site| {
            let dead = |name: &str| {
                let functions = site.app.functions.iter();
                functions
                    .map(|one| naming::resource(site.environment, &format!("{}-dead", one.name)))
                    .any(|queue| queue == name)
            };
            unwatched(site, "AWS::SQS::Queue", |queue| {
                let name = queue.text("QueueName")?;
                let metric = match dead(name) {
                    true => "ApproximateNumberOfMessagesVisible",
                    false => "ApproximateAgeOfOldestMessage",
                };
                Some((metric, "QueueName", name.to_owned()))
            })
        },
    },
    Rule {
        id: "alarm-tells",
        demands: "an alarm tells somebody and says where to read on",
        reason: "an alarm without an action or a runbook wakes nobody or helps nobody",
        check: |site| {
            site.each("AWS::CloudWatch::Alarm", |alarm| {
                if alarm.list("AlarmActions").is_empty() {
                    return Some("no AlarmActions".to_owned());
                }
                let description = alarm.text("AlarmDescription").unwrap_or_default();
                (!description.contains("RUNBOOK: "))
                    .then(|| describe("AlarmDescription", alarm.get("AlarmDescription")))
            })
        },
    },
    Rule {
        id: "budget-as-said",
        demands: "where the environment names a budget, one of that size warns",
        reason: "a bill is noticed before it is due",
        check: budget_as_said,
    },
];

fn stateful_kept(site: &Site<'_>) -> Vec<Found> {
    let mut found = Vec::new();
    for (kind, policy) in STATEFUL {
        // An instance of a cluster holds nothing itself.
        let holders = site
            .of(kind)
            .filter(|item| item.get("DBClusterIdentifier").is_null());
        for item in holders {
            for key in ["DeletionPolicy", "UpdateReplacePolicy"] {
                let value = &item.body[key];
                if value != policy {
                    found.push(item.found(describe(key, value)));
                }
            }
        }
    }
    found
}

fn no_exports(site: &Site<'_>) -> Vec<Found> {
    let mut found = Vec::new();
    for stack in &site.app.stacks {
        let outputs = stack.template["Outputs"].as_object();
        for (name, output) in outputs.into_iter().flatten() {
            if !output["Export"].is_null() {
                found.push(Found::in_stack(
                    stack.id,
                    format!("the output {name} is an export"),
                ));
            }
        }
    }
    let importing = site
        .items()
        .filter(|item| item.body.to_string().contains("Fn::ImportValue"));
    found.extend(importing.map(|item| item.found("Fn::ImportValue")));
    found
}

/// The resources of a type that no alarm watches, where the environment has alarms.
fn unwatched<'a>(
    site: &Site<'a>,
    kind: &'static str,
    metric: impl Fn(Item<'a>) -> Option<(&'static str, &'static str, String)>,
) -> Vec<Found> {
    if site.environment.alarms.is_none() || site.of("AWS::CloudWatch::Alarm").next().is_none() {
        return Vec::new();
    }
    site.each(kind, |item| {
        let Some((metric, dimension, name)) = metric(item) else {
            return Some("no name to watch it by".to_owned());
        };
        let watched = site.of("AWS::CloudWatch::Alarm").any(|alarm| {
            alarm.text("MetricName") == Some(metric)
                && alarm
                    .list("Dimensions")
                    .iter()
                    .any(|one| one["Name"] == dimension && one["Value"] == name.as_str())
        });
        (!watched).then(|| format!("no alarm on {metric}"))
    })
}

fn budget_as_said(site: &Site<'_>) -> Vec<Found> {
    let Some(limit) = site
        .environment
        .budget_usd
        .filter(|_| !site.environment.is_local())
    else {
        return Vec::new();
    };
    let stands = site.of("AWS::Budgets::Budget").any(|budget| {
        budget.get("Budget.BudgetLimit.Amount").as_f64() == Some(f64::from(limit))
            && !budget.list("NotificationsWithSubscribers").is_empty()
    });
    match stands {
        true => Vec::new(),
        false => vec![Found::in_stack(
            "observability",
            format!("no budget of {limit} USD"),
        )],
    }
}
