//! Runs checks side by side, each within its time, and cleans up after all of them.

use std::time::{Duration, Instant};

use futures::future::{FutureExt as _, Shared, join_all};

use super::report::{Case, Hop, Verdict, millis};
use super::target::Target;
use super::{Check, Trail};
use crate::error::{Error, Result};
use crate::event::Events;

/// Removing one thing may take so long.
const CLEANING: Duration = Duration::from_secs(20);

/// Runs all of these at once. When `stop` comes first, what was begun is still cleaned up.
pub async fn run(
    suite: &str,
    checks: &[Box<dyn Check>],
    target: &Target,
    events: &Events,
    stop: impl Future<Output = ()> + Send,
) -> Result<Vec<Case>> {
    let stop = stop.shared();
    let cases = checks
        .iter()
        .map(|check| one(suite, check.as_ref(), target, events, stop.clone()));
    let cases = join_all(cases).await;
    if stop.peek().is_some() {
        return Err(Error::interrupted("stopped; what was made was removed"));
    }
    Ok(cases)
}

async fn one<F: Future<Output = ()>>(
    suite: &str,
    check: &dyn Check,
    target: &Target,
    events: &Events,
    stop: Shared<F>,
) -> Case {
    let begun = Instant::now();
    let (name, trail) = (check.name(), Trail::default());
    let step = events.start(format!("{suite} {name}"));
    let limit = check.limit();
    tokio::select! {
        ended = tokio::time::timeout(limit, check.run(target, &trail)) => {
            if ended.is_err() {
                let seconds = limit.as_secs();
                trail.failed(&Error::failed(format!("no answer within {seconds} s")));
            }
        }
        () = stop => trail.failed(&Error::interrupted("stopped")),
    }
    clean_up(&trail).await;
    let (hops, fix) = trail.told();
    let case = Case::of(
        suite,
        name,
        check.title(),
        hops,
        fix,
        millis(begun.elapsed()),
    );
    match case.failure() {
        None => step.finish(),
        Some(hop) => events.warn(format!(
            "{suite} {}: {}: {}",
            case.name, hop.name, hop.detail
        )),
    }
    case
}

pub(super) async fn clean_up(trail: &Trail) {
    for (what, work) in trail.take_cleaning() {
        let begun = Instant::now();
        let error = match tokio::time::timeout(CLEANING, work).await {
            Ok(Ok(())) => continue,
            Ok(Err(error)) => error,
            Err(_) => Error::failed(format!("no answer within {} s", CLEANING.as_secs())),
        };
        let hop = Hop {
            name: "clean up".to_owned(),
            verdict: Verdict::Failed,
            detail: format!("{what}: {error}"),
            millis: millis(begun.elapsed()),
        };
        trail.add(hop, Some(format!("remove it by hand: {what}")));
    }
}
