//! Holds what arrived against the source: how many rows there are, whether each is the same,
//! whether every vector has its dimensions and every row its owner, and whether a search for the
//! same finds the same.

mod near;
mod rows;

use std::time::Instant;

use collections_core::db::operate::Request;
use collections_core::db::operate::moving::{Import, Moving, Neighbours, Table};

use self::near::{Samples, Sought};
use super::ids::number;
use super::run::Surveyed;
use super::{Source, Survey};
use crate::checks::report::{Case, Hop, Verdict, millis};
use crate::database::{Database, ask};
use crate::error::{Doing as _, Result};
use crate::event::{Events, Unit};

const SUITE: &str = "import validate";
/// A query that finds fewer of the source's results than this fails.
const FAILURE: f64 = 0.6;
/// All queries together should find so many.
const WARNING: f64 = 0.8;
/// Half of all queries should take no longer, in milliseconds.
const SLOW: u64 = 500;
/// Results of a query that are compared.
const TOP: usize = 10;
/// A user may have other items than the source's; among so many the source's are looked for.
const ASKED: i64 = 50;

/// Compares; what is refused has been told when it was moved.
pub async fn validate(
    surveyed: Surveyed,
    database: &mut dyn Database,
    events: &Events,
) -> Result<Vec<Case>> {
    let Surveyed {
        source,
        survey,
        import,
        ..
    } = surveyed;
    let begun = Instant::now();
    let step = events.start("compare rows");
    let (source, survey, rows) = rows::compare(source, survey, &import, database, &step).await?;
    step.finish();
    let mut cases = rows.cases(&survey, millis(begun.elapsed()));
    if survey.good(Table::Embeddings) > 0 {
        cases.push(overlap(source, survey, &import, database, events).await?);
    }
    Ok(cases)
}

async fn overlap(
    mut source: Box<dyn Source>,
    survey: Survey,
    import: &Import,
    database: &mut dyn Database,
    events: &Events,
) -> Result<Case> {
    let begun = Instant::now();
    let step = events.start("search for the same on both sides");
    let work = move || Samples::of(source.as_mut(), &survey, TOP);
    let samples: Result<Samples> = tokio::task::spawn_blocking(work)
        .await
        .doing("search the source")?;
    let samples = samples?;
    let mut hops = Vec::new();
    let (mut sum, mut times) = (0.0, Vec::new());
    let total = samples.sought.len();
    for (sought, done) in samples.sought.iter().zip(1..) {
        let since = Instant::now();
        let near = Moving::Neighbours {
            user_id: import.user_id.clone(),
            near: sought.vector.clone(),
            limit: ASKED,
        };
        let found: Neighbours = ask(database, Request::Moving(near)).await?;
        let of_the_source = found
            .iter()
            .map(|item| number(item.as_str()))
            .filter(|item| samples.items.contains(item));
        let found: Vec<u128> = of_the_source.take(sought.nearest.len()).collect();
        let share = shared(sought, &found);
        sum += share;
        times.push(millis(since.elapsed()));
        hops.push(hop(sought, share, millis(since.elapsed())));
        step.progress(done, Some(total as u64), Unit::Items);
    }
    let mean = sum / total.max(1) as f64;
    if mean < WARNING {
        events.warn(format!(
            "search finds {mean:.2} of what the source finds, on average; {WARNING} is expected"
        ));
    }
    step.finish_with(format!("{mean:.3} shared"));
    hops.push(Hop {
        name: "mean".to_owned(),
        verdict: verdict(mean >= FAILURE),
        detail: match mean < WARNING {
            true => format!("warning: {mean:.3}, below {WARNING}"),
            false => format!("{mean:.3} of the results are shared"),
        },
        millis: 0,
    });
    hops.push(time(times));
    Ok(Case::of(
        SUITE,
        "neighbours".to_owned(),
        format!("a search finds at least {FAILURE} of what the source finds"),
        hops,
        vec![
            "is the index whole? cargo xtask import list; are there vectors of several models?"
                .to_owned(),
        ],
        millis(begun.elapsed()),
    ))
}

/// The share of the source's results that were found.
fn shared(sought: &Sought, found: &[u128]) -> f64 {
    let hits = sought.nearest.iter().filter(|item| found.contains(item));
    hits.count() as f64 / sought.nearest.len().max(1) as f64
}

fn hop(sought: &Sought, share: f64, millis: u64) -> Hop {
    Hop {
        name: format!("between {}", sought.between.join(" and ")),
        verdict: verdict(share >= FAILURE),
        detail: format!("{share:.2} of {} results are shared", sought.nearest.len()),
        millis,
    }
}

fn time(mut times: Vec<u64>) -> Hop {
    times.sort_unstable();
    let median = times.get(times.len() / 2).copied().unwrap_or_default();
    let slowest = times.last().copied().unwrap_or_default();
    Hop {
        name: "time".to_owned(),
        verdict: verdict(median <= SLOW),
        detail: format!("median {median} ms, slowest {slowest} ms; at most {SLOW} are expected"),
        millis: median,
    }
}

fn verdict(good: bool) -> Verdict {
    match good {
        true => Verdict::Passed,
        false => Verdict::Failed,
    }
}
