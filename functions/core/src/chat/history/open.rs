//! The store of an environment, chosen by its settings.

use std::path::PathBuf;
use std::sync::Arc;

use anyhow::{Context, Result, bail};
use contract::access::{CountCheckpoints, Database, DatabaseDataApi};
use contract::{EnvKey, Grants};

use super::transfer::Movable;
use super::{AuroraDataApi, Backend, Dynamodb, Fallback, History, Json, Keeps, Postgres};
use crate::Cloud;
use crate::clock::{Clock, SystemClock};
use crate::db::Db;
use crate::settings::Settings;

/// Where files go unless the environment says otherwise.
const FOLDER: &str = "/tmp/data/conversations";

/// The store that `CHAT_HISTORY` names. Nothing is connected to before it is used.
pub fn open<F>(cloud: &Cloud<F>, db: &Arc<Db<F>>) -> Result<Arc<dyn History>>
where
    F: Grants<Database> + Grants<DatabaseDataApi> + Keeps,
{
    let (config, settings) = (cloud.config(), cloud.settings());
    let backend: Backend = settings
        .require(EnvKey::ChatHistory)?
        .parse()
        .with_context(|| format!("read {}", EnvKey::ChatHistory.name()))?;
    tracing::info!(
        "ConversationStore initialized with {} backend",
        shown(backend)
    );
    Ok(match backend {
        Backend::Dynamodb => Arc::new(Dynamodb::new(config, settings, clock())?),
        Backend::AuroraDataApi => Arc::new(AuroraDataApi::new(config, settings, clock())?),
        Backend::Json => Arc::new(Json::new(folder(settings)?)),
        Backend::Postgres => {
            let files = Json::new(folder(settings)?);
            let backs_up = is_backed_up(settings)?;
            let database = Arc::new(Postgres::new(db.clone()));
            Arc::new(Fallback::new(database, files, backs_up, clock()))
        }
    })
}

/// How log lines call a back end.
pub fn shown(backend: Backend) -> &'static str {
    match backend {
        Backend::Dynamodb => "DynamoDB",
        Backend::Postgres => "PostgreSQL",
        Backend::AuroraDataApi => "Aurora Data API",
        Backend::Json => "JSON file",
    }
}

/// A back end by itself, as a move needs it.
pub fn movable<F>(backend: Backend, cloud: &Cloud<F>, db: &Arc<Db<F>>) -> Result<Arc<dyn Movable>>
where
    F: Grants<Database> + Grants<DatabaseDataApi> + Grants<CountCheckpoints> + Keeps,
{
    let (config, settings) = (cloud.config(), cloud.settings());
    Ok(match backend {
        Backend::Dynamodb => Arc::new(Dynamodb::new(config, settings, clock())?),
        Backend::AuroraDataApi => Arc::new(AuroraDataApi::new(config, settings, clock())?),
        Backend::Json => Arc::new(Json::new(folder(settings)?)),
        Backend::Postgres => Arc::new(Postgres::new(db.clone())),
    })
}

/// The folder of files.
fn folder<F: contract::Function>(settings: &Settings<F>) -> Result<PathBuf> {
    let folder = settings.get(EnvKey::ChatHistoryFolder)?;
    Ok(PathBuf::from(folder.unwrap_or(FOLDER)))
}

fn is_backed_up<F: contract::Function>(settings: &Settings<F>) -> Result<bool> {
    match settings.get(EnvKey::ChatHistoryBackup)? {
        None | Some("false") => Ok(false),
        Some("true") => Ok(true),
        Some(other) => bail!(
            "{} is {other}, and may be true or false",
            EnvKey::ChatHistoryBackup.name()
        ),
    }
}

fn clock() -> Arc<dyn Clock> {
    Arc::new(SystemClock)
}
