//! Conversations in Aurora over its Data API: HTTPS, no connection, no network to be in.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use anyhow::Context;
use async_trait::async_trait;
use aws_config::SdkConfig;
use aws_sdk_rdsdata::Client;
use aws_sdk_rdsdata::error::SdkError;
use aws_sdk_rdsdata::types::{Field, SqlParameter};
use aws_smithy_types::error::metadata::ProvideErrorMetadata;
use contract::access::DatabaseDataApi;
use contract::{EnvKey, Grants};
use tracing::Instrument;

use super::error::{Error, Result, of_sdk};
use super::relational::{self, Transaction, Transport};
use super::transfer::Movable;
use super::{
    Backend, Conversation, ConversationId, History, NewConversation, Page, State, Thread, Turn,
};
use crate::clock::Clock;
use crate::db::history::{Statement, Value};
use crate::domain::UserId;
use crate::settings::Settings;

/// What a request may have; the service refuses more.
const MAX_REQUEST: usize = 4 * 1024 * 1024;
/// What a request has besides statement and values: names, signature, JSON's own signs.
const AROUND: usize = 16 * 1024;
/// How often a cluster that is waking up is asked again.
const RESUMES: usize = 10;
/// How long it is given between.
const RESUME_TIME: Duration = Duration::from_secs(5);

/// The back end. Clones share everything.
#[derive(Clone, Debug)]
pub struct AuroraDataApi(Arc<Parts>);

#[derive(Debug)]
struct Parts {
    client: Client,
    cluster: String,
    secret: String,
    database: String,
    clock: Arc<dyn Clock>,
    /// Whether the last call was answered.
    reached: AtomicBool,
}

impl AuroraDataApi {
    /// A client of the environment's cluster.
    pub fn new<F: Grants<DatabaseDataApi>>(
        config: &SdkConfig,
        settings: &Settings<F>,
        clock: Arc<dyn Clock>,
    ) -> anyhow::Result<Self> {
        Ok(Self(Arc::new(Parts {
            client: Client::new(config),
            cluster: settings.require(EnvKey::DbClusterArn)?.to_owned(),
            secret: settings.require(EnvKey::DbSecretArn)?.to_owned(),
            database: settings.require(EnvKey::DbName)?.to_owned(),
            clock,
            reached: AtomicBool::new(true),
        })))
    }

    /// Makes a call, again and again while the cluster wakes up. Such an answer means that nothing
    /// was done.
    async fn call<T, E, C>(&self, purpose: &'static str, call: impl Fn() -> C + Send) -> Result<T>
    where
        C: Future<Output = std::result::Result<T, SdkError<E>>> + Send,
        E: std::error::Error + ProvideErrorMetadata + Send + Sync + 'static,
    {
        let mut resumes = 0;
        loop {
            let error = match call().await {
                Ok(answer) => {
                    self.0.reached.store(true, Ordering::Relaxed);
                    return Ok(answer);
                }
                Err(error) => error,
            };
            if is_resuming(&error) && resumes < RESUMES {
                resumes += 1;
                tracing::info!(resumes, "the database is resuming");
                self.0.clock.sleep(RESUME_TIME).await;
                continue;
            }
            let error = of_sdk(purpose, error);
            let reached = !matches!(error, Error::Unavailable(_) | Error::Denied(_));
            self.0.reached.store(reached, Ordering::Relaxed);
            return Err(error);
        }
    }

    async fn execute(
        &self,
        statement: Statement,
        transaction: Option<&str>,
    ) -> Result<Vec<String>> {
        let sql = named(statement.sql);
        check_size(&sql, &statement.values)?;
        let request = self
            .0
            .client
            .execute_statement()
            .resource_arn(&self.0.cluster)
            .secret_arn(&self.0.secret)
            .database(&self.0.database)
            .sql(sql)
            .set_parameters(Some(parameters(statement.values)))
            .set_transaction_id(transaction.map(str::to_owned));
        let answer = self
            .call(statement.purpose, || request.clone().send())
            .await?;
        let rows = answer.records.unwrap_or_default().into_iter();
        rows.map(|row| match row.into_iter().next() {
            Some(Field::StringValue(text)) => Ok(text),
            other => Err(Error::Other(anyhow::anyhow!(
                "{}: the answer has {other:?} where text was asked for",
                statement.purpose
            ))),
        })
        .collect()
    }
}

fn is_resuming<E: ProvideErrorMetadata>(error: &SdkError<E>) -> bool {
    let code = error.as_service_error().and_then(|error| error.code());
    code == Some("DatabaseResumingException")
}

/// The Data API knows values by name alone: `$1` is `:p1` there.
fn named(sql: &str) -> String {
    sql.replace('$', ":p")
}

fn parameters(values: Vec<Value>) -> Vec<SqlParameter> {
    let named = values.into_iter().enumerate().map(|(at, value)| {
        let value = match value {
            Value::Text(text) => Field::StringValue(text),
            Value::Number(number) => Field::LongValue(number),
            Value::Null => Field::IsNull(true),
        };
        let name = format!("p{}", at + 1);
        SqlParameter::builder().name(name).value(value).build()
    });
    named.collect()
}

/// Said before it is sent, for the service says less. JSON writes some characters as six.
fn check_size(sql: &str, values: &[Value]) -> Result<()> {
    let texts = values.iter().filter_map(|value| match value {
        Value::Text(text) => serde_json::to_string(text).ok(),
        _ => None,
    });
    let bytes = AROUND + sql.len() + texts.map(|text| text.len()).sum::<usize>();
    if bytes > MAX_REQUEST {
        return Err(Error::TooLarge {
            what: "a request to the Data API",
            bytes,
            limit: MAX_REQUEST,
        });
    }
    Ok(())
}

#[async_trait]
impl Transport for AuroraDataApi {
    async fn run(&self, statement: Statement) -> Result<Vec<String>> {
        self.execute(statement, None).await
    }

