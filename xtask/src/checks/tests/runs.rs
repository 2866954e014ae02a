//! A check that hangs, one that is stopped, and what they leave behind.

use std::future::pending;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use async_trait::async_trait;

use super::target;
use crate::checks::report::Verdict;
use crate::checks::target::Target;
use crate::checks::{Check, Stop, Trail, run};
use crate::cloud::fake::Fake;
use crate::error::{Error, Kind};
use crate::event::Recorder;

/// Makes something, gets through one hop, and hangs in the next.
struct Hanging {
    removed: Arc<AtomicBool>,
    cleans_badly: bool,
    limit: Duration,
}

#[async_trait]
impl Check for Hanging {
    fn name(&self) -> String {
        "hanging".to_owned()
    }

    fn title(&self) -> String {
        "Nothing".to_owned()
    }

    fn limit(&self) -> Duration {
        self.limit
    }

    async fn run(&self, _target: &Target, trail: &Trail) -> Result<(), Stop> {
        let (removed, badly) = (self.removed.clone(), self.cleans_badly);
        trail.clean_up("what was made", async move {
            removed.store(true, Ordering::SeqCst);
            match badly {
                true => Err(Error::failed("it does not go away")),
                false => Ok(()),
            }
        });
        trail.hop("first", "", async { Ok(()) }).await?;
        trail.hop("second", "wake it up", pending()).await
    }
}

fn hanging(cleans_badly: bool) -> (Vec<Box<dyn Check>>, Arc<AtomicBool>) {
    hanging_for(Duration::from_millis(50), cleans_badly)
}

fn hanging_for(limit: Duration, cleans_badly: bool) -> (Vec<Box<dyn Check>>, Arc<AtomicBool>) {
    let removed = Arc::new(AtomicBool::new(false));
    let check = Hanging {
        removed: removed.clone(),
        cleans_badly,
        limit,
    };
    (vec![Box::new(check)], removed)
}

#[tokio::test]
async fn a_step_that_hangs_fails_in_its_time_and_is_cleaned_up_after() {
    let (checks, removed) = hanging(false);
    let (_, events) = Recorder::pair();
    let target = target(&Fake::new());
    let cases = run("test", &checks, &target, &events, pending())
        .await
        .unwrap();
    let hops: Vec<_> = cases[0]
        .hops
        .iter()
        .map(|hop| (hop.name.as_str(), hop.verdict))
        .collect();
    assert_eq!(
        hops,
        [("first", Verdict::Passed), ("second", Verdict::Failed)]
    );
    assert!(
        cases[0].hops[1].detail.contains("no answer within"),
        "{cases:#?}"
    );
    assert_eq!(cases[0].fix, ["wake it up"]);
    assert!(removed.load(Ordering::SeqCst));
}

#[tokio::test]
async fn what_could_not_be_removed_is_told() {
    let (checks, _) = hanging(true);
    let (_, events) = Recorder::pair();
    let target = target(&Fake::new());
    let cases = run("test", &checks, &target, &events, pending())
        .await
        .unwrap();
    let last = cases[0].hops.last().unwrap();
    assert_eq!(
        (last.name.as_str(), last.verdict),
        ("clean up", Verdict::Failed)
    );
    assert!(last.detail.contains("what was made"), "{last:?}");
}

#[tokio::test]
async fn stopping_cleans_up_and_is_no_verdict() {
    let (checks, removed) = hanging_for(Duration::from_secs(60), false);
    let (_, events) = Recorder::pair();
    let target = target(&Fake::new());
    let stopped = run("test", &checks, &target, &events, async {}).await;
    assert_eq!(stopped.unwrap_err().kind(), Kind::Interrupted);
    // It may not even have begun; if it has, nothing is left.
    let begun = removed.load(Ordering::SeqCst);
    let stopped = async { tokio::time::sleep(Duration::from_millis(20)).await };
    let again = run("test", &checks, &target, &events, stopped).await;
    assert_eq!(again.unwrap_err().kind(), Kind::Interrupted);
    assert!(begun || removed.load(Ordering::SeqCst));
}
