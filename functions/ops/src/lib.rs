//! Proves connections from inside, migrates a database that the tool cannot reach, and moves chat
//! history between back ends.

pub mod history;

use std::sync::Arc;

use anyhow::{Result, ensure};
use collections_core::Cloud;
use collections_core::contract::functions::Ops;
use collections_core::db::{self, Db, migrate};
use collections_core::secrets::Secrets;
use serde::Deserialize;
use serde_json::{Value, json};

/// What the function is asked for: `{"probe":"database"}` or `{"migrate":{"dry_run":true}}`.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Request {
    /// Prove something.
    Probe(Probe),
    /// Apply what migrations are pending.
    Migrate {
        /// Only say which they are.
        #[serde(default)]
        dry_run: bool,
    },
    /// Look at chat history as a whole.
    History(history::Request),
}

/// What can be proved.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Probe {
    /// That the function runs.
    Hello,
    /// That it reaches the database over verified TLS.
    Database,
    /// That it writes and reads encrypted parameters.
    Parameter,
}

/// The function with its clients, which connect when they are first used.
#[derive(Debug)]
pub struct Operator {
    db: Arc<Db<Ops>>,
    secrets: Secrets<Ops>,
    cloud: Cloud<Ops>,
}

impl Operator {
    /// With the clients of the function's environment.
    pub fn new(cloud: Cloud<Ops>) -> Result<Self> {
        let db = cloud.database(1)?;
        Self::over(cloud, db)
    }

    /// With a given database.
    pub fn over(cloud: Cloud<Ops>, db: Db<Ops>) -> Result<Self> {
        Ok(Self {
            db: Arc::new(db),
            secrets: cloud.secrets()?,
            cloud,
        })
    }

    /// Does what is asked and says what came of it.
    pub async fn handle(&self, request: Request) -> Result<Value> {
        match request {
            Request::Probe(Probe::Hello) => {
                Ok(json!({"message": "hello", "version": env!("CARGO_PKG_VERSION")}))
            }
            Request::Probe(Probe::Database) => self.probe_database().await,
            Request::Probe(Probe::Parameter) => self.probe_parameter().await,
            Request::Migrate { dry_run } => {
                let mut connection = self.db.acquire().await?;
                Ok(serde_json::to_value(
                    migrate::migrate(&mut connection, dry_run).await?,
                )?)
            }
            Request::History(request) => history::handle(&self.cloud, &self.db, request).await,
        }
    }

    async fn probe_database(&self) -> Result<Value> {
        let mut connection = self.db.acquire().await?;
        let facts = db::server_facts(&mut connection).await?;
        // The connection would have failed without TLS, or with another host's certificate.
        Ok(json!({
            "version": facts.version, "tls": "verify-full", "server_tls": facts.server_tls,
        }))
    }

    async fn probe_parameter(&self) -> Result<Value> {
        let value = uuid::Uuid::new_v4().to_string();
        let read = self.secrets.probe(&value, &value).await?;
        ensure!(
            read.expose() == value,
            "the parameter came back with another value"
        );
        Ok(json!({"round_trip": true, "type": "SecureString"}))
    }
}

#[cfg(test)]
mod tests;
