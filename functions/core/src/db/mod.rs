//! PostgreSQL: the pool, the credentials it uses, and one file of queries per table.
//!
//! Queries are written as text and run against the real schema by the tests, rather than through
//! sqlx's checking macros: those need a database or a cache of its answers at every build, and
//! the cache goes stale in silence where a test fails aloud.

pub mod analyses;
pub mod authorities;
pub mod claims;
pub mod connect;
pub mod embeddings;
pub mod history;
pub mod items;
pub mod migrate;
pub mod operate;

pub use connect::{Address, Credentials, connect_options};

use std::marker::PhantomData;
use std::sync::Arc;
use std::time::{Duration, Instant};

use anyhow::{Context, Result};
use aws_config::SdkConfig;
use contract::access::Database;
use contract::{EnvKey, Grants};
use futures::TryFutureExt as _;
use sqlx::pool::PoolConnection;
use sqlx::postgres::{PgPool, PgPoolOptions};
use sqlx::{ConnectOptions as _, Connection as _, Executor as _, PgConnection, Postgres};
use tokio::sync::Mutex;

use crate::secrets::LIFETIME;
use crate::settings::Settings;

/// What PostgreSQL answers to a wrong password.
const INVALID_PASSWORD: &str = "28P01";

/// One plan of each statement for all users: planning a search takes half as long as running it.
/// And no parallel workers: to start them takes longer than what they would do.
const SHORT_STATEMENTS: &str =
    "SET plan_cache_mode = force_generic_plan; SET max_parallel_workers_per_gather = 0";

/// A connection of the pool.
pub type Connection = PoolConnection<Postgres>;

/// A transaction; dropped without a commit it is rolled back.
pub type Transaction = sqlx::Transaction<'static, Postgres>;

/// The database as function `F` may use it.
#[derive(Debug)]
pub struct Db<F> {
    pool: PgPool,
    source: Option<Arc<Source>>,
    function: PhantomData<fn() -> F>,
}

/// Where the credentials come from, and when they last did.
#[derive(Debug)]
struct Source {
    client: aws_sdk_secretsmanager::Client,
    secret: String,
    address: Address,
    read: Mutex<Option<Instant>>,
}

impl<F: Grants<Database>> Db<F> {
    /// A pool that connects, and reads its credentials, when it is first used.
    pub fn new(config: &SdkConfig, settings: &Settings<F>, connections: u32) -> Result<Self> {
        let address = Address {
            host: settings.require(EnvKey::DbHost)?.to_owned(),
            port: settings
                .require(EnvKey::DbPort)?
                .parse()
                .with_context(|| format!("{} is no port", EnvKey::DbPort.name()))?,
            name: settings.require(EnvKey::DbName)?.to_owned(),
            authorities: match settings.get(EnvKey::DbCaFile)? {
                Some(file) => authorities::from_file(file.as_ref())?,
                None => authorities::built_in(),
            },
        };
        let nobody = Credentials::nobody();
        let pool = pool_options(connections).connect_lazy_with(connect_options(&address, &nobody));
        let source = Source {
            client: aws_sdk_secretsmanager::Client::new(config),
            secret: settings.require(EnvKey::DbSecretArn)?.to_owned(),
            address,
            read: Mutex::new(None),
        };
        Ok(Self {
            pool,
            source: Some(Arc::new(source)),
            function: PhantomData,
        })
    }

    /// Over a pool that has its credentials already.
    pub fn over(pool: PgPool) -> Self {
        Self {
            pool,
            source: None,
            function: PhantomData,
        }
    }

    /// A connection. A password that was rotated meanwhile is looked up again, once.
    pub async fn acquire(&self) -> Result<Connection> {
        self.refresh(LIFETIME).await?;
        let mut connection = self.pool.acquire().await;
        if self.password_changed(&connection).await? {
            connection = self.pool.acquire().await;
        }
        connection.context("connect to the database")
    }

    /// Signs in once more, past the pool, as a new connection would; says whether the password
    /// that was known had to be looked up again.
    pub async fn sign_in(&self) -> Result<bool> {
        self.refresh(LIFETIME).await?;
        let mut connection = self.pool.connect_options().connect().await;
        let looked_up = self.password_changed(&connection).await?;
        if looked_up {
            connection = self.pool.connect_options().connect().await;
        }
        let connection = connection.context("sign in to the database")?;
        connection.close().await.context("leave the database")?;
        Ok(looked_up)
    }

