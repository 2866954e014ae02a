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

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use std::sync::atomic::{AtomicUsize, Ordering};

    use async_trait::async_trait;

    use super::{AT_ONCE, publish};
    use crate::artifacts::Zip;
    use crate::cloud::objects::{ObjectVersion, Objects};
    use crate::cloud::{CloudError, CloudResult, Fault};
    use crate::event::Recorder;

    /// A bucket that counts how many uploads are under way.
    #[derive(Default)]
    struct Counting {
        now: AtomicUsize,
        most: AtomicUsize,
        fails: bool,
    }

    #[async_trait]
    impl Objects for Counting {
        async fn put(&self, _: &str, key: &str, _: Vec<u8>) -> CloudResult<()> {
            let now = self.now.fetch_add(1, Ordering::SeqCst) + 1;
            self.most.fetch_max(now, Ordering::SeqCst);
            tokio::time::sleep(std::time::Duration::from_millis(500)).await;
            self.now.fetch_sub(1, Ordering::SeqCst);
            match self.fails {
                true => Err(CloudError::new("s3:PutObject", Fault::Denied, "", key)),
                false => Ok(()),
            }
        }
        async fn list(&self, _: &str, _: &str) -> CloudResult<Vec<String>> {
            Ok(Vec::new())
        }
        async fn get(&self, _: &str, _: &str) -> CloudResult<Option<Vec<u8>>> {
            Ok(None)
        }
        async fn put_new(&self, _: &str, _: &str, _: Vec<u8>) -> CloudResult<bool> {
            Ok(false)
        }
        async fn delete(&self, _: &str, _: &str) -> CloudResult<()> {
            Ok(())
        }
        async fn some_versions(&self, _: &str) -> CloudResult<Vec<ObjectVersion>> {
            Ok(Vec::new())
        }
        async fn delete_versions(&self, _: &str, _: &[ObjectVersion]) -> CloudResult<()> {
            Ok(())
        }
        async fn announces(&self, _: &str) -> CloudResult<bool> {
            Ok(false)
        }
        fn url(&self, _: &str, key: &str) -> String {
            key.to_owned()
        }
    }

    async fn upload(bucket: &Counting) -> crate::error::Result<()> {
        let folder = tempfile::tempdir().unwrap();
        let zips: Vec<Zip> = (0..2 * AT_ONCE)
            .map(|number| {
                let path = folder.path().join(number.to_string());
                std::fs::write(&path, b"zip").unwrap();
                let key = format!("functions/f{number}/0.zip");
                Zip { key, path }
            })
            .collect();
        let zips: Vec<&Zip> = zips.iter().collect();
        publish(&zips, bucket, "bucket", &Recorder::pair().1).await
    }

    #[tokio::test]
    async fn zips_go_up_side_by_side_but_not_all_at_once() {
        let bucket = Counting::default();
        upload(&bucket).await.unwrap();
        assert_eq!(bucket.most.load(Ordering::SeqCst), AT_ONCE);
    }

    #[tokio::test]
    async fn an_upload_that_is_denied_ends_the_others() {
        let bucket = Counting {
            fails: true,
            ..Counting::default()
        };
        assert!(upload(&bucket).await.is_err());
        assert!(bucket.most.load(Ordering::SeqCst) <= AT_ONCE);
    }
}
