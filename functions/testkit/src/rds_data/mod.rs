//! Aurora's Data API over HTTP, in front of a real PostgreSQL, with the limits of the real one.

mod sql;

use std::collections::HashMap;
use std::sync::{Arc, Mutex, MutexGuard};
use std::time::{Duration, Instant};

use aws_config::{BehaviorVersion, Region, SdkConfig};
use aws_credential_types::Credentials;
use aws_credential_types::provider::SharedCredentialsProvider;
use axum::body::Bytes;
use axum::extract::{DefaultBodyLimit, State as Shared};
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use axum::routing::post;
use axum::{Json, Router};
use serde_json::{Value, json};
use sqlx::Postgres;
use sqlx::postgres::PgPool;

use crate::TestDatabase;

/// The one cluster there is.
pub const CLUSTER: &str = "arn:aws:rds:us-east-1:000000000000:cluster:test";
/// The one secret it takes.
pub const SECRET: &str = "arn:aws:secretsmanager:us-east-1:000000000000:secret:test";
/// What a request may have.
pub const MAX_REQUEST: usize = 4 * 1024 * 1024;
/// What the rows of an answer may have.
pub const MAX_ANSWER: usize = 1024 * 1024;

type Transaction = sqlx::Transaction<'static, Postgres>;

/// What it does besides working.
#[derive(Debug)]
pub struct Faults {
    /// How many of the next requests are told that the database is resuming.
    pub resuming: usize,
    /// Whether whoever asks is refused.
    pub forbidden: bool,
    /// The statement that fails, counted from now on: 0 is the next.
    pub fail_statement: Option<usize>,
    /// How long a transaction may be idle.
    pub idle: Duration,
    /// How long a statement may run.
    pub statement: Duration,
}

impl Default for Faults {
    fn default() -> Self {
        Self {
            resuming: 0,
            forbidden: false,
            fail_statement: None,
            idle: Duration::from_secs(180),
            statement: Duration::from_secs(45),
        }
    }
}

/// What was asked of it.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Counts {
    /// All requests, refused ones too.
    pub requests: usize,
    /// Transactions that were committed.
    pub commits: usize,
    /// Transactions that were rolled back, by the client or for being idle.
    pub rollbacks: usize,
}

struct Service {
    pool: PgPool,
    database: String,
    faults: Mutex<Faults>,
    counts: Mutex<Counts>,
    transactions: tokio::sync::Mutex<HashMap<String, (Instant, Transaction)>>,
}

/// A running service; it ends with the test's runtime.
#[derive(Clone)]
pub struct RdsData {
    service: Arc<Service>,
    endpoint: String,
}

impl std::fmt::Debug for RdsData {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "RdsData({})", self.endpoint)
    }
}

impl RdsData {
    /// Starts one before a database, on a free port of loopback.
    pub async fn start(database: &TestDatabase) -> Self {
        let name = database.options().get_database().unwrap().to_owned();
        let service = Arc::new(Service {
            pool: database.pool(),
            database: name,
            faults: Mutex::default(),
            counts: Mutex::default(),
            transactions: tokio::sync::Mutex::default(),
        });
        let router = Router::new()
            .route("/Execute", post(execute))
            .route("/BeginTransaction", post(begin))
            .route("/CommitTransaction", post(commit))
            .route("/RollbackTransaction", post(roll_back))
            // Larger ones are refused in words, below.
            .layer(DefaultBodyLimit::max(2 * MAX_REQUEST))
            .with_state(service.clone());
        let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
        let endpoint = format!("http://{}", listener.local_addr().unwrap());
        tokio::spawn(async move { axum::serve(listener, router).await });
        Self { service, endpoint }
    }

    /// How SDK clients reach it.
    pub fn config(&self) -> SdkConfig {
        let credentials = Credentials::new("AKIDEXAMPLE", "secret", None, None, "test");
        SdkConfig::builder()
            .behavior_version(BehaviorVersion::latest())
            .region(Region::new("us-east-1"))
            .endpoint_url(&self.endpoint)
            .credentials_provider(SharedCredentialsProvider::new(credentials))
            .build()
    }

    /// The database it is before.
    pub fn database(&self) -> &str {
        &self.service.database
    }

    /// What it shall do besides working.
    pub fn faults(&self) -> MutexGuard<'_, Faults> {
        self.service.faults.lock().unwrap()
    }

    /// What was asked of it.
    pub fn counts(&self) -> Counts {
        *self.service.counts.lock().unwrap()
    }

    /// How many transactions are open.
    pub async fn open(&self) -> usize {
        self.service.transactions.lock().await.len()
    }
}

