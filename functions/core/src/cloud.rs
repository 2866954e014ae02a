//! The clients of one function, made from its settings.

use anyhow::Result;
use aws_config::SdkConfig;
use contract::access::{CountCheckpoints, Database};
use contract::{EnvKey, Function, Grants};

use crate::checkpoints::CheckpointTable;
use crate::db::Db;
use crate::events::Events;
use crate::objects::Objects;
use crate::secrets::Secrets;
use crate::settings::Settings;

/// What function `F` sees of the world. Cheap to make: no client connects before it is used.
#[derive(Debug)]
pub struct Cloud<F> {
    settings: Settings<F>,
    config: SdkConfig,
}

impl<F: Function> Cloud<F> {
    /// From the process environment.
    pub async fn from_env() -> Result<Self> {
        Ok(Self::new(Settings::from_env(), crate::aws::config().await?))
    }

    /// From given settings and SDK configuration.
    pub fn new(settings: Settings<F>, config: SdkConfig) -> Self {
        Self { settings, config }
    }

    /// The function's environment.
    pub fn settings(&self) -> &Settings<F> {
        &self.settings
    }

    /// How SDK clients reach AWS, for clients that are made elsewhere.
    pub(crate) fn config(&self) -> &SdkConfig {
        &self.config
    }

    /// The image bucket.
    pub fn objects(&self) -> Result<Objects<F>> {
        Objects::new(&self.config, self.settings.require(EnvKey::BucketName)?)
    }

    /// The event bus.
    pub fn events(&self) -> Events<F> {
        Events::new(&self.config)
    }

    /// Parameter Store.
    pub fn secrets(&self) -> Result<Secrets<F>> {
        Ok(Secrets::new(
            &self.config,
            self.settings.require(EnvKey::ParameterPrefix)?,
        ))
    }

    /// The database, with at most `connections` at one time.
    pub fn database(&self, connections: u32) -> Result<Db<F>>
    where
        F: Grants<Database>,
    {
        Db::new(&self.config, &self.settings, connections)
    }

    /// The table of chat checkpoints, for counting.
    pub fn checkpoints(&self) -> Result<CheckpointTable<F>>
    where
        F: Grants<CountCheckpoints>,
    {
        let table = self.settings.require(EnvKey::CheckpointTableName)?;
        Ok(CheckpointTable::new(&self.config, table))
    }
}
