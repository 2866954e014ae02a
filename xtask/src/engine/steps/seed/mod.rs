//! Loads a collection for one user: rows first, so that no model is asked for what is known, then
//! embeddings by the environment's own provider, then images, of which the pipeline makes the
//! thumbnails. Or images alone, and the pipeline does all of it. What is there is left as it is.

mod images;
mod phase;
#[cfg(test)]
mod tests;
mod waiting;

use collections_core::db::operate::{Counts, Loaded, Request};
use collections_core::domain::{ItemId, UserId};
use contract::Event as _;
use contract::events::RebuildRequested;
use serde_json::{Value, json};

use super::{output, verify::LIVE};
use crate::cloud::Cloud;
use crate::cloud::functions::Answer;
use crate::dataset::{DataSet, format};
use crate::engine::phases::Deployed;
use crate::error::{Doing as _, Error, Result};
use crate::event::{Events, Unit};

pub use phase::SeedGolden;

/// So many items go into one request.
const BATCH: usize = 20;

/// The way the data gets in.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Way {
    /// What is said of the images is loaded with them.
    Rows,
    /// Only images are stored; the pipeline looks at them.
    Pipeline,
}

/// A collection on its way to a user.
pub struct Seeding<'s> {
    /// Where.
    pub cloud: &'s Cloud,
    /// Who hears of it.
    pub events: &'s Events,
    /// The stacks.
    pub deployed: &'s Deployed,
    /// What.
    pub set: &'s DataSet,
    /// Whose it becomes.
    pub owner: UserId,
}

/// What there is in the end.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Seeded {
    /// Rows.
    pub counts: Counts,
    /// Images that had to be stored.
    pub stored: usize,
}

/// The user of the environment's pool with this address; made if there is none.
pub async fn ensure_user(cloud: &Cloud, deployed: &Deployed, email: &str) -> Result<UserId> {
    let pool = output(deployed, "auth", "CognitoUserPoolId")?;
    let user = match cloud.users.user(pool, email).await? {
        Some(user) => user,
        None => cloud.users.create(pool, email).await?,
    };
    user.id
        .parse()
        .doing(format!("understand the id of {email}"))
}

impl Seeding<'_> {
    /// Loads what is missing, and counts.
    pub async fn run(&self, way: Way) -> Result<Seeded> {
        self.migrate().await?;
        if way == Way::Rows {
            self.rows().await?;
            self.embeddings().await?;
        }
        let stored = self.images(way).await?;
        let counts = self.until_whole(way).await?;
        Ok(Seeded { counts, stored })
    }

    /// How much of the set the owner has; what else is the owner's does not count.
    pub async fn counts(&self) -> Result<Counts> {
        let ids = self.set.items.iter().map(|item| item.id_for(&self.owner));
        self.count(Some(ids.collect::<Result<_>>()?)).await
    }

    async fn count(&self, among: Option<Vec<ItemId>>) -> Result<Counts> {
        let request = Request::Count {
            user_id: self.owner.clone(),
            among,
        };
        self.database(&request).await
    }

    /// Whether nothing is missing.
    pub async fn is_whole(&self) -> Result<bool> {
        Ok(
            self.missing(self.counts().await?).is_none()
                && self.thumbnails().await? >= self.total(),
        )
    }

    fn total(&self) -> usize {
        self.set.items.len()
    }

    /// What is not all there.
    fn missing(&self, counts: Counts) -> Option<String> {
        let wanted = i64::try_from(self.total()).unwrap_or(i64::MAX);
        let Counts {
            items,
            searchable,
            analyses,
            embeddings,
        } = counts;
        let parts = [
            ("items", items),
            ("analyses", analyses),
            ("embeddings", embeddings),
            ("searchable", searchable),
        ];
        let short = parts.into_iter().find(|(_, count)| *count < wanted);
        short.map(|(name, count)| format!("{name} {count}/{wanted}"))
    }

    async fn migrate(&self) -> Result<()> {
        let asked = json!({ "migrate": { "dry_run": false } });
        self.ops(&asked).await.map(drop)
    }

    async fn rows(&self) -> Result<()> {
        let step = self.events.start("load items and analyses");
        let total = self.total();
        for (batch, number) in self.set.items.chunks(BATCH).zip(0..) {
            let items = batch.iter().map(|item| {
                let bytes = self.set.image(item)?;
                let format = format(&bytes)
                    .ok_or_else(|| Error::input(format!("{} is no image", item.file)))?;
                Ok(Loaded {
                    id: item.id_for(&self.owner)?,
                    original_filename: item.file.clone(),
                    mime_type: format.mime_type().to_owned(),
                    file_size: i64::try_from(bytes.len()).doing("measure the image")?,
                    width: item.width,
                    height: item.height,
                    raw_response: serde_json::to_value(&item.description)
                        .doing("write the analysis")?,
                })
            });
            let request = Request::Load {
                user_id: self.owner.clone(),
                items: items.collect::<Result<_>>()?,
            };
            let _so_far: Counts = self.database(&request).await?;
            let done = (number * BATCH + batch.len()) as u64;
            step.progress(done, Some(total as u64), Unit::Items);
        }
        step.finish_with(format!("{total}/{total}"));
        Ok(())
    }

    /// The embedder is asked for what has no embedding yet: a rebuild that began before all of it.
    /// It makes those of the owner's other items too, and not all of many at once.
    async fn embeddings(&self) -> Result<()> {
        let wanted = self.total() as i64;
        let mut there = self.counts().await?.embeddings;
        if there >= wanted {
            return Ok(());
        }
        let step = self.events.start("embed the analyses");
        let function = output(self.deployed, "compute", "EmbedderFunctionName")?;
        let event = RebuildRequested {
            user_id: self.owner.to_string(),
        };
        let request = json!({
            "id": "seed", "time": "1970-01-01T00:00:00Z",
            "source": RebuildRequested::TYPE.source,
            "detail-type": RebuildRequested::TYPE.detail_type,
            "detail": event,
        });
        let mut all = self.count(None).await?.embeddings;
        while there < wanted {
            self.invoke(function, &request, "embed the analyses")
                .await?;
            there = self.counts().await?.embeddings;
            let now = self.count(None).await?.embeddings;
            if now <= all {
                break;
            }
            all = now;
        }
        step.finish_with(format!("{there}/{wanted}"));
        Ok(())
    }

    async fn database<T: serde::de::DeserializeOwned>(&self, request: &Request) -> Result<T> {
        let answer = self.ops(&json!({ "database": request })).await?;
        serde_json::from_value(answer).doing("understand the answer of the database")
    }

    async fn ops(&self, request: &Value) -> Result<Value> {
        let function = output(self.deployed, "compute", "OpsFunctionName")?;
        self.invoke(function, request, "load the collection").await
    }

    async fn invoke(&self, function: &str, request: &Value, doing: &str) -> Result<Value> {
        let functions = &self.cloud.functions;
        match functions.invoke(function, LIVE, request).await? {
            Answer::Value(value) => Ok(value),
            Answer::Failed(said) => Err(Error::failed(format!("could not {doing}: {said}"))
                .hint(format!("its log group: /aws/lambda/{function}"))
                .hint(format!(
                    "look at the database: cargo xtask db status --env {}",
                    self.deployed.environment
                ))
                .hint("the same command goes on where this ended")),
        }
    }
}
