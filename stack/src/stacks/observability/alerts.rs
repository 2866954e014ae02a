//! Where alarms and the budget report to: a topic, and the key that it is encrypted with.

use crate::aws::kms::Key;
use crate::aws::sns::{Subscription, Topic, TopicPolicy};
use crate::cfn::{Handle, PolicyDocument, Statement, Template, pseudo};
use crate::environment::Environment;
use crate::naming;

/// Who publishes, as the statement and the service.
const PUBLISHERS: &[(&str, &str)] = &[
    ("Alarms", "cloudwatch.amazonaws.com"),
    ("Budgets", "budgets.amazonaws.com"),
];

/// The least that KMS takes. The key protects messages on their way and nothing that stays.
const PENDING_DAYS: u32 = 7;

/// Adds the topic.
pub(super) fn topic(template: &mut Template, environment: &Environment) -> Handle<Topic> {
    let key = key(template, environment);
    let topic = template.add(
        "Alerts",
        Topic::new()
            .topic_name(naming::resource(environment, "alerts"))
            .kms_master_key_id(&key),
    );
    let publish = PUBLISHERS
        .iter()
        .map(|(sid, service)| ours(Statement::allow(sid, ["sns:Publish"]).on(&topic), service));
    let tls = Statement::deny("TlsOnly", ["sns:Publish"])
        .everybody()
        .on(&topic)
        .when("Bool", "aws:SecureTransport", "false");
    let document = PolicyDocument::new(publish.chain([tls]));
    template.add("AlertsPolicy", TopicPolicy::new(document, [&topic]));
    let email = environment
        .alarms
        .as_ref()
        .and_then(|alarms| alarms.email.as_ref());
    if let Some(email) = email {
        template.add(
            "AlertsByMail",
            Subscription::new(&topic, "email").endpoint(email),
        );
    }
    topic
}

/// A key of our own: the policy of `alias/aws/sns` lets neither alarms nor budgets use it, cannot
/// be changed, and what they publish is then dropped without a word.
fn key(template: &mut Template, environment: &Environment) -> Handle<Key> {
    let administer = Statement::allow("Account", ["kms:*"]).account().on("*");
    let publish = PUBLISHERS.iter().map(|(sid, service)| {
        let actions = [
            "kms:Decrypt",
            "kms:GenerateDataKey",
            "kms:GenerateDataKeyWithoutPlaintext",
        ];
        ours(Statement::allow(sid, actions).on("*"), service)
    });
    let policy = PolicyDocument::new([administer].into_iter().chain(publish));
    template.add(
        "AlertsKey",
        Key::new()
            .description(format!("Alerts of {}", environment.name))
            .enable_key_rotation(true)
            .pending_window_in_days(PENDING_DAYS)
            .key_policy(policy),
    )
}

/// For this service, on behalf of this account only.
fn ours(statement: Statement, service: &str) -> Statement {
    statement
        .service(service)
        .when("StringEquals", "aws:SourceAccount", pseudo::account())
}
