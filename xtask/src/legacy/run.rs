//! From a source into a database: surveyed, then sent, one thread reading while the other waits
//! for the database. What an earlier run sent is looked at only.

use std::time::{Duration, Instant};

use collections_core::db::operate::Request;
use collections_core::db::operate::moving::{
    Batch, Import, IndexState, Looked, Mark, Moving, Standing, Stored, Table, VectorIndex,
};
use tokio::sync::mpsc;

use super::{Ids, Report, Source, Survey};
use crate::database::{Database, ask};
use crate::error::{Doing as _, Error, Result};
use crate::event::{Events, Unit};

/// Batches that are read ahead.
const AHEAD: usize = 2;
/// Below so many embeddings the index is kept up row by row.
const FEW: u64 = 2_000;
/// The index is made anew unless it is of so many times what comes.
const MUCH_MORE: u64 = 4;
const PAUSE: Duration = Duration::from_secs(3);

/// An import as it was asked for.
pub struct Job<'j> {
    /// The environment's name.
    pub environment: &'j str,
    /// Who hears of it.
    pub events: &'j Events,
    /// Whether nothing is to be stored.
    pub dry_run: bool,
}

/// A source that was read once.
pub struct Surveyed {
    /// When that began.
    pub begun: Instant,
    /// The source.
    pub source: Box<dyn Source>,
    /// What it holds.
    pub survey: Survey,
    /// What its import is called.
    pub import: Import,
}

/// Reads all of a source.
pub async fn survey(mut source: Box<dyn Source>, ids: Ids, events: &Events) -> Result<Surveyed> {
    let begun = Instant::now();
    let step = events.start(format!("read {}", source.name()));
    let work = move || {
        let survey = source.survey()?;
        let import = ids.import(source.kind(), source.name(), &source.fingerprint()?);
        Ok(Surveyed {
            begun,
            source,
            survey,
            import,
        })
    };
    let surveyed: Result<Surveyed> = tokio::task::spawn_blocking(work)
        .await
        .doing("read the source")?;
    let surveyed = surveyed?;
    let rows: u64 = surveyed.survey.found.values().sum();
    let refused = surveyed.survey.refused.len();
    step.finish_with(format!("{rows} rows, {refused} refused"));
    Ok(surveyed)
}

impl Surveyed {
    /// Sends it.
    pub async fn run(self, database: &mut dyn Database, job: &Job<'_>) -> Result<Report> {
        let mut report = Report::new(job.environment, &self.import, &self.survey, job.dry_run)?;
        let mut sending = Sending {
            database,
            job,
            import: self.import.clone(),
            standing: Standing::default(),
        };
        if !job.dry_run {
            sending.begin(self.survey.good(Table::Embeddings)).await?;
        }
        report.resumed = sending.standing.mark.is_some();
        sending.rows(self.source, self.survey, &mut report).await?;
        report.seconds = rounded(self.begun.elapsed());
        if !job.dry_run {
            report.index_seconds = sending.end().await?;
        }
        report.close();
        Ok(report)
    }
}

/// A source on its way.
struct Sending<'s> {
    database: &'s mut dyn Database,
    job: &'s Job<'s>,
    import: Import,
    standing: Standing,
}

