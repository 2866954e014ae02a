//! Topics that alarms and budgets report to: what they publish arrives, encrypted.

use serde_json::Value as Json;

use super::site::{Item, Site, describe};
use super::{Rule, documents};

const TOPIC: &str = "AWS::SNS::Topic";
const KEY: &str = "AWS::KMS::Key";

/// What publishes to topics, as its type and the service it does so as.
const PUBLISHERS: &[(&str, &str)] = &[
    ("AWS::CloudWatch::Alarm", "cloudwatch.amazonaws.com"),
    ("AWS::Budgets::Budget", "budgets.amazonaws.com"),
];

/// What SNS does with a key in the name of who publishes.
const USES: &[&str] = &["kms:Decrypt", "kms:GenerateDataKey"];

pub(super) const RULES: &[Rule] = &[
    Rule {
        id: "topic-encrypted",
        demands: "every topic is encrypted",
        reason: "alarms name what is broken",
        check: |site| {
            site.each(TOPIC, |topic| {
                topic
                    .get("KmsMasterKeyId")
                    .is_null()
                    .then(|| "no KmsMasterKeyId".to_owned())
            })
        },
    },
    Rule {
        id: "topic-key-ours",
        demands: "a topic of alarms or budgets has a key whose policy lets them use it",
        reason: "AWS's own key lets no service in, and what cannot be encrypted is dropped in silence",
        check: |site| {
            site.each(TOPIC, |topic| {
                let services = publishing(site, topic);
                let named = topic.get("KmsMasterKeyId");
                if services.is_empty() || named.is_null() {
                    return None;
                }
                let key = site.follow(topic.stack, named);
                let Some(key) = key.filter(|key| key.kind() == KEY) else {
                    return Some(describe("KmsMasterKeyId", named));
                };
                let shut_out = services.iter().find(|service| !may_use(key, service));
                shut_out.map(|service| format!("{}, which {service} may not use", key.id))
            })
        },
    },
    Rule {
        id: "topic-lets-publish",
        demands: "a topic's policy lets the alarms or budgets publish that report to it",
        reason: "an alarm that may not publish wakes nobody, and nobody is told",
        check: |site| {
            site.each(TOPIC, |topic| {
                let services = publishing(site, topic);
                let statements = documents::on(site, "AWS::SNS::TopicPolicy", "Topics", topic);
                let may = |service: &str| {
                    statements.iter().any(|statement| {
                        let mut actions = statement.actions();
                        statement.allows()
                            && statement.is_for(service)
                            && actions.any(|action| action == "sns:Publish")
                    })
                };
                let shut_out = services.iter().find(|service| !may(service));
                shut_out.map(|service| format!("no permission for {service} to publish"))
            })
        },
    },
    Rule {
        id: "key-rotates",
        demands: "keys are rotated",
        reason: "a key that leaked without anybody noticing must not be good for ever",
        check: |site| site.each(KEY, |key| key.unless("EnableKeyRotation", true)),
    },
];

/// The services that publish to a topic.
fn publishing(site: &Site<'_>, topic: Item<'_>) -> Vec<&'static str> {
    let reports = |kind: &'static str| {
        site.of(kind).any(|item| {
            let mut targets = targets(item);
            targets.any(|target| site.leads_to(item.stack, target, topic))
        })
    };
    let all = PUBLISHERS.iter().filter(|(kind, _)| reports(kind));
    all.map(|(_, service)| *service).collect()
}

/// What an alarm or a budget reports to.
fn targets<'a>(item: Item<'a>) -> impl Iterator<Item = &'a Json> {
    let actions = ["AlarmActions", "OKActions", "InsufficientDataActions"];
    let of_alarm = actions.into_iter().flat_map(move |name| item.list(name));
    let notified = item.list("NotificationsWithSubscribers").iter();
    let of_budget = notified
        .filter_map(|one| one["Subscribers"].as_array())
        .flatten()
        .map(|subscriber| &subscriber["Address"]);
    of_alarm.chain(of_budget)
}

fn may_use(key: Item<'_>, service: &str) -> bool {
    let allowed: Vec<&str> = documents::of_key(key)
        .filter(|statement| statement.allows() && statement.is_for(service))
        .flat_map(|statement| statement.actions().collect::<Vec<_>>())
        .collect();
    USES.iter().all(|wanted| allowed.contains(wanted))
}
