//! What somebody changed behind CloudFormation's back.

use std::collections::BTreeMap;
use std::fmt;
use std::time::Duration;

use futures::future::try_join_all;
use serde::Serialize;

use super::desired::Desired;
use super::plan::Schemas;
use crate::cloud::Cloud;
use crate::cloud::stacks::Drift;
use crate::error::{Error, Result};

/// Drift by the stack's name; stacks without any are left out.
#[derive(Clone, Debug, Default, PartialEq, Serialize)]
#[serde(transparent)]
pub struct Drifted(pub BTreeMap<String, Vec<Drift>>);

/// Looks at every stack that stands. Values that cannot be read back are left out.
pub async fn look(desired: &Desired, cloud: &Cloud, schemas: &dyn Schemas) -> Result<Drifted> {
    let all = try_join_all(desired.names().map(|name| of_stack(name, cloud, schemas)));
    let found = all
        .await?
        .into_iter()
        .filter(|(_, drifts)| !drifts.is_empty());
    Ok(Drifted(found.collect()))
}

/// What drifted in one stack, under its name.
pub(super) async fn of_stack(
    name: &str,
    cloud: &Cloud,
    schemas: &dyn Schemas,
) -> Result<(String, Vec<Drift>)> {
    const TRIES: usize = 300;
    if cloud.stacks.stack(name).await?.is_none() {
        return Ok((name.to_owned(), Vec::new()));
    }
    let detection = cloud.stacks.detect_drift(name).await?;
    for _ in 0..TRIES {
        if let Some(drifts) = cloud.stacks.drift(name, &detection).await? {
            let drifts = drifts
                .into_iter()
                .filter_map(|drift| readable(drift, schemas));
            return Ok((name.to_owned(), drifts.collect()));
        }
        cloud.clock.sleep(Duration::from_secs(1)).await;
    }
    Err(Error::failed(format!(
        "CloudFormation does not finish looking for drift in {name}"
    )))
}

fn readable(mut drift: Drift, schemas: &dyn Schemas) -> Option<Drift> {
    let hidden = schemas.write_only(&drift.resource_type);
    let was_gone = drift.differences.is_empty();
    drift.differences.retain(|(path, _, _)| {
        let path = path.trim_start_matches('/').replace('/', ".");
        !hidden.iter().any(|hidden| {
            path.strip_prefix(hidden.as_str())
                .is_some_and(|rest| rest.is_empty() || rest.starts_with('.'))
        })
    });
    (was_gone || !drift.differences.is_empty()).then_some(drift)
}

impl fmt::Display for Drifted {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.0.is_empty() {
            return writeln!(f, "no drift");
        }
        for (stack, drifts) in &self.0 {
            for drift in drifts {
                writeln!(
                    f,
                    "~ drifted {stack} {} {}",
                    drift.logical_id, drift.resource_type
                )?;
                if drift.differences.is_empty() {
                    writeln!(f, "      it is gone")?;
                }
                for (path, expected, actual) in &drift.differences {
                    writeln!(f, "      {path}: {expected} → {actual}")?;
                }
            }
        }
        Ok(())
    }
}
