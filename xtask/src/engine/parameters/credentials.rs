//! User and password of the database, as the secret in Secrets Manager holds them.

use serde_json::{Value, json};

use crate::error::{Error, Result};
use crate::secret::Secret;

/// User and password of a database.
#[derive(Clone, Debug)]
pub struct Credentials {
    /// The user.
    pub username: String,
    /// Its password.
    pub password: Secret,
}

impl Credentials {
    /// What the secret holds.
    pub fn to_secret(&self) -> Secret {
        let value = json!({ "username": self.username, "password": self.password.expose() });
        Secret::new(value.to_string())
    }

    /// From what the secret holds; RDS writes more fields than these. The text does not get into
    /// an error.
    pub fn parse(secret: &Secret) -> Result<Self> {
        let value: Value = serde_json::from_str(secret.expose())
            .map_err(|_| Error::failed("the database secret is not JSON"))?;
        let text = |key: &str| {
            value
                .get(key)
                .and_then(Value::as_str)
                .ok_or_else(|| Error::failed(format!("the database secret has no {key}")))
        };
        Ok(Self {
            username: text("username")?.to_owned(),
            password: Secret::new(text("password")?),
        })
    }
}
