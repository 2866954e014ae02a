//! One page that shows the whole pipeline.

use contract::functions;
use serde_json::{Value as Json, json};

use super::Below;
use crate::cfn::{Template, Value, concat, json_text};
use crate::environment::Environment;
use crate::naming;

const WIDTH: u32 = 8;
const HEIGHT: u32 = 6;
/// Stands for a value the template fills in; JSON text cannot hold an intrinsic.
const API: &str = "\u{1}";
const INSTANCE: &str = "\u{2}";

/// The dashboard's body: JSON text with the ids of API and database filled in by CloudFormation.
pub(super) fn body(
    template: &mut Template,
    environment: &Environment,
    below: &Below<'_>,
) -> Value<String> {
    let functions: Vec<String> = functions::all()
        .iter()
        .map(|f| naming::function(environment, f.name))
        .collect();
    let queues: Vec<String> = below
        .compute
        .functions
        .iter()
        .filter(|(_, outputs)| outputs.queue.is_some())
        .map(|(name, _)| naming::resource(environment, name))
        .collect();
    let lambda = |metric: &str| {
        each(&functions, |name| {
            json!(["AWS/Lambda", metric, "FunctionName", name])
        })
    };
    let mut graphs = vec![
        (
            "Requests",
            "Sum",
            vec![
                json!(["AWS/ApiGateway", "Count", "ApiId", API]),
                json!(["AWS/ApiGateway", "4xx", "ApiId", API]),
                json!(["AWS/ApiGateway", "5xx", "ApiId", API]),
            ],
        ),
        (
            "Latency, p95",
            "p95",
            vec![json!(["AWS/ApiGateway", "Latency", "ApiId", API])],
        ),
        ("Invocations", "Sum", lambda("Invocations")),
        ("Failures", "Sum", lambda("Errors")),
        ("Duration, p95", "p95", lambda("Duration")),
        (
            "Oldest waiting event, seconds",
            "Maximum",
            each(&queues, |queue| {
                json!([
                    "AWS/SQS",
                    "ApproximateAgeOfOldestMessage",
                    "QueueName",
                    queue
                ])
            }),
        ),
    ];
    if below.database.instance.is_some() {
        let database =
            |metric: &str| vec![json!(["AWS/RDS", metric, "DBInstanceIdentifier", INSTANCE])];
        graphs.push((
            "Database CPU, percent",
            "Average",
            database("CPUUtilization"),
        ));
        graphs.push((
            "Database connections",
            "Average",
            database("DatabaseConnections"),
        ));
    }
    let widgets: Vec<Json> = graphs
        .into_iter()
        .zip(0..)
        .map(|((title, statistic, metrics), index)| {
            widget(environment, title, statistic, &metrics, index)
        })
        .collect();
    fill(template, below, &json_text(json!({ "widgets": widgets })))
}

fn each(names: &[String], metric: impl Fn(&str) -> Json) -> Vec<Json> {
    names.iter().map(|name| metric(name)).collect()
}

fn widget(
    environment: &Environment,
    title: &str,
    statistic: &str,
    metrics: &[Json],
    index: u32,
) -> Json {
    json!({
        "type": "metric",
        "x": index % 3 * WIDTH,
        "y": index / 3 * HEIGHT,
        "width": WIDTH,
        "height": HEIGHT,
        "properties": {
            "title": title,
            "stat": statistic,
            "period": 300,
            "region": environment.region,
            "metrics": metrics,
        },
    })
}

fn fill(template: &mut Template, below: &Below<'_>, text: &str) -> Value<String> {
    let api = template.import(&below.api.id);
    let instance = below
        .database
        .instance
        .as_ref()
        .map(|instance| template.import(instance));
    // A control character leaves JSON escaped.
    let mut filled: Value<String> = "".into();
    for (number, part) in text.split("\\u0001").enumerate() {
        if number > 0 {
            filled = concat([filled, api.clone()]);
        }
        for (number, part) in part.split("\\u0002").enumerate() {
            if let Some(instance) = instance.as_ref().filter(|_| number > 0) {
                filled = concat([filled, instance.clone()]);
            }
            filled = concat([filled, part.into()]);
        }
    }
    filled
}
