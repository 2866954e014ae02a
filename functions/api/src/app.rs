//! What every route can reach.

use std::sync::Arc;

use anyhow::Result;
use collections_core::chat::history::{self, History};
use collections_core::clock::{Clock, SystemClock};
use collections_core::contract::EnvKey;
use collections_core::contract::functions::Api;
use collections_core::db::{Connection, Db};
use collections_core::events::Events;
use collections_core::objects::Objects;
use collections_core::providers::choice::{ChatModels, VisionModels};
use collections_core::providers::http::{Http, Patience};
use collections_core::providers::outbound::Outbound;
use collections_core::secrets::Secrets;
use collections_core::trace::Traces;
use collections_core::{Cloud, Settings};
use tokio::sync::Semaphore;

use crate::embedding::QueryEmbedding;
use crate::identity::Verifier;
use crate::limits::{Limits, Rates};
use crate::problem::Problem;
use crate::standing::Standing;

/// How many connections to the database a server on this machine wants; a Lambda function answers
/// one request at a time and gets by with one. Few, because a search keeps a core of the database
/// busy from its beginning to its end: of many at once each ends late, of two the next soon begins.
pub fn connections() -> u32 {
    let cores = std::thread::available_parallelism().map_or(1, std::num::NonZero::get);
    u32::try_from(2 * cores).unwrap_or(u32::MAX)
}

/// The state of the router; cheap to clone.
#[derive(Clone, Debug)]
pub struct App(Arc<Parts>);

/// The clients.
#[derive(Debug)]
pub struct Parts {
    /// The image bucket.
    pub objects: Objects<Api>,
    /// The event bus.
    pub events: Events<Api>,
    /// Parameter Store.
    pub secrets: Secrets<Api>,
    /// Who a token belongs to.
    pub verifier: Verifier,
    /// The client of model providers; it reaches nothing else.
    pub http: Http,
    /// The models to talk with.
    pub models: ChatModels<Api>,
    /// The models that describe images. They are not asked here, but whether there is one.
    pub vision: VisionModels<Api>,
    /// Queries as vectors.
    pub embedding: QueryEmbedding,
    /// What models are asked, for LangSmith.
    pub traces: Traces<Api>,
    /// The environment.
    pub settings: Settings<Api>,
    /// Conversations.
    pub history: Arc<dyn History>,
    /// What each user has left to send.
    pub rates: Rates,
    /// Where requests run; as many as may run at once.
    pub places: Arc<Semaphore>,
    /// How much is taken on.
    pub limits: Limits,
    /// How things stood when `/health` last looked.
    pub standing: Standing,
    db: Arc<Db<Api>>,
}

impl App {
    /// With the clients of the function's environment.
    pub fn new(cloud: &Cloud<Api>) -> Result<Self> {
        Self::over(
            cloud,
            cloud.database(connections())?,
            Patience::default(),
            Limits::default(),
            Arc::new(SystemClock),
        )
    }

    /// With a given database, patience, limits and time.
    pub fn over(
        cloud: &Cloud<Api>,
        db: Db<Api>,
        patience: Patience,
        limits: Limits,
        clock: Arc<dyn Clock>,
    ) -> Result<Self> {
        let db = Arc::new(db);
        let settings = cloud.settings().clone();
        let http = Http::guarded(patience, Outbound::of(&settings)?)?;
        let secrets = cloud.secrets()?;
        let verifier = Verifier::new(
            http.clone(),
            settings.require(EnvKey::CognitoJwksUrl)?,
            settings.require(EnvKey::CognitoIssuer)?,
            settings.require(EnvKey::CognitoClientId)?,
            clock,
        );
        Ok(Self(Arc::new(Parts {
            objects: cloud.objects()?,
            events: cloud.events(),
            traces: Traces::new(http.clone(), &settings, secrets.clone())?,
            secrets,
            verifier,
            models: ChatModels::new(http.clone(), settings.clone()),
            vision: VisionModels::new(http.clone(), settings.clone()),
            http,
            embedding: QueryEmbedding::default(),
            settings,
            history: history::open(cloud, &db)?,
            rates: Rates::new(limits.per_user),
            places: Arc::new(Semaphore::new(limits.at_once)),
            limits,
            standing: Standing::default(),
            db,
        })))
    }

    /// Begins to read keys and credentials before the first request needs them.
    pub fn prefetch(&self) {
        self.0.secrets.prefetch();
        self.0.db.prefetch();
    }

    /// The database.
    pub fn db(&self) -> &Db<Api> {
        &self.0.db
    }

    /// A connection, or the answer that there is none now.
    pub async fn connection(&self) -> Result<Connection, Problem> {
        let connection = self.database().await;
        connection.map_err(|error| Problem::unavailable(&error))
    }

    /// A connection, or why there is none.
    pub async fn database(&self) -> Result<Connection> {
        self.0.db.acquire().await
    }
}

impl std::ops::Deref for App {
    type Target = Parts;

    fn deref(&self) -> &Parts {
        &self.0
    }
}
