//! Has a vision model describe every processed image, and says that it did.

mod sight;

use std::time::Duration;

use anyhow::Result;
use collections_core::Cloud;
use collections_core::contract::events::{AnalysisComplete, AnalysisRequested, ImageProcessed};
use collections_core::contract::functions::Analyzer as F;
use collections_core::db::Db;
use collections_core::db::analyses::{self, NewAnalysis, Stored};
use collections_core::db::claims;
use collections_core::db::items::{self, Unanalyzed};
use collections_core::domain::{AnalysisId, Description, Item, ItemId, UserId};
use collections_core::events::Events;
use collections_core::lambda::Invocation;
use collections_core::objects::Objects;
use collections_core::providers::choice::VisionModels;
use collections_core::providers::http::{Http, Patience};
use collections_core::providers::langsmith::Prompts;
use collections_core::providers::outbound::Outbound;
use collections_core::providers::prices::Cost;
use collections_core::providers::prompt::Prompt;
use collections_core::providers::{Answer, Image, ProviderError, VisionModel};
use collections_core::queue::{self, Delivery, Envelope};
use collections_core::secrets::Secrets;
use collections_core::trace::{Kind, Span, Told, Traces};

/// Longer than the function may run.
const CLAIM: Duration = Duration::from_secs(150);
/// Records take turns at it: each needs it for a moment, and every instance that runs has its own.
const CONNECTIONS: u32 = 1;

/// The function with its clients.
#[derive(Debug)]
pub struct Analyzer {
    objects: Objects<F>,
    events: Events<F>,
    db: Db<F>,
    secrets: Secrets<F>,
    models: VisionModels<F>,
    prompts: Prompts<F>,
    traces: Traces<F>,
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
    /// The request it is part of.
    request_id: String,
}

/// What came of looking at an image.
enum Outcome {
    Described(AnalysisId),
    /// The model cannot describe it; asking again would not help.
    Refused(ProviderError),
    /// The item was deleted, or its image replaced, meanwhile.
    Gone,
}

impl Job {
    /// What an error of a provider leaves to do. What concerns the image, or what this request
    /// alone asked for, is told to the owner; anything else is the operator's, and worth another
    /// delivery.
    fn ended_by(&self, error: ProviderError) -> Result<Outcome> {
        let chosen = self.provider.is_some() || self.model.is_some();
        if error.is_about_the_image() || chosen && error.is_about_the_choice() {
            return Ok(Outcome::Refused(error));
        }
        Err(error.into())
    }
}

impl Analyzer {
    /// With the clients of the function's environment.
    pub fn new(cloud: &Cloud<F>) -> Result<Self> {
        Self::over(cloud, cloud.database(CONNECTIONS)?, Patience::default())
    }

    /// With a given database and patience.
    pub fn over(cloud: &Cloud<F>, db: Db<F>, patience: Patience) -> Result<Self> {
        let http = Http::guarded(patience, Outbound::of(cloud.settings())?)?;
        let secrets = cloud.secrets()?;
        let settings = cloud.settings();
        Ok(Self {
            objects: cloud.objects()?,
            events: cloud.events(),
            db,
            models: VisionModels::new(http.clone(), settings.clone()),
            prompts: Prompts::new(http.clone(), settings, secrets.clone())?,
            traces: Traces::new(http, settings, secrets.clone())?,
            secrets,
        })
    }

    /// Begins to read keys and credentials before the first event needs them.
    pub fn prefetch(&self) {
        self.secrets.prefetch();
        self.db.prefetch();
    }

