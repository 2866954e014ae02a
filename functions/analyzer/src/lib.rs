//! Has a vision model describe every processed image, and says that it did.

mod sight;

use std::time::Duration;

use anyhow::Result;
use collections_core::Cloud;
use collections_core::contract::events::{AnalysisComplete, AnalysisRequested, ImageProcessed};
use collections_core::contract::functions::Analyzer as F;
use collections_core::db::analyses::{self, NewAnalysis};
use collections_core::db::claims;
use collections_core::db::{Db, items};
use collections_core::domain::{AnalysisId, Description, Item, ItemId, UserId};
use collections_core::events::Events;
use collections_core::objects::Objects;
use collections_core::providers::ProviderError;
use collections_core::providers::choice::VisionModels;
use collections_core::providers::http::{Http, Patience};
use collections_core::providers::prompt::Prompt;
use collections_core::queue::{self, Envelope};
use collections_core::secrets::Secrets;
use collections_core::telemetry::{Metrics, Unit};

/// Longer than the function may run.
const CLAIM: Duration = Duration::from_secs(150);
const CONNECTIONS: u32 = 2;

/// The function with its clients.
#[derive(Debug)]
pub struct Analyzer {
    objects: Objects<F>,
    events: Events<F>,
    db: Db<F>,
    secrets: Secrets<F>,
    models: VisionModels<F>,
}

/// One image to describe.
#[derive(Debug)]
struct Job {
    user: UserId,
    item: ItemId,
    /// Make a new version although one exists.
    force: bool,
    provider: Option<String>,
    model: Option<String>,
    /// What this piece of work is known by.
    work: String,
}

/// What came of looking at an image.
enum Outcome {
    Described(AnalysisId),
    /// The model cannot describe it; asking again would not help.
    Refused(String),
    /// The item was deleted meanwhile.
    Gone,
}

impl Analyzer {
    /// With the clients of the function's environment.
    pub fn new(cloud: &Cloud<F>) -> Result<Self> {
        Self::over(cloud, cloud.database(CONNECTIONS)?, Patience::default())
    }

    /// With a given database and patience.
    pub fn over(cloud: &Cloud<F>, db: Db<F>, patience: Patience) -> Result<Self> {
        Ok(Self {
            objects: cloud.objects()?,
            events: cloud.events(),
            db,
            secrets: cloud.secrets()?,
            models: VisionModels::new(Http::new(patience)?, cloud.settings().clone()),
        })
    }

    /// Handles one event.
    pub async fn handle(&self, envelope: Envelope) -> Result<()> {
        let job = job(&envelope)?;
        queue::about(job.user.as_str(), job.item.as_str());
        let work = self.analyze(&job, envelope.trace.as_deref());
        claims::once(&self.db, &job.user, &job.work, CLAIM, work).await
    }

    async fn analyze(&self, job: &Job, trace: Option<&str>) -> Result<()> {
        let mut db = self.db.acquire().await?;
        let Some(item) = items::get(&mut db, &job.user, &job.item).await? else {
            tracing::info!("the item was deleted meanwhile");
            return Ok(());
        };
        drop(db);
        let outcome = match self.reusable(job, &item).await? {
            Some(analysis) => Outcome::Described(analysis),
            None => self.look(job, &item, trace).await?,
        };
        match outcome {
            Outcome::Described(analysis) => self.announce(job, &analysis, trace).await,
            Outcome::Refused(reason) => {
                tracing::warn!(reason, "the image cannot be analysed");
                let mut db = self.db.acquire().await?;
                items::set_refused(&mut db, &job.user, &job.item, &reason, None).await
            }
            Outcome::Gone => Ok(()),
        }
    }

    /// The analysis that answers the job already: this very work's, or any if none is forced.
    async fn reusable(&self, job: &Job, item: &Item) -> Result<Option<AnalysisId>> {
        let mut db = self.db.acquire().await?;
        let own = AnalysisId::of(&job.item, &job.work);
        if let Some(own) = analyses::get(&mut db, &job.user, &own).await? {
            return Ok(Some(own.id));
        }
        let latest = item
            .latest_analysis
            .as_ref()
            .map(|latest| latest.id.clone());
        Ok(latest.filter(|_| !job.force))
    }

    async fn look(&self, job: &Job, item: &Item, trace: Option<&str>) -> Result<Outcome> {
        let Some(image) = sight::image(&self.objects, item).await? else {
            return Ok(Outcome::Gone);
        };
        let wanted = (job.provider.as_deref(), job.model.as_deref());
        let model = self
            .models
            .choose(&self.secrets, wanted.0, wanted.1)
            .await?;
        let metrics = Metrics::of::<F>().by("provider", model.provider());
        let answer = match model.describe(&image, &Prompt::built_in()).await {
            Ok(answer) => answer,
            Err(
                error @ ProviderError::Refused {
                    status: 400 | 413 | 422,
                    ..
                },
            ) => {
                return Ok(Outcome::Refused(error.to_string()));
            }
            Err(error) => return Err(error.into()),
        };
        metrics
            .add("InputTokens", Unit::Count, answer.usage.input_tokens as f64)
            .add(
                "OutputTokens",
                Unit::Count,
                answer.usage.output_tokens as f64,
            )
            .with("model", answer.model.as_str())
            .duration("ModelDuration")
            .write();
        // Models differ from call to call, so an unusable answer is worth another delivery.
        let description = Description::parse(&answer.text)?;
        let new = NewAnalysis {
            id: AnalysisId::of(&job.item, &job.work),
            item_id: job.item.clone(),
            user_id: job.user.clone(),
            description,
            provider: model.provider(),
            model: answer.model,
            trace_id: trace.map(str::to_owned),
            input_tokens: i64::try_from(answer.usage.input_tokens)?,
            output_tokens: i64::try_from(answer.usage.output_tokens)?,
        };
        let mut db = self.db.acquire().await?;
        analyses::insert(&mut db, &new).await?;
        Ok(Outcome::Described(new.id))
    }

    async fn announce(&self, job: &Job, analysis: &AnalysisId, trace: Option<&str>) -> Result<()> {
        let event = AnalysisComplete {
            item_id: job.item.to_string(),
            analysis_id: analysis.to_string(),
            user_id: job.user.to_string(),
        };
        self.events.put(&[event], trace).await
    }
}

/// What an event asks for.
fn job(envelope: &Envelope) -> Result<Job> {
    if let Some(event) = envelope.event::<ImageProcessed>()? {
        return Ok(Job {
            user: event.user_id.parse()?,
            item: event.item_id.parse()?,
            force: false,
            provider: None,
            model: None,
            work: format!("analysis/{}/{}", event.item_id, envelope.id),
        });
    }
    if let Some(event) = envelope.event::<AnalysisRequested>()? {
        return Ok(Job {
            user: event.user_id.parse()?,
            item: event.item_id.parse()?,
            force: event.force,
            provider: event.provider,
            model: event.model,
            work: format!("analysis/{}/{}", event.item_id, envelope.id),
        });
    }
    Err(envelope.unexpected())
}
