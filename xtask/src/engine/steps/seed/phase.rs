//! The seed phase of a deploy, where the environment asks for the golden set.

use std::path::PathBuf;

use async_trait::async_trait;

use super::{Seeding, Way, ensure_user};
use crate::cloud::Cloud;
use crate::dataset::DataSet;
use crate::engine::phases::{Deployed, Extra, Phase};
use crate::error::Result;
use crate::event::Events;

/// Loads the golden set for the test user.
pub struct SeedGolden {
    /// Where.
    pub cloud: Cloud,
    /// Who hears of it.
    pub events: Events,
    /// Where the set lies.
    pub folder: PathBuf,
    /// Whose it becomes.
    pub email: &'static str,
}

#[async_trait]
impl Extra for SeedGolden {
    fn phase(&self) -> Phase {
        Phase::Seed
    }

    async fn is_done(&self, deployed: &Deployed) -> Result<Option<String>> {
        let Some(pool) = deployed
            .outputs
            .get("auth")
            .and_then(|auth| auth.get("CognitoUserPoolId"))
        else {
            return Ok(None);
        };
        let Some(user) = self.cloud.users.user(pool, self.email).await? else {
            return Ok(None);
        };
        let set = DataSet::read(&self.folder)?;
        let seeding = self.seeding(
            deployed,
            &set,
            user.id.parse().map_err(anyhow::Error::from)?,
        );
        // A schema that is not there yet has nothing to count.
        let is_whole = seeding.is_whole().await.unwrap_or(false);
        Ok(is_whole.then(|| format!("{} items are there", set.items.len())))
    }

    async fn run(&self, deployed: &Deployed) -> Result<String> {
        let set = DataSet::read(&self.folder)?;
        let owner = ensure_user(&self.cloud, deployed, self.email).await?;
        let seeded = self.seeding(deployed, &set, owner).run(Way::Rows).await?;
        Ok(format!("{} items for {}", seeded.counts.items, self.email))
    }
}

impl SeedGolden {
    fn seeding<'s>(
        &'s self,
        deployed: &'s Deployed,
        set: &'s DataSet,
        owner: collections_core::domain::UserId,
    ) -> Seeding<'s> {
        Seeding {
            cloud: &self.cloud,
            events: &self.events,
            deployed,
            set,
            owner,
        }
    }
}
