//! What wakes somebody: failures, waiting and dead events, a struggling database.

use contract::functions;

use super::Below;
use crate::aws::cloud_watch::{Alarm, ComparisonOperator, Dimension, Statistic, TreatMissingData};
use crate::aws::sns::Topic;
use crate::cfn::{Handle, Template, Value};
use crate::environment::{Database as Kind, Environment};
use crate::naming;

const FIVE_MINUTES: u32 = 300;
const GIGABYTE: f64 = 1_073_741_824.0;
/// A record older than this waits for something that is broken.
const QUEUE_AGE_SECONDS: f64 = 900.0;

struct Watch<'a> {
    id: String,
    description: String,
    namespace: &'a str,
    metric: &'a str,
    statistic: Statistic,
    dimensions: Vec<(&'a str, Value<String>)>,
    above: Option<f64>,
    below: Option<f64>,
    periods: u32,
}

/// Adds every alarm.
pub(super) fn add(
    template: &mut Template,
    environment: &Environment,
    below: &Below<'_>,
    topic: &Handle<Topic>,
) {
    let mut watches = vec![server_errors(template, below)];
    for function in functions::all() {
        watches.push(failures(environment, function.name));
        watches.push(dead_letters(environment, function.name));
        let queued = below.compute.functions.get(function.name);
        if queued.is_some_and(|outputs| outputs.queue.is_some()) {
            watches.push(queue_age(environment, function.name));
        }
    }
    watches.extend(database(template, environment, below));
    for watch in watches {
        let id = watch.id.clone();
        template.add(id, alarm(watch, topic));
    }
}

fn alarm(watch: Watch<'_>, topic: &Handle<Topic>) -> Alarm {
    let dimensions = watch
        .dimensions
        .into_iter()
        .map(|(name, value)| Dimension::new(value, name));
    let alarm = Alarm::new()
        .alarm_description(watch.description)
        .namespace(watch.namespace)
        .metric_name(watch.metric)
        .statistic(watch.statistic)
        .dimensions(dimensions.collect::<Vec<_>>())
        .period(FIVE_MINUTES)
        .evaluation_periods(watch.periods)
        .treat_missing_data(TreatMissingData::NotBreaching)
        .alarm_actions([topic])
        .ok_actions([topic]);
    match (watch.above, watch.below) {
        (Some(threshold), _) => alarm
            .threshold(threshold)
            .comparison_operator(ComparisonOperator::GreaterThanThreshold),
        (None, threshold) => alarm
            .threshold(threshold.unwrap_or_default())
            .comparison_operator(ComparisonOperator::LessThanThreshold),
    }
}

fn server_errors<'a>(template: &mut Template, below: &Below<'_>) -> Watch<'a> {
    Watch {
        id: "ApiServerErrors".to_owned(),
        description: "More than ten answers with 5xx in five minutes. RUNBOOK: api-server-errors"
            .to_owned(),
        namespace: "AWS/ApiGateway",
        metric: "5xx",
        statistic: Statistic::Sum,
        dimensions: vec![("ApiId", template.import(&below.api.id))],
        above: Some(10.0),
        below: None,
        periods: 1,
    }
}

fn failures<'a>(environment: &Environment, function: &str) -> Watch<'a> {
    Watch {
        id: format!("{}Failures", naming::logical(function)),
        description: format!(
            "{function} failed more than five times in five minutes. RUNBOOK: function-failures"
        ),
        namespace: "AWS/Lambda",
        metric: "Errors",
        statistic: Statistic::Sum,
        dimensions: vec![(
            "FunctionName",
            naming::function(environment, function).into(),
        )],
        above: Some(5.0),
        below: None,
        periods: 1,
    }
}

fn dead_letters<'a>(environment: &Environment, function: &str) -> Watch<'a> {
    let queue = naming::resource(environment, &format!("{function}-dead"));
    Watch {
        id: format!("{}DeadLettersWaiting", naming::logical(function)),
        description: format!("An event that {function} could not handle. RUNBOOK: dead-letters"),
        namespace: "AWS/SQS",
        metric: "ApproximateNumberOfMessagesVisible",
        statistic: Statistic::Maximum,
        dimensions: vec![("QueueName", queue.into())],
        above: Some(0.0),
        below: None,
        periods: 1,
    }
}

fn queue_age<'a>(environment: &Environment, function: &str) -> Watch<'a> {
    Watch {
        id: format!("{}QueueAge", naming::logical(function)),
        description: format!("Events wait over fifteen minutes for {function}. RUNBOOK: queue-age"),
        namespace: "AWS/SQS",
        metric: "ApproximateAgeOfOldestMessage",
        statistic: Statistic::Maximum,
        dimensions: vec![("QueueName", naming::resource(environment, function).into())],
        above: Some(QUEUE_AGE_SECONDS),
        below: None,
        periods: 1,
    }
}

fn database<'a>(
    template: &mut Template,
    environment: &Environment,
    below: &Below<'_>,
) -> Vec<Watch<'a>> {
    let Some(instance) = &below.database.instance else {
        return Vec::new();
    };
    let instance = template.import(instance);
    let watch = |id: &str, description: &str, metric: &'a str| Watch {
        id: id.to_owned(),
        description: format!("{description} RUNBOOK: database"),
        namespace: "AWS/RDS",
        metric,
        statistic: Statistic::Average,
        dimensions: vec![("DBInstanceIdentifier", instance.clone())],
        above: None,
        below: None,
        periods: 1,
    };
    let cpu = watch(
        "DatabaseCpu",
        "CPU above 80 percent for ten minutes.",
        "CPUUtilization",
    );
    // Lambda's own connections: a pool of five in each of at most a hundred instances never
    // fits a micro instance; the alarm comes before connections are refused.
    let connections = watch(
        "DatabaseConnections",
        "Nearly all connections are taken.",
        "DatabaseConnections",
    );
    let mut watches = vec![
        Watch {
            above: Some(80.0),
            periods: 2,
            ..cpu
        },
        Watch {
            above: Some(70.0),
            ..connections
        },
    ];
    // Aurora's storage grows by itself.
    if environment.database == Kind::Rds {
        let storage = watch(
            "DatabaseStorage",
            "Less than 1 GB is free.",
            "FreeStorageSpace",
        );
        watches.push(Watch {
            below: Some(GIGABYTE),
            ..storage
        });
    }
    watches
}