    /// A connection with a transaction begun on it.
    pub async fn begin(&self) -> Result<Transaction> {
        self.refresh(LIFETIME).await?;
        let mut transaction = self.pool.begin().await;
        if self.password_changed(&transaction).await? {
            transaction = self.pool.begin().await;
        }
        transaction.context("connect to the database")
    }

    /// Whether there was no connection for a password that has been looked up again now.
    async fn password_changed<T>(&self, connected: &sqlx::Result<T>) -> Result<bool> {
        let changed = connected.as_ref().err().is_some_and(is_wrong_password);
        if changed {
            self.refresh(Duration::ZERO).await?;
        }
        Ok(changed)
    }

    /// Begins to read the credentials while the function starts: who connects first finds the
    /// call under way.
    pub fn prefetch(&self) {
        let Some(source) = self.source.clone() else {
            return;
        };
        let pool = self.pool.clone();
        tokio::spawn(async move {
            if let Err(error) = source.refresh(&pool, LIFETIME).await {
                // Whoever connects asks again, and reports it.
                tracing::info!(error = format!("{error:#}"), "no credentials at the start");
            }
        });
    }

    async fn refresh(&self, age: Duration) -> Result<()> {
        match &self.source {
            Some(source) => source.refresh(&self.pool, age).await,
            None => Ok(()),
        }
    }
}

impl Source {
    /// Reads the credentials if they are older than `age`, for new connections of the pool.
    async fn refresh(&self, pool: &PgPool, age: Duration) -> Result<()> {
        let mut read = self.read.lock().await;
        if read.is_some_and(|read| read.elapsed() < age) {
            return Ok(());
        }
        let credentials = connect::read_secret(&self.client, &self.secret).await?;
        pool.set_connect_options(connect_options(&self.address, &credentials));
        *read = Some(Instant::now());
        Ok(())
    }
}

/// A pool of at most so many connections, each fit for short statements over one user's rows.
pub fn pool_options(connections: u32) -> PgPoolOptions {
    PgPoolOptions::new()
        .max_connections(connections)
        .acquire_timeout(Duration::from_secs(10))
        .idle_timeout(Duration::from_secs(300))
        .after_connect(|connection, _| Box::pin(connection.execute(SHORT_STATEMENTS).map_ok(drop)))
}

fn is_wrong_password(error: &sqlx::Error) -> bool {
    error
        .as_database_error()
        .and_then(|e| e.code())
        .is_some_and(|code| code == INVALID_PASSWORD)
}

/// What the server says of itself and of this connection.
#[derive(Clone, Debug, serde::Serialize, sqlx::FromRow)]
pub struct ServerFacts {
    /// `version()`.
    pub version: String,
    /// Whether the server itself ended TLS for this connection.
    pub server_tls: bool,
}

/// Asks the server about itself.
pub async fn server_facts(connection: &mut PgConnection) -> Result<ServerFacts> {
    sqlx::query_as(
        "SELECT version(), coalesce((SELECT ssl FROM pg_stat_ssl WHERE pid = pg_backend_pid()), false) AS server_tls",
    )
    .fetch_one(connection)
    .await
    .context("ask the database for its version")
}

/// Asks the server for nothing: whether it answers, and so that the connection is not given up.
pub async fn ping(connection: &mut PgConnection) -> Result<()> {
    sqlx::Connection::ping(connection)
        .await
        .context("reach the database")
}

/// What `/health` tells of the server.
#[derive(Clone, Debug, sqlx::FromRow)]
pub struct Summary {
    /// Its version, without the platform.
    pub server_version: String,
    /// How many items it thinks that all users have together.
    pub items: i64,
}

/// Asks the server for its version and its own estimates; no row of any user is read.
pub async fn summary(connection: &mut PgConnection) -> Result<Summary> {
    sqlx::query_as(
        "SELECT current_setting('server_version') AS server_version,
                coalesce((SELECT n_live_tup FROM pg_stat_user_tables WHERE relname = 'items'), 0)
                    AS items",
    )
    .fetch_one(connection)
    .await
    .context("ask the database for its numbers")
}
