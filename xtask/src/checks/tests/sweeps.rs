//! What killed runs left goes with the next one, and nothing else does.

use std::time::Duration;

use contract::parameters::ParameterKind;

use super::clients::busy;
use crate::checks::sweep::sweep;
use crate::cloud::fake::Fake;
use crate::event::{Event, Recorder};
use crate::secret::Secret;

const OLD: &str = "check-ann-1@collections.invalid";
const NEW: &str = "check-ann-2@collections.invalid";
const OTHER: &str = "ann@collections.invalid";
const PROBE: &str = "/collections/dev/ops/probe/1";
const LATER: &str = "/collections/dev/ops/probe/2";
const NEEDED: &str = "/collections/dev/ops/probed";

async fn left(fake: &Fake, guests: &[&str], parameters: &[&str]) {
    let cloud = fake.cloud();
    for guest in guests {
        cloud.users.create("pool", guest).await.unwrap();
    }
    let (kind, value) = (ParameterKind::SecureString, Secret::new("x"));
    for name in parameters {
        cloud.parameters.put(name, kind, &value).await.unwrap();
    }
}

fn there(fake: &Fake) -> (Vec<String>, Vec<String>) {
    fake.with(|world| {
        let users = world.users.keys().cloned().collect();
        (users, world.parameters.keys().cloned().collect())
    })
}

#[tokio::test]
async fn guests_and_probes_that_are_old_go_and_those_of_a_run_at_work_stay() {
    let fake = Fake::new();
    left(&fake, &[OLD, OTHER], &[PROBE, NEEDED]).await;
    fake.cloud().clock.sleep(Duration::from_secs(3700)).await;
    left(&fake, &[NEW], &[LATER]).await;
    let (target, server) = busy(&fake, &["a"]).await;
    let (heard, events) = Recorder::pair();
    sweep(&target, &events).await;
    let warned = heard.events().into_iter();
    let warned = warned.filter(|event| matches!(event, Event::Warning { .. }));
    assert_eq!(warned.collect::<Vec<_>>(), []);
    let (users, parameters) = there(&fake);
    assert_eq!(users, [OTHER, NEW]);
    assert_eq!(parameters, [LATER, NEEDED]);
    let asked = server.received_requests().await.unwrap();
    assert!(asked.iter().any(|asked| asked.url.path() == "/items/a"));
}

#[tokio::test]
async fn a_guest_whose_things_cannot_be_removed_stays_for_the_next_run() {
    let fake = Fake::new();
    left(&fake, &[OLD], &[]).await;
    fake.cloud().clock.sleep(Duration::from_secs(3700)).await;
    let (heard, events) = Recorder::pair();
    // Nobody listens at the address of this one.
    sweep(&super::target(&fake), &events).await;
    let said = format!("{:?}", heard.events());
    assert!(said.contains("could not reach the API"), "{said}");
    assert_eq!(there(&fake).0, [OLD]);
}
