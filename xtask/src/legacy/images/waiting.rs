//! Waits for the thumbnails that the pipeline makes; those that do not come are named.

use std::collections::BTreeSet;
use std::time::Duration;

use collections_core::db::operate::moving::{Photo, Table};
use contract::objects::Kind;

use super::{Photographs, Shelf};
use crate::error::Result;
use crate::event::{Events, Unit};
use crate::legacy::source::Refused;

const PAUSE: Duration = Duration::from_millis(500);
/// Nothing new for so long means that nothing more comes.
const PATIENCE: Duration = Duration::from_secs(60);

pub(super) async fn thumbnails(
    shelf: &Shelf,
    wanted: &[Photo],
    photographs: &mut Photographs,
    events: &Events,
) -> Result<()> {
    let refused: BTreeSet<&str> = photographs
        .refused
        .iter()
        .map(|one| one.id.as_str())
        .collect();
    let all: Vec<&Photo> = wanted
        .iter()
        .filter(|photo| !refused.contains(photo.id.as_str()))
        .collect();
    let step = events.start("wait for thumbnails");
    let (mut best, mut since) = (0, shelf.clock.now());
    loop {
        let there: BTreeSet<String> = shelf.keys(Kind::Thumbnail).await?.into_iter().collect();
        let missing: Vec<&&Photo> = all
            .iter()
            .filter(|photo| !there.contains(&shelf.thumbnail(&photo.id)))
            .collect();
        let done = all.len() - missing.len();
        let now = shelf.clock.now();
        if done > best {
            (best, since) = (done, now);
            step.progress(done as u64, Some(all.len() as u64), Unit::Items);
        }
        let waited = now.duration_since(since).unwrap_or_default();
        if missing.is_empty() || waited > PATIENCE {
            photographs.thumbnails = done as u64;
            let missing = missing.into_iter().map(|photo| Refused {
                table: Table::Items,
                id: photo.id.to_string(),
                reason: format!(
                    "{} got no thumbnail; the logs of image-processor say why",
                    photo.filename
                ),
            });
            let missing: Vec<Refused> = missing.collect();
            photographs.refused.extend(missing);
            step.finish_with(format!("{done}/{}", all.len()));
            return Ok(());
        }
        shelf.clock.sleep(PAUSE).await;
    }
}
