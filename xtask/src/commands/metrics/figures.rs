//! Which figures there are of an environment.

use contract::function::{Declaration, Trigger};
use contract::functions;
use serde::Serialize;
use stack::environment::Environment;
use stack::naming;

use crate::cloud::metrics::MetricQuery;
use crate::engine::phases::Deployed;

/// One figure.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub(super) struct Figure {
    /// Of what: a function, `database`, `api`.
    pub(super) of: String,
    /// Its name for people.
    pub(super) name: &'static str,
    /// What is said of its values.
    pub(super) unit: Unit,
    /// Where its values come from.
    #[serde(skip)]
    pub(super) query: MetricQuery,
}

/// What a value counts, which says how values add up.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub(super) enum Unit {
    /// Things that happened: they add up.
    Count,
    /// Things that are there.
    Level,
    /// Percent.
    Percent,
    /// Milliseconds.
    Milliseconds,
    /// Seconds.
    Seconds,
    /// Bytes.
    Bytes,
}

/// Every figure, grouped by what it is of.
pub(super) fn figures(environment: &Environment, deployed: &Deployed) -> Vec<Figure> {
    let mut all = database(deployed);
    all.extend(api(deployed));
    for function in functions::all() {
        all.extend(of_function(environment, &function));
    }
    all
}

fn figure(
    of: &str,
    name: &'static str,
    unit: Unit,
    (namespace, metric, statistic): (&str, &str, &str),
    dimension: (&str, &str),
) -> Figure {
    Figure {
        of: of.to_owned(),
        name,
        unit,
        query: MetricQuery {
            namespace: namespace.to_owned(),
            metric: metric.to_owned(),
            dimensions: vec![(dimension.0.to_owned(), dimension.1.to_owned())],
            statistic: statistic.to_owned(),
        },
    }
}

/// RDS tells its figures by instance; an external database tells none.
fn database(deployed: &Deployed) -> Vec<Figure> {
    let outputs = deployed.outputs.get("database");
    let Some(instance) = outputs.and_then(|outputs| outputs.get("DatabaseInstance")) else {
        return Vec::new();
    };
    let figure = |name, unit, metric, statistic| {
        let metric = ("AWS/RDS", metric, statistic);
        figure(
            "database",
            name,
            unit,
            metric,
            ("DBInstanceIdentifier", instance),
        )
    };
    vec![
        figure("CPU", Unit::Percent, "CPUUtilization", "Average"),
        figure("connections", Unit::Level, "DatabaseConnections", "Average"),
        figure("free storage", Unit::Bytes, "FreeStorageSpace", "Minimum"),
        figure("free memory", Unit::Bytes, "FreeableMemory", "Minimum"),
    ]
}

fn api(deployed: &Deployed) -> Vec<Figure> {
    let outputs = deployed.outputs.get("api");
    let Some(id) = outputs.and_then(|outputs| outputs.get("ApiId")) else {
        return Vec::new();
    };
    let figure = |name, unit, metric, statistic| {
        let metric = ("AWS/ApiGateway", metric, statistic);
        figure("gateway", name, unit, metric, ("ApiId", id))
    };
    vec![
        figure("requests", Unit::Count, "Count", "Sum"),
        figure("answers 4xx", Unit::Count, "4xx", "Sum"),
        figure("answers 5xx", Unit::Count, "5xx", "Sum"),
        figure("latency p95", Unit::Milliseconds, "Latency", "p95"),
    ]
}

fn of_function(environment: &Environment, function: &Declaration) -> Vec<Figure> {
    let name = function.name;
    let own = naming::function(environment, name);
    let lambda = |what, unit, metric, statistic| {
        let metric = ("AWS/Lambda", metric, statistic);
        figure(name, what, unit, metric, ("FunctionName", &own))
    };
    let mut all = vec![
        lambda("invocations", Unit::Count, "Invocations", "Sum"),
        lambda("errors", Unit::Count, "Errors", "Sum"),
        lambda("throttles", Unit::Count, "Throttles", "Sum"),
        lambda("duration", Unit::Milliseconds, "Duration", "Average"),
        lambda("duration p95", Unit::Milliseconds, "Duration", "p95"),
    ];
    // A function tells the time of its start once for each cold one.
    let start = |what, unit, statistic| {
        let metric = ("Collections", "InitDuration", statistic);
        let mut figure = figure(name, what, unit, metric, ("environment", &environment.name));
        let function = ("function".to_owned(), name.to_owned());
        figure.query.dimensions.push(function);
        figure
    };
    all.push(start("cold starts", Unit::Count, "SampleCount"));
    all.push(start("cold start", Unit::Milliseconds, "Average"));
    let queue = |what, unit, metric, name: &str| {
        let metric = ("AWS/SQS", metric, "Maximum");
        figure(function.name, what, unit, metric, ("QueueName", name))
    };
    let waiting = "ApproximateNumberOfMessagesVisible";
    if function
        .triggers
        .iter()
        .any(|trigger| matches!(trigger, Trigger::Events { .. }))
    {
        let own = naming::resource(environment, name);
        all.push(queue("events waiting", Unit::Level, waiting, &own));
        let age = "ApproximateAgeOfOldestMessage";
        all.push(queue("oldest event", Unit::Seconds, age, &own));
    }
    let dead = naming::resource(environment, &format!("{name}-dead"));
    all.push(queue("dead letters", Unit::Level, waiting, &dead));
    all
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use std::path::Path;

    use super::*;
    use crate::environments;

    #[test]
    fn figures_that_functions_tell_are_those_of_the_environment() {
        let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("..");
        let environment = environments::load(&root, "staging").unwrap();
        let deployed = Deployed {
            environment: "staging".into(),
            outputs: Default::default(),
        };
        let all = figures(&environment, &deployed);
        let own = all
            .iter()
            .filter(|figure| figure.query.namespace == "Collections")
            .inspect(|figure| {
                let of = ("function".to_owned(), figure.of.clone());
                let staging = ("environment".to_owned(), "staging".to_owned());
                assert_eq!(figure.query.dimensions, [staging, of]);
            });
        assert_eq!(own.count(), 2 * functions::all().len());
    }
}
