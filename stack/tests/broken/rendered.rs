//! Templates that compile and are refused when they are rendered: what types cannot say.

use serde_json::json;
use stack::aws::cloud_watch::Dashboard;
use stack::aws::ec2::{NatGateway, Subnet, VPC};
use stack::aws::events::{RetryPolicy, Rule, Target};
use stack::aws::lambda::{Code, EventSourceMapping, Function, ScalingConfig};
use stack::aws::logs::LogGroup;
use stack::aws::sqs::{Queue, QueuePolicy};
use stack::cfn::{ArtifactPart, Output, PolicyDocument, Setting, Template, concat};

use crate::common::lines;

/// A fault and all that the rendering must say of it.
pub(crate) struct Refusal {
    name: &'static str,
    build: fn(&mut Template),
    says: &'static str,
}

const fn refusal(name: &'static str, build: fn(&mut Template), says: &'static str) -> Refusal {
    Refusal { name, build, says }
}

/// Something another stack gives.
fn foreign(name: &str) -> Output {
    let mut other = Template::new("other", "CollectionsOther-dev".to_owned(), "Another.");
    other.output(name, "value")
}

fn function(template: &mut Template) -> Function {
    let key = template.artifact("Key", "ops", ArtifactPart::Key);
    Function::new(
        Code::new().s3_key(key),
        "arn:aws:iam::123456789012:role/ops",
    )
}

