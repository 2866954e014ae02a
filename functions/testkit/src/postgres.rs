//! A PostgreSQL for tests: one throwaway server per test program, one database per test.

mod outage;
mod server;

use std::str::FromStr;
use std::sync::OnceLock;

use sqlx::postgres::{PgConnectOptions, PgPool, PgPoolOptions};
use sqlx::{AssertSqlSafe, ConnectOptions, Connection, Executor};
use tokio::sync::OnceCell;

pub use outage::Outage;
use server::Server;

/// Names a server to use instead of a throwaway one.
const URL_VARIABLE: &str = "COLLECTIONS_TEST_DATABASE_URL";

/// A database of its own for one test, with the schema in it.
#[derive(Debug)]
pub struct TestDatabase {
    pool: PgPool,
    name: String,
}

impl TestDatabase {
    /// The pool.
    pub fn pool(&self) -> PgPool {
        self.pool.clone()
    }

    /// How to connect to it otherwise.
    pub fn options(&self) -> PgConnectOptions {
        server_options().database(&self.name)
    }

    /// Ends every connection to it, as a restart of the server does.
    pub async fn disconnect_all(&self) {
        let mut admin = server_options().connect().await.unwrap();
        let sql = "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = $1";
        sqlx::query(sql)
            .bind(&self.name)
            .execute(&mut admin)
            .await
            .unwrap();
    }
}

/// A fresh database with the schema in it.
pub async fn database() -> TestDatabase {
    static TEMPLATE: OnceCell<String> = OnceCell::const_new();
    let template = TEMPLATE.get_or_init(template).await;
    from_template(Some(template)).await
}

/// A fresh database with nothing in it.
pub async fn empty_database() -> TestDatabase {
    from_template(None).await
}

async fn template() -> String {
    let name = create(None).await;
    let mut connection = server_options().database(&name).connect().await.unwrap();
    sqlx::migrate!("../../migrations")
        .run(&mut connection)
        .await
        .expect("apply the migrations");
    connection.close().await.unwrap();
    name
}

async fn from_template(template: Option<&str>) -> TestDatabase {
    let name = create(template).await;
    let pool = PgPoolOptions::new()
        .max_connections(10)
        .connect_with(server_options().database(&name))
        .await
        .unwrap();
    TestDatabase { pool, name }
}

async fn create(template: Option<&str>) -> String {
    let name = format!("test_{}", uuid::Uuid::new_v4().simple());
    let template = template.map_or_else(String::new, |template| format!(" TEMPLATE {template}"));
    let mut admin = server_options()
        .connect()
        .await
        .expect("connect to the test server");
    // Both names are made above, of hexadecimal digits.
    let sql = AssertSqlSafe(format!("CREATE DATABASE {name}{template}"));
    admin.execute(sql).await.expect("create a database");
    name
}

fn server_options() -> PgConnectOptions {
    if let Ok(url) = std::env::var(URL_VARIABLE) {
        return PgConnectOptions::from_str(&url).expect(URL_VARIABLE);
    }
    static SERVER: OnceLock<Server> = OnceLock::new();
    SERVER.get_or_init(Server::start).options()
}