    async fn begin(&self) -> Result<Box<dyn Transaction + '_>> {
        let request = self
            .0
            .client
            .begin_transaction()
            .resource_arn(&self.0.cluster)
            .secret_arn(&self.0.secret)
            .database(&self.0.database);
        let answer = self
            .call("begin a transaction", || request.clone().send())
            .await?;
        let id = answer.transaction_id;
        let id = id.ok_or_else(|| anyhow::anyhow!("the Data API began a transaction of no id"))?;
        Ok(Box::new(Open {
            api: self.clone(),
            id,
        }))
    }
}

/// A transaction that has begun.
struct Open {
    api: AuroraDataApi,
    id: String,
}

#[async_trait]
impl Transaction for Open {
    async fn run(&mut self, statement: Statement) -> Result<Vec<String>> {
        self.api.execute(statement, Some(&self.id)).await
    }

    async fn commit(self: Box<Self>) -> Result<()> {
        let parts = self.api.0.clone();
        let request = parts
            .client
            .commit_transaction()
            .resource_arn(&parts.cluster)
            .secret_arn(&parts.secret)
            .transaction_id(&self.id);
        let done = self
            .api
            .call("commit the transaction", || request.clone().send());
        done.await.map(drop)
    }

    async fn roll_back(self: Box<Self>) {
        roll_back(&self.api, self.id).await;
    }
}

/// Does its work to the end even where the caller hangs up meanwhile: a transaction that nobody ends
/// keeps its locks for the three minutes that the service waits.
async fn to_the_end<T: Send + 'static>(
    work: impl Future<Output = Result<T>> + Send + 'static,
) -> Result<T> {
    let done = tokio::spawn(work.in_current_span()).await;
    done.context("keep the conversation over the Data API")?
}

async fn roll_back(api: &AuroraDataApi, id: String) {
    let rolled_back = api
        .0
        .client
        .rollback_transaction()
        .resource_arn(&api.0.cluster)
        .secret_arn(&api.0.secret)
        .transaction_id(id)
        .send()
        .await;
    if let Err(error) = rolled_back {
        // Then the service does it, three minutes later.
        let error = of_sdk("roll the transaction back", error).to_string();
        tracing::warn!(error, "the transaction was left to time out");
    }
}

#[async_trait]
impl History for AuroraDataApi {
    async fn list(&self, user: &UserId, page: &Page) -> Result<Vec<Conversation>> {
        relational::list(self, user, page).await
    }

    async fn load(&self, user: &UserId, id: &ConversationId) -> Result<Option<Thread>> {
        relational::load(self, user, id).await
    }

    async fn create(&self, user: &UserId, new: &NewConversation) -> Result<Conversation> {
        let (api, user, new) = (self.clone(), user.clone(), new.clone());
        to_the_end(async move { relational::create(&api, &user, &new).await }).await
    }

    async fn append(
        &self,
        user: &UserId,
        id: &ConversationId,
        turn: &Turn,
    ) -> Result<Conversation> {
        let (api, user, id, turn) = (self.clone(), user.clone(), id.clone(), turn.clone());
        to_the_end(async move { relational::append(&api, &user, &id, &turn).await }).await
    }

    async fn rename(
        &self,
        user: &UserId,
        id: &ConversationId,
        title: &str,
    ) -> Result<Option<Conversation>> {
        relational::rename(self, user, id, title, &*self.0.clock).await
    }

    async fn delete(&self, user: &UserId, id: &ConversationId) -> Result<bool> {
        let (api, user, id) = (self.clone(), user.clone(), id.clone());
        to_the_end(async move { relational::delete(&api, &user, &id).await }).await
    }

    fn state(&self) -> State {
        let reached = self.0.reached.load(Ordering::Relaxed);
        State {
            backend: Backend::AuroraDataApi,
            degraded: (!reached).then(|| "the Data API does not answer".to_owned()),
        }
    }

    async fn check(&self) -> State {
        relational::check(self, Backend::AuroraDataApi).await
    }
}

#[async_trait]
impl Movable for AuroraDataApi {
    async fn users(&self) -> Result<Vec<UserId>> {
        relational::users(self).await
    }
}
