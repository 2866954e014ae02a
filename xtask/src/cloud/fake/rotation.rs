//! Rotation, in memory: a new value is there after a while.

use std::time::Duration;

use async_trait::async_trait;

use super::Fake;
use crate::cloud::rotation::{Rotation, RotationState};
use crate::cloud::{CloudError, CloudResult, Fault};
use crate::secret::Secret;

const TAKES: Duration = Duration::from_secs(40);

/// A secret that is rotated: its version, and when the next one is ready.
#[derive(Clone, Debug, Default)]
pub(crate) struct FakeRotation {
    pub(crate) version: u64,
    pub(crate) due: Option<Duration>,
    pub(crate) never_ends: bool,
}

#[async_trait]
impl Rotation for Fake {
    async fn state(&self, id: &str) -> CloudResult<Option<RotationState>> {
        self.read("secretsmanager:DescribeSecret", |world| {
            let now = world.now;
            let Some(rotation) = world.rotations.get_mut(id) else {
                return Ok(None);
            };
            if rotation.due.is_some_and(|due| due <= now) && !rotation.never_ends {
                rotation.due = None;
                rotation.version += 1;
                let value = format!(
                    r#"{{"username":"postgres","password":"rotated-{}"}}"#,
                    rotation.version
                );
                world.secrets.insert(id.to_owned(), Secret::new(value));
            }
            Ok(Some(RotationState {
                current: Some(format!("version-{}", rotation.version)),
                under_way: rotation.due.is_some(),
            }))
        })
        .await
    }

    async fn rotate(&self, id: &str, _token: &str) -> CloudResult<()> {
        const CALL: &str = "secretsmanager:RotateSecret";
        self.write(CALL, |world| {
            let now = world.now;
            let rotation = world.rotations.get_mut(id).ok_or_else(|| {
                CloudError::new(CALL, Fault::NotFound, "ResourceNotFoundException", id)
            })?;
            rotation.due.get_or_insert(now + TAKES);
            Ok(())
        })
        .await
    }
}
