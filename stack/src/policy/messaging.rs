//! Queues, event rules and what connects them to functions: nothing is lost, nothing leaks.

use serde_json::Value as Json;

use super::site::{Item, Site, describe};
use super::{Rule, documents};

const QUEUE: &str = "AWS::SQS::Queue";
const RULE: &str = "AWS::Events::Rule";
const MAPPING: &str = "AWS::Lambda::EventSourceMapping";
/// What SQS does where a queue says nothing: four days, thirty seconds.
const DEFAULT_RETENTION: u64 = 345_600;
const DEFAULT_VISIBILITY: u64 = 30;
/// AWS's advice, so that a batch's retries fit.
const VISIBILITY_TIMEOUTS: u64 = 6;

pub(super) const RULES: &[Rule] = &[
    Rule {
        id: "queue-encrypted",
        demands: "every queue is encrypted",
        reason: "events name people and their objects",
        check: |site| {
            site.each(QUEUE, |queue| {
                queue
                    .unless("SqsManagedSseEnabled", true)
                    .filter(|_| queue.get("KmsMasterKeyId").is_null())
            })
        },
    },
    Rule {
        id: "queue-tls-only",
        demands: "a queue's policy refuses everything that comes without TLS",
        reason: "events must not be readable on the way",
        check: |site| {
            site.each(QUEUE, |queue| {
                let statements = documents::on(site, "AWS::SQS::QueuePolicy", "Queues", queue);
                let refused = statements.iter().any(|statement| {
                    statement.refuses_plaintext()
                        && statement.actions().any(|action| action == "sqs:*")
                        && reaches(site, statement.holder, statement.resources(), queue)
                });
                (!refused).then(|| "no policy that refuses plaintext".to_owned())
            })
        },
    },
    Rule {
        id: "queue-redrives",
        demands: "a queue that feeds a function moves what keeps failing to a dead letter queue",
        reason: "without one a bad record comes back until it expires, unseen",
        check: |site| {
            let open = fed(site).into_iter().filter_map(|(_, queue, _)| {
                let what = match dead_letters(site, queue) {
                    None => describe("RedrivePolicy", queue.get("RedrivePolicy")),
                    Some(dead) if dead.same(queue) => "itself as its dead letter queue".to_owned(),
                    Some(_) => return None,
                };
                Some(queue.found(what))
            });
            open.collect()
        },
    },
    Rule {
        id: "dead-letters-outlive",
        demands: "a dead letter queue keeps records at least as long as the queue before it",
        reason: "a record's age counts from its first queue; a shorter one drops it on arrival",
        check: |site| {
            let kept = |queue: Item<'_>| number(queue, "MessageRetentionPeriod", DEFAULT_RETENTION);
            let short = fed(site).into_iter().filter_map(|(_, queue, _)| {
                let dead = dead_letters(site, queue)?;
                (kept(dead) < kept(queue))
                    .then(|| dead.found(format!("{} s after {} s", kept(dead), kept(queue))))
            });
            short.collect()
        },
    },
    Rule {
        id: "queue-visibility",
        demands: "a queue hides a record for at least six timeouts of its function",
        reason: "a record that shows up again while it is worked on is worked on twice",
        check: |site| {
            let short = fed(site).into_iter().filter_map(|(_, queue, function)| {
                let hidden = number(queue, "VisibilityTimeout", DEFAULT_VISIBILITY);
                let least = VISIBILITY_TIMEOUTS * function.get("Timeout").as_u64()?;
                (hidden < least)
                    .then(|| queue.found(format!("VisibilityTimeout is {hidden}, least {least}")))
            });
            short.collect()
        },
    },
    Rule {
        id: "mapping-on-alias",
        demands: "queues feed the alias of a function",
        reason: "the alias is what a roll-back moves; anything else keeps running the bad code",
        check: |site| {
            site.each(MAPPING, |mapping| {
                let target = site.follow(mapping.stack, mapping.get("FunctionName"));
                target
                    .is_none_or(|target| target.kind() != "AWS::Lambda::Alias")
                    .then(|| describe("FunctionName", mapping.get("FunctionName")))
            })
        },
    },
    Rule {
        id: "mapping-partial-batches",
        demands: "of a batch only what failed is tried again",
        reason: "otherwise one bad record drags the good ones to the dead letters",
        check: |site| {
            site.each(MAPPING, |mapping| {
                let types = mapping.list("FunctionResponseTypes");
                (!types.iter().any(|kind| kind == "ReportBatchItemFailures")).then(|| {
                    describe(
                        "FunctionResponseTypes",
                        mapping.get("FunctionResponseTypes"),
                    )
                })
            })
        },
    },
    Rule {
        id: "mapping-concurrency",
        demands: "a queue starts at most so many functions at once, at least two",
        reason: "a burst must not take the database's connections or the account's concurrency",
        check: |site| {
            site.each(MAPPING, |mapping| {
                let path = "ScalingConfig.MaximumConcurrency";
                let most = mapping.get(path);
                most.as_u64()
                    .is_none_or(|most| most < 2)
                    .then(|| describe(path, most))
            })
        },
    },
    Rule {
        id: "rule-target-durable",
        demands: "an event rule retries and then hands what it cannot deliver to a dead letter queue",
        reason: "the bus drops silently what it cannot deliver",
        check: |site| {
            let weak = targets(site).filter_map(|(rule, target)| {
                let dead = site.follow(rule.stack, &target["DeadLetterConfig"]["Arn"]);
                let what = if dead.is_none_or(|dead| dead.kind() != QUEUE) {
                    "a target without a dead letter queue"
                } else if target["RetryPolicy"]["MaximumRetryAttempts"]
                    .as_u64()
                    .unwrap_or(0)
                    == 0
                {
                    "a target that is not tried again"
                } else {
                    return None;
                };
                Some(rule.found(what))
            });
            weak.collect()
        },
    },
    Rule {
        id: "rule-may-deliver",
        demands: "the queues behind an event rule let that rule send to them",
        reason: "a rule without permission fails without a word to anybody",
        check: |site| {
            let mut found = Vec::new();
            for (rule, target) in targets(site) {
                for arn in [&target["Arn"], &target["DeadLetterConfig"]["Arn"]] {
                    let queue = site
                        .follow(rule.stack, arn)
                        .filter(|item| item.kind() == QUEUE);
                    if let Some(queue) = queue.filter(|queue| !may_send(site, rule, *queue)) {
                        found.push(rule.found(format!("no permission to send to {}", queue.id)));
                    }
                }
            }
            found
        },
    },
    Rule {
        id: "rule-enabled",
        demands: "every event rule is on",
        reason: "a rule that is off loses events without a word",
        check: |site| site.each(RULE, |rule| rule.unless("State", "ENABLED")),
    },
];

