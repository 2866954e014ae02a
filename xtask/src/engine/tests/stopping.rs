//! Ctrl-C: what runs comes to its end, nothing new begins, and the lock is given back.

use std::sync::Arc;

use super::fixture::{BUCKET, Site};
use crate::engine::deploy::Done;
use crate::engine::stop::Stop;
use crate::error::Kind;
use crate::event::{Event, Sink};

/// Presses the key when a step begins.
struct Press {
    at: &'static str,
    stop: Stop,
}

impl Sink for Press {
    fn take(&self, event: Event) {
        if matches!(event, Event::Started { step } if step == self.at) {
            assert!(self.stop.at_work());
            self.stop.ask();
        }
    }
}

pub(super) async fn pressed(site: &mut Site, at: &'static str) -> crate::error::Error {
    site.stop = Stop::default();
    let stop = site.stop.clone();
    site.listener = Some(Arc::new(Press { at, stop }));
    let error = site.deploy_again().await.unwrap_err();
    site.listener = None;
    site.stop = Stop::default();
    error
}

#[tokio::test]
async fn the_first_press_sees_running_stacks_through_and_begins_no_other() {
    let mut site = Site::new();
    let error = pressed(&mut site, "deploy Testdatabase-dev").await;
    assert_eq!(error.kind(), Kind::Interrupted);
    assert_eq!(error.message(), "stopped before: deploy Testcompute-dev");
    let (stacks, locked) = site.world(|world| {
        let stacks: Vec<String> = world.stacks.keys().cloned().collect();
        let locked = world.buckets[BUCKET].contains_key("locks/dev.json");
        assert!(world.stacks.values().all(|stack| stack.operation.is_none()));
        (stacks, locked)
    });
    let begun = [
        "CollectionsBootstrap",
        "Testdatabase-dev",
        "Teststorage-dev",
    ];
    assert_eq!(stacks, begun);
    assert!(!locked, "somebody else may go on");
    site.deploy_again().await.unwrap();
    assert!(matches!(
        site.deploy_again().await.unwrap(),
        Done::Unchanged(_)
    ));
}

#[tokio::test]
async fn a_press_during_the_last_stack_ends_before_the_next_phase() {
    let mut site = Site::with_ops();
    site.release("first", &["1 schema"]);
    let error = pressed(&mut site, "deploy Testapi-dev").await;
    assert_eq!(error.message(), "stopped before: migrate");
    assert!(site.world(|world| world.database.applied.is_empty()));
    site.deploy_again().await.unwrap();
    assert!(site.world(|world| !world.database.applied.is_empty()));
}
