//! Takes an import back, some rows at a time; cut off, it goes on where it ended.

use std::fmt;

use collections_core::db::operate::Request;
use collections_core::db::operate::moving::{Import, Kept, Moving, Undone};
use serde::Serialize;

use super::run::put_index_back;
use crate::database::{Database, ask};
use crate::error::Result;
use crate::event::{Events, Unit};

/// What was taken back.
#[derive(Debug, Serialize)]
pub struct TakenBack {
    /// The import.
    pub import: String,
    /// Rows that are gone, and items that are as they were.
    #[serde(flatten)]
    pub undone: Undone,
    /// Objects that were removed from the bucket.
    pub objects: u64,
}

/// Takes it back.
pub async fn rollback(
    database: &mut dyn Database,
    import: &Import,
    events: &Events,
) -> Result<Undone> {
    let step = events.start(format!("take back {}", import.source));
    let mut all = Undone::default();
    loop {
        let undo = Request::Moving(Moving::Undo(import.clone()));
        let some: Undone = ask(database, undo).await?;
        all.restored += some.restored;
        all.embeddings += some.embeddings;
        all.analyses += some.analyses;
        all.items += some.items;
        let done = all.restored + all.embeddings + all.analyses + all.items;
        step.progress(done, None, Unit::Items);
        if some.done {
            all.kept = some.kept;
            all.done = true;
            step.finish_with(format!("{done} rows"));
            // The import may have been cut off while the index was away.
            put_index_back(database, events).await?;
            return Ok(all);
        }
    }
}

impl fmt::Display for TakenBack {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Undone {
            restored,
            embeddings,
            analyses,
            items,
            kept,
            ..
        } = &self.undone;
        writeln!(
            f,
            "{} taken back: {items} items, {analyses} analyses, {embeddings} embeddings removed, {restored} items as before",
            self.import
        )?;
        if self.objects > 0 {
            writeln!(f, "{} objects removed from the bucket", self.objects)?;
        }
        for Kept { table, id } in kept {
            writeln!(f, "kept: {} {id}: later work hangs on it", table.name())?;
        }
        Ok(())
    }
}
