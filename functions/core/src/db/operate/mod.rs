//! What an operator asks of a whole database: its state, its rows as JSON, a new beginning. The
//! `ops` function answers it where the tool cannot connect, the tool itself where it can.
//!
//! These statements are the only ones that see every user's rows; nothing that serves a user may
//! name this module, which a test holds.

mod load;
pub mod moving;
mod probe;
mod reset;
mod status;
mod tables;
mod transfer;

pub use load::{Counts, Loaded, MOST};
pub use probe::{Probed, probe};
pub use status::{MigrationState, Status, TableRows};
pub use tables::{LEFT_OUT, TABLES, Table};
pub use transfer::{Imported, Page};

use anyhow::Result;
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};
use sqlx::PgConnection;

use super::migrate;
use crate::domain::{ItemId, UserId};

/// A row as JSON.
pub type Row = Map<String, Value>;

/// What is asked.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Request {
    /// Apply what migrations are pending.
    Migrate {
        /// Only say which they are, with their SQL.
        dry_run: bool,
    },
    /// Server, migrations, rows.
    Status,
    /// Make a table, use it and drop it.
    Probe,
    /// Add items of a data set with their analyses.
    Load {
        /// Whose they become.
        user_id: UserId,
        /// At most [`MOST`] of them.
        items: Vec<Loaded>,
    },
    /// Count what a user has.
    Count {
        /// The user.
        user_id: UserId,
        /// Only of these items; without them, of all.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        among: Option<Vec<ItemId>>,
    },
    /// Remove everything and migrate anew.
    Reset {
        /// The environment that is meant; another one refuses.
        environment: String,
    },
    /// Some rows of a table, in the order of its key.
    Export {
        /// The table.
        table: String,
        /// Those after this row.
        after: Option<Row>,
    },
    /// Store rows. What is there already stays, unless it is to be overwritten.
    Import {
        /// The table.
        table: String,
        /// The rows.
        rows: Vec<Row>,
        /// Replace rows whose key is there.
        overwrite: bool,
    },
    /// Move old data in, or back out.
    Moving(moving::Moving),
}

/// Answers in JSON. `environment` is the one whose database this is.
pub async fn handle(
    connection: &mut PgConnection,
    environment: &str,
    request: Request,
) -> Result<Value> {
    let value = match request {
        Request::Migrate { dry_run } => {
            serde_json::to_value(migrate::migrate(connection, dry_run).await?)
        }
        Request::Status => serde_json::to_value(status::status(connection).await?),
        Request::Probe => serde_json::to_value(probe(connection).await?),
        Request::Load { user_id, items } => {
            serde_json::to_value(load::load(connection, &user_id, &items).await?)
        }
        Request::Count { user_id, among } => serde_json::to_value(match among {
            Some(among) => load::counts_among(connection, &user_id, &among).await?,
            None => load::counts(connection, &user_id).await?,
        }),
        Request::Reset { environment: named } => {
            serde_json::to_value(reset::reset(connection, environment, &named).await?)
        }
        Request::Export { table, after } => {
            serde_json::to_value(transfer::page(connection, &table, after.as_ref()).await?)
        }
        Request::Import {
            table,
            rows,
            overwrite,
        } => serde_json::to_value(transfer::store(connection, &table, &rows, overwrite).await?),
        Request::Moving(asked) => Ok(moving::handle(connection, asked).await?),
    };
    Ok(value?)
}
