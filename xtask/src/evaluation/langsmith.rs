//! A run as LangSmith has it: the judged queries as a dataset, each way of searching as an experiment.

use collections_core::providers::langsmith::experiments::{
    Example, Experiment, Experiments, Trial,
};
use serde_json::json;
use time::OffsetDateTime;
use time::format_description::well_known::Rfc3339;
use uuid::Uuid;

use super::metrics::Metric;
use super::run::{QueryResult, Run, SearchType};
use crate::error::{Doing as _, Result};
use crate::event::Events;

/// Sends a run; what is there already stays as it is. Gives the names of the experiments.
pub async fn send(to: &Experiments, run: &Run, events: &Events) -> Result<Vec<String>> {
    let step = events.start("send the run to LangSmith");
    let config = &run.config;
    // Queries that were changed are another dataset: scores on the old ones stay comparable.
    let mark: String = config.fingerprint.chars().take(8).collect();
    let dataset = format!("collections-{}-{}-{mark}", config.set, config.split);
    let mut names = Vec::new();
    for (way, results) in &run.results_by_search_type {
        let examples: Vec<Example> = (results.query_results.iter())
            .map(|result| example(&dataset, result))
            .collect();
        let said = format!("Judged queries of {} ({})", config.set, config.split);
        let id = to.dataset(&dataset, &said, &examples).await;
        let id = id.doing("send the dataset to LangSmith")?;
        let experiment = experiment(run, *way, id, &dataset, &results.query_results)?;
        let sent = to.experiment(&experiment).await;
        sent.doing(format!(
            "send the experiment {} to LangSmith",
            experiment.name
        ))?;
        names.push(experiment.name);
    }
    step.finish_with(format!("dataset {dataset}"));
    Ok(names)
}

fn id(of: &[&str]) -> Uuid {
    Uuid::new_v5(&Uuid::NAMESPACE_OID, of.join("/").as_bytes())
}

fn example(dataset: &str, of: &QueryResult) -> Example {
    Example {
        id: id(&[dataset, &of.query_id]),
        inputs: json!({ "query": of.query_text }),
        outputs: json!({ "expected": of.judged }),
        metadata: json!({
            "query_id": of.query_id,
            "query_type": of.query_type,
            "split": of.split,
        }),
    }
}

fn experiment(
    run: &Run,
    way: SearchType,
    dataset: Uuid,
    dataset_name: &str,
    results: &[QueryResult],
) -> Result<Experiment> {
    let begun = OffsetDateTime::parse(&run.timestamp, &Rfc3339).doing("read the run's time")?;
    let short: String = run.run_id.chars().take(8).collect();
    let way = way.to_string();
    // Queries are asked one after the other.
    let mut at = begun;
    let trials = results.iter().map(|result| {
        let started = at;
        at += std::time::Duration::from_secs_f64(result.client_ms / 1000.0);
        let metrics = result.metrics.iter();
        Trial {
            id: id(&[&run.run_id, &way, &result.query_id]),
            example: id(&[dataset_name, &result.query_id]),
            inputs: json!({ "query": result.query_text, "search_type": way }),
            outputs: json!({ "found": result.found }),
            started,
            ended: at,
            scores: metrics
                .filter(|(metric, _)| Metric::MAIN.contains(metric))
                .map(|(metric, value)| (metric.to_string(), *value))
                .collect(),
        }
    });
    Ok(Experiment {
        id: id(&[&run.run_id, &way]),
        name: format!("{}-{way}-{short}", run.config.set),
        dataset,
        metadata: json!({
            "environment": run.config.environment,
            "search_type": way,
            "search_configuration": run.search_configuration,
        }),
        trials: trials.collect(),
    })
}