impl Sending<'_> {
    async fn begin(&mut self, embeddings: u64) -> Result<()> {
        let begin = Request::Moving(Moving::Begin(self.import.clone()));
        let standing = ask(self.database, begin).await;
        let environment = self.job.environment;
        self.standing = standing.map_err(|error: Error| {
            error.hint(format!(
                "apply the migrations: cargo xtask db migrate --env {environment}"
            ))
        })?;
        let there = u64::try_from(self.standing.embeddings).unwrap_or_default();
        if embeddings >= FEW && there <= embeddings.saturating_mul(MUCH_MORE) {
            let _state: IndexState = self.index(VectorIndex::SetAside).await?;
        }
        Ok(())
    }

    async fn rows(
        &mut self,
        source: Box<dyn Source>,
        survey: Survey,
        report: &mut Report,
    ) -> Result<()> {
        let total = [Table::Items, Table::Analyses, Table::Embeddings];
        let total = total.map(|table| survey.good(table)).iter().sum();
        let step = self.job.events.start(match self.job.dry_run {
            true => "look what is there",
            false => "store rows",
        });
        let (to, mut from) = mpsc::channel(AHEAD);
        let reading = tokio::task::spawn_blocking(move || read(source, &survey, &to));
        let mut done = 0;
        while let Some((batch, mark)) = from.recv().await {
            done += batch.len() as u64;
            self.batch(batch, mark, report).await?;
            step.progress(done, Some(total), Unit::Items);
        }
        reading.await.doing("read the source")??;
        step.finish_with(format!("{done} rows"));
        Ok(())
    }

    async fn batch(&mut self, batch: Batch, mark: Mark, report: &mut Report) -> Result<()> {
        let (table, rows, named) = (batch.table(), batch.len() as u64, batch.rows());
        let import = self.import.clone();
        let sent = self
            .standing
            .mark
            .is_some_and(|reached| (mark.table, mark.place) <= (reached.table, reached.place));
        let (brought, left) = if sent || self.job.dry_run {
            let look = Moving::Look {
                import,
                table,
                rows: named.clone(),
                sent,
            };
            let looked: Looked = ask(self.database, Request::Moving(look)).await?;
            (looked.brought, looked.left)
        } else {
            let store = Moving::Store {
                import,
                batch,
                mark,
            };
            let stored: Stored = ask(self.database, Request::Moving(store)).await?;
            (rows - stored.added - stored.left.len() as u64, stored.left)
        };
        report.add(table, rows - brought - left.len() as u64, brought);
        for one in left {
            let row = named.iter().find(|row| row.id == one.id);
            let item = row.map_or("", |row| row.item_id.as_str());
            report.leave(table, one.id, item, one.why);
        }
        Ok(())
    }

    /// Notes that it is through, and makes the index where it is missing.
    async fn end(&mut self) -> Result<Option<f64>> {
        let seconds = put_index_back(self.database, self.job.events).await?;
        let finish = Request::Moving(Moving::Finish(self.import.clone()));
        let _noted: bool = ask(self.database, finish).await?;
        Ok(seconds)
    }

    async fn index(&mut self, asked: VectorIndex) -> Result<IndexState> {
        ask(self.database, Request::Moving(Moving::Index(asked))).await
    }
}

fn read(
    mut source: Box<dyn Source>,
    survey: &Survey,
    to: &mpsc::Sender<(Batch, Mark)>,
) -> Result<()> {
    source.send(survey, &mut |batch, mark| {
        let sent = to.blocking_send((batch, mark));
        sent.map_err(|_| Error::interrupted("nobody waits for the rows any more"))
    })
}

/// Makes the index over embeddings if it is missing; says how many seconds that took. The call
/// may end before the work does: then it is waited for.
pub async fn put_index_back(database: &mut dyn Database, events: &Events) -> Result<Option<f64>> {
    let request = |asked| Request::Moving(Moving::Index(asked));
    let state: IndexState = ask(database, request(VectorIndex::Look)).await?;
    if state.ready {
        return Ok(None);
    }
    let begun = Instant::now();
    let step = events.start("make the index over embeddings");
    loop {
        let made: Result<IndexState> = ask(database, request(VectorIndex::PutBack)).await;
        let state: IndexState = match &made {
            Ok(state) => *state,
            Err(_) => ask(database, request(VectorIndex::Look)).await?,
        };
        if state.ready {
            step.finish();
            return Ok(Some(rounded(begun.elapsed())));
        }
        if !state.in_the_making {
            made?;
        }
        tokio::time::sleep(PAUSE).await;
    }
}

fn rounded(time: Duration) -> f64 {
    (time.as_secs_f64() * 100.0).round() / 100.0
}