    /// Handles a delivery, and sends the traces of it before the process may be frozen.
    pub async fn deliver(
        &self,
        delivery: Delivery,
        invocation: &Invocation,
    ) -> Result<queue::Answer> {
        let answer = queue::each(delivery, invocation, |envelope| self.handle(envelope)).await;
        self.traces.flush().await;
        answer
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
            None => self.look(job, &item).await?,
        };
        match outcome {
            Outcome::Described(analysis) => self.announce(job, &analysis, trace).await,
            Outcome::Refused(error) => {
                tracing::warn!(%error, "the image cannot be analysed");
                let unanalyzed = Unanalyzed {
                    reason: error.to_string(),
                    for_good: error.is_about_the_image(),
                    object_sequencer: item.object_sequencer,
                };
                let mut db = self.db.acquire().await?;
                items::set_unanalyzed(&mut db, &job.user, &job.item, &unanalyzed).await
            }
            Outcome::Gone => {
                tracing::info!("the item was deleted or its image replaced meanwhile");
                Ok(())
            }
        }
    }

    /// The analysis that answers the job already: this very work's, or any if none is forced.
    async fn reusable(&self, job: &Job, item: &Item) -> Result<Option<AnalysisId>> {
        let mut db = self.db.acquire().await?;
        let own = AnalysisId::of(&job.item, &job.work);
        if let Some(own) = analyses::get(&mut db, &job.user, &own).await? {
            return Ok(Some(own.id));
        }
        // An image that was replaced is another image.
        let latest = item
            .latest_analysis
            .as_ref()
            .filter(|latest| !job.force && latest.object_sequencer == item.object_sequencer);
        Ok(latest.map(|latest| latest.id.clone()))
    }

    async fn look(&self, job: &Job, item: &Item) -> Result<Outcome> {
        let work = self
            .traces
            .begin("analysis")
            .about("request_id", job.request_id.as_str())
            .about("user_id", job.user.as_str())
            .about("item_id", job.item.as_str());
        let wanted = (job.provider.as_deref(), job.model.as_deref());
        let (image, prompt) =
            futures::join!(sight::image(&self.objects, item), self.prompts.analysis());
        let Some(image) = image? else {
            return Ok(Outcome::Gone);
        };
        let model = match self.models.choose(&self.secrets, wanted.0, wanted.1).await {
            Ok(model) => model,
            Err(error) => return job.ended_by(error),
        };
        let (answer, cost) = match ask(&work, model.as_ref(), &image, &prompt).await {
            Ok(answer) => answer,
            Err(error) => return job.ended_by(error),
        };
        // Models differ from call to call, so an unusable answer is worth another delivery.
        let description = Description::parse(&answer.text)?;
        let new = NewAnalysis {
            id: AnalysisId::of(&job.item, &job.work),
            item_id: job.item.clone(),
            user_id: job.user.clone(),
            description,
            provider: model.provider(),
            model: answer.model,
            trace_id: Some(work.trace_id()),
            input_tokens: i64::try_from(answer.usage.input_tokens)?,
            output_tokens: i64::try_from(answer.usage.output_tokens)?,
            cost_nanodollars: cost.and_then(|cost| i64::try_from(cost.nanodollars()).ok()),
            object_sequencer: item.object_sequencer.clone(),
        };
        let mut db = self.db.acquire().await?;
        Ok(match analyses::insert(&mut db, &new).await? {
            Stored::Added | Stored::Already => Outcome::Described(new.id),
            Stored::Obsolete => Outcome::Gone,
        })
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

/// Asks a model, and records what that took and cost.
async fn ask(
    work: &Span,
    model: &dyn VisionModel,
    image: &Image,
    prompt: &Prompt,
) -> Result<(Answer, Option<Cost>), ProviderError> {
    let mut call = work.call(Kind::Model, model.provider(), model.name());
    call.prompt("system", &prompt.system);
    call.prompt("user", &prompt.user);
    call.set("langsmith.metadata.prompt", prompt.origin.as_str());
    call.set("langsmith.metadata.image_type", image.mime_type.as_str());
    call.set("langsmith.metadata.image_bytes", image.bytes.len());
    match model.describe(image, prompt).await {
        Ok(answer) => {
            let cost = call.answered(&Told {
                model: &answer.model,
                usage: answer.usage,
                text: &answer.text,
            });
            Ok((answer, cost))
        }
        Err(error) => {
            call.failed(&error);
            Err(error)
        }
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
            request_id: envelope.request_id.clone(),
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
            request_id: envelope.request_id.clone(),
        });
    }
    Err(envelope.unexpected())
}
