//! What starts a function: queues behind event rules, schedules.

use contract::events::{EventType, OBJECT_CREATED};
use contract::function::{Declaration, Pattern, Trigger};
use serde_json::{Value as Json, json};

use super::function::event_trigger;
use crate::aws::events::{DeadLetterConfig, RetryPolicy, Rule, State, Target};
use crate::aws::lambda::{
    Alias, EventSourceMapping, FunctionResponseTypes, Permission, ScalingConfig,
};
use crate::aws::sqs::{Queue, QueuePolicy, QueueRedrivePolicy};
use crate::cfn::{Handle, Node, PolicyDocument, Statement, Template, Value};
use crate::environment::Environment;
use crate::naming;

/// A record is invisible while a function works on it: AWS advises six timeouts.
const VISIBILITY_TIMEOUTS: u32 = 6;
const FOUR_DAYS: u32 = 4 * 24 * 60 * 60;
/// How long and how often the bus tries to reach a target.
const TARGET_AGE: u32 = 24 * 60 * 60;
const TARGET_RETRIES: u32 = 185;

/// A queue as all of them are.
pub(super) fn queue(environment: &Environment, name: &str) -> Queue {
    Queue::new()
        .queue_name(naming::resource(environment, name))
        .sqs_managed_sse_enabled(true)
}

/// The queue in front of an event-driven function.
pub(super) fn add_queue(
    template: &mut Template,
    environment: &Environment,
    declaration: &Declaration,
    dead_letters: &Handle<Queue>,
    timeout: u32,
) -> Option<Handle<Queue>> {
    let Some(Trigger::Events {
        queue: settings, ..
    }) = event_trigger(declaration)
    else {
        return None;
    };
    let redrive = QueueRedrivePolicy::new()
        .dead_letter_target_arn(dead_letters.arn())
        .max_receive_count(settings.max_receives);
    let queue = queue(environment, declaration.name)
        .visibility_timeout(timeout * VISIBILITY_TIMEOUTS)
        .message_retention_period(FOUR_DAYS)
        .redrive_policy(redrive);
    Some(template.add(format!("{}Queue", naming::logical(declaration.name)), queue))
}

/// What the connections of a function run between.
pub(super) struct Ends<'a> {
    pub(super) queue: Option<&'a Handle<Queue>>,
    pub(super) dead_letters: &'a Handle<Queue>,
    pub(super) alias: &'a Handle<Alias>,
    pub(super) bucket: &'a Value<String>,
}

/// Connects a function to everything that starts it, but for HTTP.
pub(super) fn connect(
    template: &mut Template,
    environment: &Environment,
    declaration: &Declaration,
    ends: &Ends<'_>,
) {
    let Ends {
        queue,
        dead_letters,
        alias,
        bucket,
    } = *ends;
    let logical = naming::logical(declaration.name);
    let mut rules = Vec::new();
    for trigger in &declaration.triggers {
        match (trigger, queue) {
            (
                Trigger::Events {
                    patterns,
                    queue: settings,
                },
                Some(queue),
            ) => {
                for pattern in patterns {
                    let target = target("queue", queue.arn(), dead_letters);
                    let (id, rule) = rule(environment, declaration, pattern, bucket, target);
                    rules.push(template.add(id, rule));
                }
                let mapping = EventSourceMapping::new(alias)
                    .event_source_arn(queue.arn())
                    .batch_size(settings.batch_size)
                    .function_response_types([FunctionResponseTypes::ReportBatchItemFailures])
                    .scaling_config(
                        ScalingConfig::new().maximum_concurrency(settings.max_concurrency),
                    );
                template.add(format!("{logical}EventSource"), mapping);
            }
            (Trigger::Schedule { expression }, _) => {
                let schedule = Rule::new()
                    .name(naming::resource(environment, declaration.name))
                    .description(declaration.purpose)
                    .schedule_expression(*expression)
                    .state(State::Enabled)
                    .targets([target("alias", alias.reference(), dead_letters)]);
                let schedule = template.add(format!("{logical}Schedule"), schedule);
                template.add(
                    format!("{logical}ScheduleMayInvoke"),
                    Permission::new(alias, "lambda:InvokeFunction", "events.amazonaws.com")
                        .source_arn(schedule.arn()),
                );
                rules.push(schedule);
            }
            // HTTP belongs to the API's stack; `Invoke` needs nothing.
            (Trigger::Http | Trigger::Invoke | Trigger::Events { .. }, _) => {}
        }
    }
    queue_policies(template, &logical, queue, dead_letters, &rules);
}