fn number(item: Item<'_>, path: &str, default: u64) -> u64 {
    item.get(path).as_u64().unwrap_or(default)
}

/// Each mapping with the queue it reads and the function it starts.
fn fed<'a>(site: &Site<'a>) -> Vec<(Item<'a>, Item<'a>, Item<'a>)> {
    let all = site.of(MAPPING).filter_map(|mapping| {
        let queue = site.follow(mapping.stack, mapping.get("EventSourceArn"))?;
        let target = site.follow(mapping.stack, mapping.get("FunctionName"))?;
        let function = match target.kind() {
            "AWS::Lambda::Alias" => site.follow(target.stack, target.get("FunctionName"))?,
            _ => target,
        };
        Some((mapping, queue, function))
    });
    all.collect()
}

fn dead_letters<'a>(site: &Site<'a>, queue: Item<'a>) -> Option<Item<'a>> {
    site.follow(queue.stack, queue.get("RedrivePolicy.deadLetterTargetArn"))
        .filter(|dead| dead.kind() == QUEUE)
}

fn targets<'a>(site: &Site<'a>) -> impl Iterator<Item = (Item<'a>, &'a Json)> {
    site.of(RULE).flat_map(|rule| {
        rule.list("Targets")
            .iter()
            .map(move |target| (rule, target))
    })
}

fn may_send<'a>(site: &Site<'a>, rule: Item<'a>, queue: Item<'a>) -> bool {
    let statements = documents::on(site, "AWS::SQS::QueuePolicy", "Queues", queue);
    statements.iter().any(|statement| {
        let source = &statement.json["Condition"]["ArnEquals"]["aws:SourceArn"];
        statement.allows()
            && statement
                .actions()
                .any(|action| action == "sqs:SendMessage")
            && statement.json["Principal"]["Service"] == "events.amazonaws.com"
            && reaches(site, statement.holder, statement.resources(), queue)
            && site.leads_to(statement.holder.stack, source, rule)
    })
}

fn reaches<'a>(site: &Site<'a>, holder: Item<'a>, resources: &'a [Json], item: Item<'a>) -> bool {
    resources
        .iter()
        .any(|resource| site.leads_to(holder.stack, resource, item))
}
