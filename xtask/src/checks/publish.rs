//! Leaves what the steps found where the API may read it: names, verdicts and times, no details.

use contract::objects::ObjectKey;
use contract::report::{Report, Step, Verdict};

use super::infra;
use super::report::{self, Case, millis};
use super::target::Target;
use crate::error::{Doing as _, Result};

/// Replaces the summary of the last validation. Steps of other suites are left out.
pub async fn publish(
    target: &Target,
    started: &str,
    took: std::time::Duration,
    cases: &[Case],
) -> Result<()> {
    let report = Report {
        started: started.to_owned(),
        millis: millis(took),
        steps: cases.iter().filter_map(step).collect(),
    };
    let body = serde_json::to_vec(&report).doing("write the summary as JSON")?;
    let bucket = target.output("storage", "BucketName")?;
    let key = ObjectKey::report().to_string();
    Ok(target.cloud.objects.put(bucket, &key, body).await?)
}

fn step(case: &Case) -> Option<Step> {
    (case.suite == infra::SUITE).then(|| Step {
        name: case.name.clone(),
        verdict: match case.verdict {
            report::Verdict::Passed => Verdict::Passed,
            report::Verdict::Failed => Verdict::Failed,
        },
        millis: case.millis,
    })
}
