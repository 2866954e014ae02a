//! What others need to know of a running local environment.

use std::path::PathBuf;

use crate::error::{Error, Result};
use crate::local::layout::Layout;
use crate::local::part::Part;
use crate::local::state::State;
use crate::local::{emulator, models, postgres, tls};
use crate::secret::Secret;

/// The addresses of a local environment.
#[derive(Clone, Debug)]
pub struct LocalEnvironment {
    /// Where the AWS calls go.
    pub emulator_url: String,
    /// The region that the emulator is.
    pub region: String,
    /// The account that the emulator is.
    pub account_id: String,
    /// The database.
    pub database: Database,
    /// Where the model server answers.
    pub models_url: String,
    /// Where functions keep conversations in files, if they do.
    pub conversations: PathBuf,
}

/// How the database is reached: over TLS, checked with the CA file.
#[derive(Clone, Debug)]
pub struct Database {
    /// The name on its certificate.
    pub host: String,
    /// The port of the TLS front.
    pub port: u16,
    /// The database.
    pub name: String,
    /// Its owner.
    pub user: String,
    /// The owner's password.
    pub password: Secret,
    /// The certificate to trust, PEM.
    pub ca_file: PathBuf,
}

impl LocalEnvironment {
    pub(super) fn of(layout: &Layout, state: &State, password: Secret) -> Result<Self> {
        let port = |part: Part| {
            state.ports.get(&part).copied().ok_or_else(|| {
                Error::machine(format!("the local environment has no {part} yet"))
                    .hint("start it with `cargo xtask local up`")
            })
        };
        Ok(Self {
            emulator_url: emulator::url(port(Part::Emulator)?),
            region: emulator::REGION.to_owned(),
            account_id: emulator::ACCOUNT.to_owned(),
            database: Database::of(layout, port(Part::Tls)?, password),
            models_url: models::url(port(Part::Models)?),
            conversations: layout.home().join("conversations"),
        })
    }
}

impl Database {
    fn of(layout: &Layout, port: u16, password: Secret) -> Self {
        Self {
            host: "localhost".to_owned(),
            port,
            name: postgres::DATABASE.to_owned(),
            user: postgres::USER.to_owned(),
            password,
            ca_file: tls::ca_file(&layout.tls()),
        }
    }
}