fn rule(
    environment: &Environment,
    declaration: &Declaration,
    pattern: &Pattern,
    bucket: &Value<String>,
    target: Target,
) -> (String, Rule) {
    let (name, pattern) = match pattern {
        Pattern::ObjectCreated(kind) => ("ObjectCreated", object_created(&kind.pattern(), bucket)),
        Pattern::Event(event) => (event.detail_type, event_pattern(*event, [])),
    };
    let rule = Rule::new()
        .name(naming::resource(
            environment,
            &format!("{}-{name}", declaration.name),
        ))
        .description(format!("{name} starts {}", declaration.name))
        .event_pattern(Value::<Json>::new(pattern))
        .state(State::Enabled)
        .targets([target]);
    (
        format!("{}On{name}", naming::logical(declaration.name)),
        rule,
    )
}

/// Stored objects of one kind. Thumbnails lie elsewhere, so making one starts nothing.
fn object_created(keys: &str, bucket: &Value<String>) -> Node {
    let bucket = map([("name", Node::List(vec![bucket.node().clone()]))]);
    let object = map([("key", json!([{ "wildcard": keys }]).into())]);
    event_pattern(
        OBJECT_CREATED,
        [("detail", map([("bucket", bucket), ("object", object)]))],
    )
}

fn event_pattern<const N: usize>(event: EventType, more: [(&str, Node); N]) -> Node {
    let one = |text: &str| Node::List(vec![text.into()]);
    let entries = [
        ("source", one(event.source)),
        ("detail-type", one(event.detail_type)),
    ];
    map(entries.into_iter().chain(more))
}

fn map<'a>(entries: impl IntoIterator<Item = (&'a str, Node)>) -> Node {
    Node::Map(
        entries
            .into_iter()
            .map(|(key, node)| (key.to_owned(), node))
            .collect(),
    )
}

fn target(id: &str, arn: Value<String>, dead_letters: &Handle<Queue>) -> Target {
    Target::new(id, arn)
        .retry_policy(
            RetryPolicy::new()
                .maximum_event_age_in_seconds(TARGET_AGE)
                .maximum_retry_attempts(TARGET_RETRIES),
        )
        .dead_letter_config(DeadLetterConfig::new().arn(dead_letters.arn()))
}

/// Only these rules may send to the queues, and nobody without TLS.
fn queue_policies(
    template: &mut Template,
    logical: &str,
    queue: Option<&Handle<Queue>>,
    dead_letters: &Handle<Queue>,
    rules: &[Handle<Rule>],
) {
    let dead = ("DeadLettersPolicy", Some(dead_letters));
    for (name, queue) in [("QueuePolicy", queue), dead] {
        let Some(queue) = queue else { continue };
        let send = rules.iter().zip(1..).map(|(rule, number)| {
            Statement::allow(&format!("Rule{number}"), ["sqs:SendMessage"])
                .service("events.amazonaws.com")
                .on(queue.arn())
                .when("ArnEquals", "aws:SourceArn", rule.arn())
        });
        let tls = Statement::deny("TlsOnly", ["sqs:*"])
            .everybody()
            .on(queue.arn())
            .when("Bool", "aws:SecureTransport", "false");
        let document = PolicyDocument::new(send.chain([tls]));
        template.add(
            format!("{logical}{name}"),
            QueuePolicy::new(document, [queue]),
        );
    }
}
