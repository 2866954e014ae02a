//! Uploads the zips that the bucket does not hold yet. A name is a hash, so what is there is right.

use std::collections::BTreeSet;

use futures::TryStreamExt as _;

use super::{Artifact, Artifacts, Zip};
use crate::cloud::Objects;
use crate::error::{Doing as _, Result};
use crate::event::Events;

const AT_ONCE: usize = 4;

/// The zips that the bucket lacks.
pub async fn missing<'a>(
    artifacts: &'a Artifacts,
    objects: &dyn Objects,
    bucket: &str,
) -> Result<Vec<&'a Zip>> {
    let held: BTreeSet<String> = objects
        .list(bucket, "functions/")
        .await?
        .into_iter()
        .collect();
    Ok(artifacts
        .values()
        .filter_map(Artifact::zip)
        .filter(|zip| !held.contains(&zip.key))
        .collect())
}

/// Uploads these zips, a few at a time.
pub async fn publish(
    zips: &[&Zip],
    objects: &dyn Objects,
    bucket: &str,
    events: &Events,
) -> Result<()> {
    futures::stream::iter(zips.iter().map(Ok))
        .try_for_each_concurrent(AT_ONCE, |zip| async move {
            let step = events.start(format!("upload {}", short(&zip.key)));
            let bytes = tokio::fs::read(&zip.path)
                .await
                .doing(format!("read {}", zip.path.display()))?;
            let size = bytes.len();
            objects.put(bucket, &zip.key, bytes).await?;
            step.finish_with(format!("{:.1} MB", size as f64 / 1e6));
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
