//! Conversations in PostgreSQL, over the pool and its verified TLS.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use anyhow::Context;
use async_trait::async_trait;
use contract::Grants;
use contract::access::Database;
use sqlx::PgConnection;

use super::error::{Error, Result};
use super::relational::{self, Transaction, Transport};
use super::transfer::Movable;
use super::{
    Backend, Conversation, ConversationId, History, NewConversation, Page, State, Thread, Turn,
};
use crate::clock::SystemClock;
use crate::db::history::{Statement, Value};
use crate::db::{self, Db};
use crate::domain::UserId;

/// How long a connection is waited for. A database that is down is noticed by that.
const PATIENCE: Duration = Duration::from_secs(3);

/// The back end.
pub struct Postgres<F> {
    db: Arc<Db<F>>,
    /// Whether there was a connection when one was last asked for.
    reached: AtomicBool,
}

impl<F> std::fmt::Debug for Postgres<F> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Postgres")
    }
}

impl<F: Grants<Database>> Postgres<F> {
    /// Over a database.
    pub fn new(db: Arc<Db<F>>) -> Self {
        Self {
            db,
            reached: AtomicBool::new(true),
        }
    }

    /// Waits for a connection, but not for long, and remembers whether there was one.
    async fn in_time<T>(&self, connecting: impl Future<Output = anyhow::Result<T>>) -> Result<T> {
        let waited = tokio::time::timeout(PATIENCE, connecting).await;
        let connected = waited.unwrap_or_else(|_| Err(anyhow::anyhow!("no connection in time")));
        let connected = connected.map_err(trouble);
        self.reached.store(connected.is_ok(), Ordering::Relaxed);
        connected
    }
}

#[async_trait]
impl<F: Grants<Database>> Transport for Postgres<F> {
    async fn run(&self, statement: Statement) -> Result<Vec<String>> {
        let mut connection = self.in_time(self.db.acquire()).await?;
        run(&mut connection, statement).await
    }

    async fn begin(&self) -> Result<Box<dyn Transaction + '_>> {
        Ok(Box::new(Open(self.in_time(self.db.begin()).await?)))
    }
}

struct Open(db::Transaction);

#[async_trait]
impl Transaction for Open {
    async fn run(&mut self, statement: Statement) -> Result<Vec<String>> {
        run(&mut self.0, statement).await
    }

    async fn commit(self: Box<Self>) -> Result<()> {
        let done = self.0.commit().await;
        done.context("commit the transaction").map_err(trouble)
    }

    async fn roll_back(self: Box<Self>) {
        if let Err(error) = self.0.rollback().await {
            // The server rolls back what is not committed when the connection ends.
            tracing::debug!(%error, "the transaction was not rolled back in words");
        }
    }
}

async fn run(connection: &mut PgConnection, statement: Statement) -> Result<Vec<String>> {
    let mut query = sqlx::query_scalar::<_, String>(statement.sql);
    for value in statement.values {
        query = match value {
            Value::Text(text) => query.bind(text),
            Value::Number(number) => query.bind(number),
            Value::Null => query.bind(None::<String>),
        };
    }
    let rows = query.fetch_all(connection).await;
    rows.context(statement.purpose).map_err(trouble)
}

/// Tells a server that is not there from one that refuses, and both from a mistake of ours.
fn trouble(error: anyhow::Error) -> Error {
    let code = error
        .downcast_ref::<sqlx::Error>()
        .map(|error| match error {
            sqlx::Error::Database(error) => error.code().unwrap_or_default().into_owned(),
            sqlx::Error::Io(_)
            | sqlx::Error::Tls(_)
            | sqlx::Error::PoolTimedOut
            | sqlx::Error::PoolClosed
            | sqlx::Error::WorkerCrashed => CONNECTION_FAILURE.to_owned(),
            _ => String::new(),
        });
    match code.as_deref() {
        // Nothing of the server's: the credentials could not be read, or no connection in time.
        None => Error::Unavailable(error),
        Some("42501" | "28000" | "28P01") => Error::Denied(error),
        Some(code) if UNAVAILABLE.iter().any(|class| code.starts_with(class)) => {
            Error::Unavailable(error)
        }
        Some(_) => Error::Other(error),
    }
}

const CONNECTION_FAILURE: &str = "08006";

/// Classes of SQLSTATE that say that the server is not there or going: no connection, no resources,
/// an operator's intervention.
const UNAVAILABLE: [&str; 3] = ["08", "53", "57P"];

#[async_trait]
impl<F: Grants<Database>> History for Postgres<F> {
    async fn list(&self, user: &UserId, page: &Page) -> Result<Vec<Conversation>> {
        relational::list(self, user, page).await
    }

    async fn load(&self, user: &UserId, id: &ConversationId) -> Result<Option<Thread>> {
        relational::load(self, user, id).await
    }

    async fn create(&self, user: &UserId, new: &NewConversation) -> Result<Conversation> {
        relational::create(self, user, new).await
    }

    async fn append(
        &self,
        user: &UserId,
        id: &ConversationId,
        turn: &Turn,
    ) -> Result<Conversation> {
        relational::append(self, user, id, turn).await
    }

    async fn rename(
        &self,
        user: &UserId,
        id: &ConversationId,
        title: &str,
    ) -> Result<Option<Conversation>> {
        relational::rename(self, user, id, title, &SystemClock).await
    }

    async fn delete(&self, user: &UserId, id: &ConversationId) -> Result<bool> {
        relational::delete(self, user, id).await
    }

    fn state(&self) -> State {
        let reached = self.reached.load(Ordering::Relaxed);
        State {
            backend: Backend::Postgres,
            degraded: (!reached).then(|| "the database cannot be reached".to_owned()),
        }
    }

    async fn check(&self) -> State {
        relational::check(self, Backend::Postgres).await
    }
}

#[async_trait]
impl<F: Grants<Database>> Movable for Postgres<F> {
    async fn users(&self) -> Result<Vec<UserId>> {
        relational::users(self).await
    }
}
