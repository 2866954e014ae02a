//! Two ways to ask a database the same: over a connection of our own, or through the `ops`
//! function, which reaches it in a private network too.

use std::sync::Arc;
use std::time::Duration;

use async_trait::async_trait;
use collections_core::db::operate::{self, Request};
use collections_core::db::{Address, Credentials, connect_options};
use serde::de::DeserializeOwned;
use serde_json::{Value, json};
use sqlx::{ConnectOptions as _, PgConnection};

use crate::cloud::Functions;
use crate::cloud::functions::Answer;
use crate::error::{Doing as _, Error, Kind, Result};

/// A database wakes up from a pause in some seconds; longer than this it is not reached.
const PATIENCE: Duration = Duration::from_secs(20);

/// A database that answers an operator. Commands wait for it on their own thread.
#[async_trait(?Send)]
pub trait Database {
    /// Asks, and waits for the answer.
    async fn ask(&mut self, request: Request) -> Result<Value>;
}

/// Asks for an answer of a known shape.
pub async fn ask<T: DeserializeOwned>(database: &mut dyn Database, request: Request) -> Result<T> {
    let answer = database.ask(request).await.map_err(with_next)?;
    serde_json::from_value(answer).doing("understand the answer of the database")
}

/// A table that somebody dropped is not the fault of what was asked.
fn with_next(error: Error) -> Error {
    let said = error.to_string();
    match said.contains("relation \"") && said.contains("does not exist") {
        true => error.hint("see which tables are missing: cargo xtask db status"),
        false => error,
    }
}

/// Over a connection of our own.
pub struct Direct {
    connection: PgConnection,
    environment: String,
}

impl Direct {
    /// Connects; the server's certificate and name are verified.
    pub async fn connect(
        address: &Address,
        credentials: &Credentials,
        environment: &str,
    ) -> Result<Self> {
        Ok(Self {
            connection: connect(address, credentials).await?,
            environment: environment.to_owned(),
        })
    }
}

/// A connection that verifies the server's certificate and name.
pub async fn connect(address: &Address, credentials: &Credentials) -> Result<PgConnection> {
    let what = format!("connect to PostgreSQL at {}:{}", address.host, address.port);
    // Statements carry passwords and rows; they are not for logs.
    let options = connect_options(address, credentials).disable_statement_logging();
    let connection = tokio::time::timeout(PATIENCE, options.connect()).await;
    let connection = connection.map_err(|_| {
        Error::machine(format!("{what}: no answer in {} s", PATIENCE.as_secs()))
            .hint("may this machine reach it? allow_cidrs in the environment file says who may")
    })?;
    connection.doing_as(Kind::Machine, what)
}

#[async_trait(?Send)]
impl Database for Direct {
    async fn ask(&mut self, request: Request) -> Result<Value> {
        let doing = doing(&request);
        operate::handle(&mut self.connection, &self.environment, request)
            .await
            .doing(doing)
    }
}

/// Through the `ops` function.
pub struct ThroughOps {
    /// The functions of the account.
    pub functions: Arc<dyn Functions>,
    /// The name of `ops` there.
    pub function: String,
    /// The alias that traffic follows.
    pub alias: &'static str,
}

#[async_trait(?Send)]
impl Database for ThroughOps {
    async fn ask(&mut self, request: Request) -> Result<Value> {
        let doing = doing(&request);
        let payload = json!({ "database": request });
        let functions = &self.functions;
        match functions
            .invoke(&self.function, self.alias, &payload)
            .await?
        {
            Answer::Value(value) => Ok(value),
            Answer::Failed(said) => Err(Error::failed(format!("could not {doing}: {said}"))
                .hint(format!("its log group: /aws/lambda/{}", self.function))),
        }
    }
}

/// What a request does, as a verb phrase.
fn doing(request: &Request) -> String {
    match request {
        Request::Migrate { .. } => "migrate the database".to_owned(),
        Request::Probe => "use a table of the database".to_owned(),
        Request::Load { .. } => "load items".to_owned(),
        Request::Count { .. } => "count what a user has".to_owned(),
        Request::Status => "ask the database for its state".to_owned(),
        Request::Reset { .. } => "reset the database".to_owned(),
        Request::Export { table, .. } => format!("read {table}"),
        Request::Import { table, .. } => format!("store rows of {table}"),
        Request::Moving(_) => "move old data".to_owned(),
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use collections_core::db::operate::{Request, Row};
    use serde_json::json;

    #[test]
    fn what_is_sent_to_ops_is_what_ops_reads() {
        let row = Row::from_iter([("id".to_owned(), json!("a"))]);
        for request in [
            Request::Status,
            Request::Migrate { dry_run: true },
            Request::Import {
                table: "items".into(),
                rows: vec![row],
                overwrite: true,
            },
        ] {
            let sent = json!({ "database": request }).to_string();
            let read: serde_json::Value = serde_json::from_str(&sent).unwrap();
            let read: Request = serde_json::from_value(read["database"].clone()).unwrap();
            assert_eq!(read, request);
        }
    }
}
