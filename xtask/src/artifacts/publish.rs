//! Uploads what the bucket does not hold yet. A name is a hash, so what is there is right.

use std::collections::BTreeSet;

use futures::TryStreamExt as _;

use super::{Artifact, Artifacts};
use crate::cloud::Objects;
use crate::error::{Doing as _, Result};
use crate::event::Events;

const AT_ONCE: usize = 4;

/// The artifacts that the bucket lacks.
pub async fn missing<'a>(
    artifacts: &'a Artifacts,
    objects: &dyn Objects,
    bucket: &str,
) -> Result<Vec<&'a Artifact>> {
    let held: BTreeSet<String> = objects
        .list(bucket, "functions/")
        .await?
        .into_iter()
        .collect();
    Ok(artifacts
        .values()
        .filter(|artifact| !held.contains(&artifact.key))
        .collect())
}

/// Uploads these artifacts, a few at a time.
pub async fn publish(
    artifacts: &[&Artifact],
    objects: &dyn Objects,
    bucket: &str,
    events: &Events,
) -> Result<()> {
    futures::stream::iter(artifacts.iter().map(Ok))
        .try_for_each_concurrent(AT_ONCE, |artifact| async move {
            let step = events.start(format!("upload {}", short(&artifact.key)));
            let bytes = tokio::fs::read(&artifact.path)
                .await
                .doing(format!("read {}", artifact.path.display()))?;
            objects.put(bucket, &artifact.key, bytes).await?;
            step.finish_with(format!("{:.1} MB", artifact.size as f64 / 1e6));
            Ok(())
        })
        .await
}

/// The function's name and enough of the hash to tell two builds apart.
fn short(key: &str) -> String {
    let (folder, hash) = key.rsplit_once('/').unwrap_or(("", key));
    let name = folder.rsplit('/').next().unwrap_or(folder);
    format!("{name} {}", hash.get(..12).unwrap_or(hash))
}