pub(crate) const REFUSALS: &[Refusal] = &[
    refusal(
        "below the minimum",
        |t| {
            let function = function(t).memory_size(64);
            t.add("Ops", function);
        },
        "Broken-dev / Ops / MemorySize: found 64, allowed: at least 128",
    ),
    refusal(
        "above the maximum",
        |t| {
            t.add("Jobs", Queue::new().visibility_timeout(43_201));
        },
        "Broken-dev / Jobs / VisibilityTimeout: found 43201, allowed: at most 43200",
    ),
    refusal(
        "deep inside, with the whole path",
        |t| {
            let retry = RetryPolicy::new().maximum_retry_attempts(186);
            let target = Target::new("queue", "arn:aws:sqs:us-east-1:123456789012:jobs");
            t.add("Tick", Rule::new().targets([target.retry_policy(retry)]));
        },
        "Broken-dev / Tick / Targets.0.RetryPolicy.MaximumRetryAttempts: found 186, allowed: at most 185",
    ),
    refusal(
        "a concurrency that Lambda does not take",
        |t| {
            let scaling = ScalingConfig::new().maximum_concurrency(1);
            t.add(
                "Feed",
                EventSourceMapping::new("ops").scaling_config(scaling),
            );
        },
        "Broken-dev / Feed / ScalingConfig.MaximumConcurrency: found 1, allowed: at least 2",
    ),
    refusal(
        "a number that is none of those allowed",
        |t| {
            t.add("Logs", LogGroup::new().retention_in_days(42));
        },
        "Broken-dev / Logs / RetentionInDays: found 42, allowed: one of [1, 3, 5, 7, 14, 30, 60, 90, 120, 150, 180, 365, 400, 545, 731, 1096, 1827, 2192, 2557, 2922, 3288, 3653]",
    ),
    refusal(
        "too short",
        |t| {
            t.add("Logs", LogGroup::new().log_group_name(""));
        },
        "Broken-dev / Logs / LogGroupName: found \"\", allowed: at least 1 characters",
    ),
    refusal(
        "against the pattern",
        |t| {
            t.add("Tick", Rule::new().name("every hour"));
        },
        "Broken-dev / Tick / Name: found \"every hour\", allowed: text that matches ^[\\.\\-_A-Za-z0-9]+$",
    ),
    refusal(
        "too long",
        |t| {
            t.add("Tick", Rule::new().name("a".repeat(65)));
        },
        "Broken-dev / Tick / Name: found \"aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa\", allowed: at most 64 characters",
    ),
    refusal(
        "too many items",
        |t| {
            let targets = (0..6)
                .map(|n| Target::new(format!("t{n}"), "arn:aws:sqs:us-east-1:123456789012:jobs"));
            t.add("Tick", Rule::new().targets(targets.collect::<Vec<_>>()));
        },
        "Broken-dev / Tick / Targets: found [{\"Arn\":\"arn:aws:sqs:us-east-1:123456789012:jobs\",\"Id\":\"t0\"},{\"Arn\":\"arn:aws:sqs:us-east-1:123456789012:jobs\",\"Id\":\"t1\"},{\"Arn\":\"arn:aws:sqs:us-east-1:123456789012:jobs\",\"Id\":\"t2\"},{\"Arn\":\"arn:aws:sqs:us-east-1:123456789012:jobs\",\"Id\":\"t3\"},{\"Arn\":\"arn:aws:sqs:us-east-1:123456789012:jobs\",\"Id\":\"t4\"},{\"Arn\":\"arn:aws:sqs:us-east-1:123456789012:jobs\",\"Id\":\"t5\"}], allowed: at most 5 items",
    ),
    refusal(
        "an item twice",
        |t| {
            let target = Target::new("queue", "arn:aws:sqs:us-east-1:123456789012:jobs");
            t.add("Tick", Rule::new().targets([target.clone(), target]));
        },
        "Broken-dev / Tick / Targets: found [{\"Arn\":\"arn:aws:sqs:us-east-1:123456789012:jobs\",\"Id\":\"queue\"},{\"Arn\":\"arn:aws:sqs:us-east-1:123456789012:jobs\",\"Id\":\"queue\"}], allowed: no item twice",
    ),
    refusal(
        "a rate of no such unit",
        |t| {
            t.add("Tick", Rule::new().schedule_expression("rate(1 hours)"));
        },
        "Broken-dev / Tick / ScheduleExpression: found \"rate(1 hours)\", allowed: rate(5 minutes), or cron(minute hour day-of-month month day-of-week year) with ? for one of the days",
    ),
    refusal(
        "a cron of five fields",
        |t| {
            t.add("Tick", Rule::new().schedule_expression("cron(0 10 * * ?)"));
        },
        "Broken-dev / Tick / ScheduleExpression: found \"cron(0 10 * * ?)\", allowed: rate(5 minutes), or cron(minute hour day-of-month month day-of-week year) with ? for one of the days",
    ),
    refusal(
        "a second resource of one name",
        |t| {
            t.add("Jobs", Queue::new());
            t.add("Jobs", LogGroup::new());
        },
        "Broken-dev / Jobs: found a second resource of this name, after AWS::SQS::Queue, allowed: one resource per logical id",
    ),
    refusal(
        "a second output of one name",
        |t| {
            t.output("Url", "a");
            t.output("Url", "b");
        },
        "Broken-dev / Url: found a second output of this name, allowed: one output per name",
    ),
    refusal(
        "two inputs of one name",
        |t| {
            t.import(&foreign("DatabaseHost"));
            t.setting(Setting::DatabaseHost);
        },
        "Broken-dev / DatabaseHost: found two inputs of this name, allowed: one input per parameter",
    ),
    refusal(
        "a resource and a parameter of one name",
        |t| {
            t.import(&foreign("Jobs"));
            t.add("Jobs", Queue::new());
        },
        "Broken-dev / Jobs: found a resource and a parameter of one name, allowed: one of them",
    ),
    refusal(
        "a logical id with a dash",
        |t| {
            t.add("my-jobs", Queue::new());
        },
        "Broken-dev / my-jobs: found \"my-jobs\", allowed: 1 to 255 letters and digits",
    ),
    refusal(
        "no logical id",
        |t| {
            t.add("", Queue::new());
        },
        "Broken-dev / : found \"\", allowed: 1 to 255 letters and digits",
    ),
    refusal(
        "a handle of another template",
        |t| {
            let mut other = Template::new("other", "CollectionsOther-dev".to_owned(), "Another.");
            let vpc = other.add("Vpc", VPC::new());
            t.add("Subnet", Subnet::new(&vpc));
        },
        "Broken-dev / Subnet: found a reference to Vpc, allowed: something of this template",
    ),
    refusal(
        "another template's attribute inside a text",
        |t| {
            let mut other = Template::new("other", "CollectionsOther-dev".to_owned(), "Another.");
            let queue = other.add("Jobs", Queue::new());
            let body = concat(["{\"queue\":\"".into(), queue.arn(), "\"}".into()]);
            t.add("Page", Dashboard::new(body));
        },
        "Broken-dev / Page: found a reference to Jobs, allowed: something of this template",
    ),
    refusal(
        "another template's handle in a policy",
        |t| {
            let mut other = Template::new("other", "CollectionsOther-dev".to_owned(), "Another.");
            let queue = other.add("Jobs", Queue::new());
            t.add(
                "Policy",
                QueuePolicy::new(PolicyDocument::default(), [&queue]),
            );
        },
        "Broken-dev / Policy: found a reference to Jobs, allowed: something of this template",
    ),
    refusal(
        "an output of something that is not there",
        |t| {
            let mut other = Template::new("other", "CollectionsOther-dev".to_owned(), "Another.");
            let gateway = other.add("Gateway", NatGateway::new());
            t.output("GatewayId", &gateway);
        },
        "Broken-dev / GatewayId: found a reference to Gateway, allowed: something of this template",
    ),
    refusal(
        "several faults, all at once",
        |t| {
            t.add(
                "Jobs",
                Queue::new().delay_seconds(901).message_retention_period(59),
            );
            t.add("Tick", Rule::new().name("a b"));
        },
        "Broken-dev / Jobs / DelaySeconds: found 901, allowed: at most 900\n\
         Broken-dev / Jobs / MessageRetentionPeriod: found 59, allowed: at least 60\n\
         Broken-dev / Tick / Name: found \"a b\", allowed: text that matches ^[\\.\\-_A-Za-z0-9]+$",
    ),
];

#[test]
fn every_broken_template_is_refused_with_place_value_and_rule() {
    let mut different = Vec::new();
    for refusal in REFUSALS {
        let mut template = Template::new("broken", "Broken-dev".to_owned(), "To be refused.");
        (refusal.build)(&mut template);
        let said = match template.render() {
            Ok(_) => "rendered".to_owned(),
            Err(problems) => lines(&problems).trim_end().to_owned(),
        };
        if said != refusal.says {
            let Refusal { name, says, .. } = refusal;
            different.push(format!("{name}\n  said   {said}\n  wanted {says}"));
        }
    }
    assert!(different.is_empty(), "{}", different.join("\n\n"));
}

#[test]
fn what_cloudformation_fills_in_is_not_held_against_a_literals_rule() {
    let mut template = Template::new("fine", "Fine-dev".to_owned(), "To be taken.");
    let name = template.import(&foreign("Anything"));
    template.add("Logs", LogGroup::new().log_group_name(name));
    let rendered = template.render().expect("an intrinsic is known only later");
    assert_eq!(
        rendered["Resources"]["Logs"]["Properties"],
        json!({ "LogGroupName": { "Ref": "Anything" } })
    );
}