/// An error as the service says it: its type and a message.
pub(crate) struct Refusal(&'static str, String);

impl Refusal {
    fn new(kind: &'static str, message: impl Into<String>) -> Self {
        Self(kind, message.into())
    }
}

impl IntoResponse for Refusal {
    fn into_response(self) -> Response {
        let status = match self.0 {
            "ForbiddenException" => StatusCode::FORBIDDEN,
            "TransactionNotFoundException" => StatusCode::NOT_FOUND,
            _ => StatusCode::BAD_REQUEST,
        };
        let kind = [("x-amzn-errortype", self.0)];
        (status, kind, Json(json!({"message": self.1}))).into_response()
    }
}

type Service_ = Shared<Arc<Service>>;
type Answer = Result<Json<Value>, Refusal>;

impl Service {
    /// What every request goes through first.
    fn admit(&self, body: &Bytes) -> Result<Value, Refusal> {
        self.counts.lock().unwrap().requests += 1;
        if body.len() > MAX_REQUEST {
            let said = "Request size exceeds the limit of 4 MiB";
            return Err(Refusal::new("BadRequestException", said));
        }
        let mut faults = self.faults.lock().unwrap();
        if faults.forbidden {
            let said = "HttpEndpoint is not enabled for this caller";
            return Err(Refusal::new("ForbiddenException", said));
        }
        if faults.resuming > 0 {
            faults.resuming -= 1;
            let said = "The Aurora DB instance is resuming after being auto-paused";
            return Err(Refusal::new("DatabaseResumingException", said));
        }
        drop(faults);
        let request: Value = serde_json::from_slice(body)
            .map_err(|error| Refusal::new("BadRequestException", error.to_string()))?;
        let known = request["resourceArn"] == CLUSTER && request["secretArn"] == SECRET;
        if !known {
            let said = "Database cluster or secret not found";
            return Err(Refusal::new("BadRequestException", said));
        }
        Ok(request)
    }

    /// Forgets transactions that were idle too long, as the service does.
    async fn expire(&self) {
        let idle = self.faults.lock().unwrap().idle;
        let mut transactions = self.transactions.lock().await;
        let before = transactions.len();
        transactions.retain(|_, (used, _)| used.elapsed() <= idle);
        self.counts.lock().unwrap().rollbacks += before - transactions.len();
    }

    async fn take(&self, id: &str) -> Result<Transaction, Refusal> {
        self.expire().await;
        let taken = self.transactions.lock().await.remove(id);
        let gone = || {
            Refusal::new(
                "TransactionNotFoundException",
                format!("Transaction {id} is not found"),
            )
        };
        Ok(taken.ok_or_else(gone)?.1)
    }

    async fn keep(&self, id: &str, transaction: Transaction) {
        let entry = (Instant::now(), transaction);
        self.transactions.lock().await.insert(id.to_owned(), entry);
    }

    fn fails_now(&self) -> bool {
        let mut faults = self.faults.lock().unwrap();
        match faults.fail_statement {
            Some(0) => {
                faults.fail_statement = None;
                true
            }
            Some(more) => {
                faults.fail_statement = Some(more - 1);
                false
            }
            None => false,
        }
    }
}

async fn begin(Shared(service): Service_, body: Bytes) -> Answer {
    let request = service.admit(&body)?;
    if request["database"] != service.database.as_str() {
        return Err(Refusal::new(
            "DatabaseNotFoundException",
            "no such database",
        ));
    }
    let id = uuid::Uuid::new_v4().to_string();
    let transaction = service.pool.begin().await.map_err(sql::refused)?;
    service.keep(&id, transaction).await;
    Ok(Json(json!({"transactionId": id})))
}

async fn commit(Shared(service): Service_, body: Bytes) -> Answer {
    let request = service.admit(&body)?;
    let transaction = service.take(id(&request)).await?;
    transaction.commit().await.map_err(sql::refused)?;
    service.counts.lock().unwrap().commits += 1;
    Ok(Json(json!({"transactionStatus": "Transaction Committed"})))
}

async fn roll_back(Shared(service): Service_, body: Bytes) -> Answer {
    let request = service.admit(&body)?;
    let transaction = service.take(id(&request)).await?;
    transaction.rollback().await.map_err(sql::refused)?;
    service.counts.lock().unwrap().rollbacks += 1;
    Ok(Json(json!({"transactionStatus": "Rollback Complete"})))
}

async fn execute(Shared(service): Service_, body: Bytes) -> Answer {
    let request = service.admit(&body)?;
    if service.fails_now() {
        let said = "ERROR: injected; SQLState: XX000";
        return Err(Refusal::new("DatabaseErrorException", said));
    }
    let limit = service.faults.lock().unwrap().statement;
    let timed_out = |_| Refusal::new("StatementTimeoutException", "the statement timed out");
    let Some(id) = request["transactionId"].as_str() else {
        let mut connection = service.pool.acquire().await.map_err(sql::refused)?;
        let run = sql::run(&mut connection, &request);
        return tokio::time::timeout(limit, run).await.map_err(timed_out)?;
    };
    let mut transaction = service.take(id).await?;
    let run = sql::run(&mut transaction, &request);
    // After a timeout the transaction is gone.
    let answer = tokio::time::timeout(limit, run).await.map_err(timed_out)?;
    service.keep(id, transaction).await;
    answer
}

fn id(request: &Value) -> &str {
    request["transactionId"].as_str().unwrap_or_default()
}
