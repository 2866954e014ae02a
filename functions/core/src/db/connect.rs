//! How a connection is made: always over TLS, always with the server's name verified.

use anyhow::{Context, Result};
use serde::Deserialize;
use sqlx::postgres::{PgConnectOptions, PgSslMode};

use crate::secret::Secret;

/// Where a database is.
#[derive(Clone, Debug)]
pub struct Address {
    /// Its host name, which its certificate must carry.
    pub host: String,
    /// Its port.
    pub port: u16,
    /// The database's name.
    pub name: String,
    /// The authorities to trust, as PEM.
    pub authorities: Vec<u8>,
}

/// Who connects: the secret in Secrets Manager, of which RDS writes more fields than these.
#[derive(Clone, Debug, Deserialize)]
pub struct Credentials {
    /// The user.
    pub username: String,
    /// The password.
    pub password: Secret,
}

impl Credentials {
    /// Stands in until the secret has been read.
    pub(crate) fn nobody() -> Self {
        Self {
            username: "nobody".to_owned(),
            password: Secret::new(""),
        }
    }
}

/// The options of a connection that verifies the server's certificate and name.
pub fn connect_options(address: &Address, credentials: &Credentials) -> PgConnectOptions {
    PgConnectOptions::new_without_pgpass()
        .host(&address.host)
        .port(address.port)
        .database(&address.name)
        .username(&credentials.username)
        .password(credentials.password.expose())
        .ssl_mode(PgSslMode::VerifyFull)
        .ssl_root_cert_from_pem(address.authorities.clone())
}

pub(super) async fn read_secret(
    client: &aws_sdk_secretsmanager::Client,
    secret: &str,
) -> Result<Credentials> {
    let answer = client
        .get_secret_value()
        .secret_id(secret)
        .send()
        .await
        .context("read the database credentials from Secrets Manager")?;
    let text = answer
        .secret_string()
        .context("the database secret holds no text")?;
    // The text itself must not get into the error.
    serde_json::from_str(text)
        .ok()
        .context("the database secret is not JSON with a username and a password")
}
