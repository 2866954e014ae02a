//! The store of an environment, chosen by its settings.

use std::path::PathBuf;
use std::sync::Arc;

use anyhow::{Context, Result, bail};
use contract::access::{Database, DatabaseDataApi};
use contract::{EnvKey, Grants};

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
    let settings = cloud.settings();
    let backend: Backend = settings
        .require(EnvKey::ChatHistory)?
        .parse()
        .with_context(|| format!("read {}", EnvKey::ChatHistory.name()))?;
    let history = store(backend, cloud, db)?;
    Ok(match backend {
        Backend::Postgres => {
            let files = Json::new(folder(settings)?);
            let backs_up = is_backed_up(settings)?;
            Arc::new(Fallback::new(history, files, backs_up, clock()))
        }
        _ => history,
    })
}

/// A back end by itself, as a move between two of them needs it.
pub fn store<F>(backend: Backend, cloud: &Cloud<F>, db: &Arc<Db<F>>) -> Result<Arc<dyn History>>
where
    F: Grants<Database> + Grants<DatabaseDataApi> + Keeps,
{
    let (config, settings) = (cloud.config(), cloud.settings());
    let name = match backend {
        Backend::Dynamodb => "DynamoDB",
        Backend::Postgres => "PostgreSQL",
        Backend::AuroraDataApi => "Aurora Data API",
        Backend::Json => "JSON file",
    };
    tracing::info!("ConversationStore initialized with {name} backend");
    Ok(match backend {
        Backend::Dynamodb => Arc::new(Dynamodb::new(config, settings, clock())?),
        Backend::Postgres => Arc::new(Postgres::new(db.clone())),
        Backend::AuroraDataApi => Arc::new(AuroraDataApi::new(config, settings, clock())?),
        Backend::Json => Arc::new(Json::new(folder(settings)?)),
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
