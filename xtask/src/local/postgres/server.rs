//! The PostgreSQL server: how it starts, and whether it answers.

use std::path::PathBuf;
use std::time::Duration;

use async_trait::async_trait;
use sqlx::postgres::{PgConnectOptions, PgSslMode};
use sqlx::{ConnectOptions as _, Connection as _};

use super::home::Home;
use super::{DATABASE, USER, cluster, remains};
use crate::error::{Doing as _, Error, Kind, Result};
use crate::event::Events;
use crate::local::layout::Layout;
use crate::local::part::Part;
use crate::local::process::{Launch, gated};
use crate::local::service::Service;
use crate::local::{files, layout};
use crate::secret::Secret;

/// A crash can leave much to replay.
const PATIENCE: Duration = Duration::from_secs(60);
/// A new cluster takes about 60 MB, its log of changes up to 256.
const NEEDED: u64 = 400 << 20;

/// Each instance of a function keeps a connection or two, for minutes after a burst; a hundred
/// uploads at once are as many instances of the API.
const CONNECTIONS: u32 = 200;
/// A server that has no connection left says so.
const NO_CONNECTION_LEFT: &str = "53300";

/// PostgreSQL, ready to be started.
pub(crate) struct Postgres {
    layout: Layout,
    home: Home,
    installed: PathBuf,
    password: Secret,
}

impl Postgres {
    /// From the installed programs.
    pub(crate) fn new(layout: &Layout, installed: PathBuf, password: Secret) -> Self {
        Self {
            layout: layout.clone(),
            home: Home::of(layout),
            installed,
            password,
        }
    }
}

#[async_trait]
impl Service for Postgres {
    fn part(&self) -> Part {
        Part::Postgres
    }

    async fn prepare(&self, events: &Events) -> Result<Launch> {
        files::ensure_free(&self.layout.home(), NEEDED)?;
        self.home.make(&self.layout, events)?;
        let programs = self.home.programs(&self.installed)?;
        if self.home.data().exists() {
            remains::clear(&self.home).await?;
        } else {
            let step = events.start("make a database cluster");
            cluster::make(&self.home, &programs, &self.password).await?;
            step.finish();
        }
        let mut command = gated(programs.join("bin/postgres"));
        command
            .arg("-D")
            .arg(self.home.data())
            .arg("-k")
            .arg(&self.home.sockets)
            .args(["-c", &format!("max_connections={CONNECTIONS}")])
            .env_clear()
            .env("TZ", "UTC")
            .current_dir("/");
        self.home.account.apply(&mut command);
        Ok(Launch {
            command,
            patience: PATIENCE,
        })
    }

    /// Killed hard, its children need a moment to notice and to let go of the shared memory.
    fn may_try_again(&self, last_lines: &str) -> bool {
        last_lines.contains("pre-existing shared memory block")
    }
}

/// Whether the server takes connections. Asked of the database of the app.
pub(crate) async fn probe(layout: &Layout, password: &Secret) -> Result<(), String> {
    let home = Home::of(layout);
    if !home.socket().exists() {
        return Err("it does not listen".to_owned());
    }
    let refused = |error: sqlx::Error| error.to_string();
    match options(&home, password).connect().await {
        Ok(connection) => connection.close().await.map_err(refused),
        // Busy is not ill: to start it anew would break all that is under way.
        Err(error) if is_full(&error) => Ok(()),
        Err(error) => Err(refused(error)),
    }
}

fn is_full(error: &sqlx::Error) -> bool {
    let code = error.as_database_error().and_then(|error| error.code());
    code.is_some_and(|code| code == NO_CONNECTION_LEFT)
}

/// The socket on which the server listens.
pub(crate) fn socket(layout: &Layout) -> PathBuf {
    Home::of(layout).socket()
}

/// Removes the cluster. The server must be down.
pub(crate) fn remove(layout: &Layout) -> Result<()> {
    Home::of(layout).remove()
}

/// The password: remembered, or made for a cluster that is yet to be made.
pub(crate) fn password(layout: &Layout) -> Result<Secret> {
    let path = layout.password();
    match std::fs::read_to_string(&path) {
        Ok(text) => Ok(Secret::new(text.trim())),
        Err(error) if error.kind() != std::io::ErrorKind::NotFound => {
            Err(error).doing_as(Kind::Machine, format!("read {}", path.display()))
        }
        Err(_) if Home::of(layout).data().exists() => Err(Error::failed(format!(
            "the database is there, but {} with its password is not",
            path.display()
        ))
        .hint("`cargo xtask local reset` makes a new, empty database")),
        Err(_) => {
            let secret = Secret::generate();
            layout::make_folder(&layout.home())?;
            files::write(&path, secret.expose().as_bytes(), 0o600)?;
            Ok(secret)
        }
    }
}

fn options(home: &Home, password: &Secret) -> PgConnectOptions {
    PgConnectOptions::new_without_pgpass()
        .socket(&home.sockets)
        .port(5432)
        .username(USER)
        .password(password.expose())
        .database(DATABASE)
        .ssl_mode(PgSslMode::Disable)
        .disable_statement_logging()
}
