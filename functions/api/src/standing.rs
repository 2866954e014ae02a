//! How things stand: what an instance finds when it looks at its database and its history. Who asks
//! while somebody looks waits for the same answer.

use std::sync::Arc;
use std::time::{Duration, SystemTime};

use collections_core::chat::history::State;
use collections_core::db;
use tokio::sync::Mutex;

use crate::app::App;

/// The last look, by the clock on the wall: any other may stand still while Lambda keeps an instance
/// frozen.
#[derive(Debug, Default)]
pub struct Standing(Mutex<Option<(SystemTime, Arc<Seen>)>>);

/// What was seen.
#[derive(Debug)]
pub struct Seen {
    /// What the database says of itself; nothing, if it cannot be reached.
    pub database: Option<db::Summary>,
    /// Where conversations are kept, and whether that is where they should be.
    pub history: State,
}

impl Standing {
    /// The last look, if it is no older than this; else another one.
    pub async fn look(&self, app: &App, no_older_than: Duration) -> Arc<Seen> {
        let mut last = self.0.lock().await;
        if let Some((at, seen)) = &*last
            && at.elapsed().is_ok_and(|age| age < no_older_than)
        {
            return seen.clone();
        }
        let (database, history) = futures::join!(summary(app), app.history.check());
        let database = database.inspect_err(|error| {
            tracing::error!(
                error = format!("{error:#}"),
                "the database cannot be reached"
            );
        });
        let seen = Arc::new(Seen {
            database: database.ok(),
            history,
        });
        *last = Some((SystemTime::now(), seen.clone()));
        seen
    }
}

async fn summary(app: &App) -> anyhow::Result<db::Summary> {
    let mut connection = app.database().await?;
    db::summary(&mut connection).await
}
