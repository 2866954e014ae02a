//! Traffic and its proof: whatever fails after code was moved, and in whichever run, traffic goes
//! back to what ran before.

use async_trait::async_trait;

use super::fixture::{BUCKET, Site};
use super::functions::Proof;
use super::stopping::pressed;
use crate::cloud::fake::Trouble;
use crate::engine::deploy::Done;
use crate::engine::phases::{Deployed, Extra, Phase, Selection};
use crate::engine::steps::migrate::Migrate;
use crate::engine::traffic::Record;
use crate::error::{Error, Result};

const FUNCTION: &str = "collections-dev-api";

fn runs(site: &Site, function: &str) -> String {
    site.world(|world| world.functions[function].aliases["live"].clone())
}

fn record(site: &Site) -> Record {
    let body = site.world(|world| world.buckets[BUCKET]["traffic/dev.json"].clone());
    serde_json::from_slice(&body).unwrap()
}

fn proof(site: &mut Site, holds: bool) {
    let cloud = site.fake.cloud();
    site.extras = vec![Box::new(Migrate { cloud }), Box::new(Proof(holds))];
}

/// A first version that was proved.
async fn standing() -> Site {
    let mut site = Site::with_ops();
    proof(&mut site, true);
    site.release("first", &["1 schema"]);
    site.deploy().await.unwrap();
    site
}

async fn goes_back(site: &mut Site) -> Error {
    let error = site.deploy_again().await.unwrap_err();
    let said = error.hints().join("; ");
    assert!(said.contains("traffic is back"), "{error}: {said}");
    assert_eq!(runs(site, FUNCTION), "1");
    assert!(record(site).unproved.is_empty());
    let locked = site.world(|world| world.buckets[BUCKET].contains_key("locks/dev.json"));
    assert!(!locked);
    error
}

#[tokio::test]
async fn code_of_a_run_that_was_killed_before_its_proof_goes_back_when_the_next_one_fails() {
    let mut site = standing().await;
    site.code("second");
    site.fake.restart();
    // The first call after the stacks.
    site.fake.trouble_at("lambda:Invoke", Trouble::CrashBefore);
    site.deploy().await.unwrap_err();
    assert_eq!(runs(&site, FUNCTION), "2");
    proof(&mut site, false);
    goes_back(&mut site).await;
}

#[tokio::test]
async fn code_of_a_run_that_was_killed_is_proved_by_the_next_one() {
    let mut site = standing().await;
    site.code("second");
    site.fake.restart();
    site.fake.trouble_at("lambda:Invoke", Trouble::CrashBefore);
    site.deploy().await.unwrap_err();
    site.deploy_again().await.unwrap();
    assert_eq!(runs(&site, FUNCTION), "2");
    assert_eq!(record(&site).before[FUNCTION], "1");
    let again = site.deploy_again().await.unwrap();
    assert!(matches!(again, Done::Unchanged(_)));
    assert!(site.fake.mutations().is_empty());
}

/// After Ctrl-C the lock is free and the journal gone: another machine may be next.
#[tokio::test]
async fn code_of_a_run_that_was_stopped_goes_back_from_another_machine_too() {
    let mut site = standing().await;
    site.code("second");
    let route = "/Resources/Route/Properties/Name";
    site.set("api", route, serde_json::json!("new"));
    let error = pressed(&mut site, "deploy Testapi-dev").await;
    assert_eq!(error.message(), "stopped before: verify");
    assert_eq!(runs(&site, FUNCTION), "2");
    std::fs::remove_dir_all(site.path("journal")).unwrap();
    proof(&mut site, false);
    goes_back(&mut site).await;
}

#[tokio::test]
async fn code_of_a_run_without_a_proof_is_proved_by_the_next_one() {
    let mut site = standing().await;
    site.code("second");
    site.options.selection.skip.insert("verify".to_owned());
    site.deploy_again().await.unwrap();
    assert_eq!(record(&site).unproved[FUNCTION], "1");
    site.options.selection = Selection::default();
    let done = site.deploy_again().await.unwrap();
    assert!(matches!(done, Done::Applied(_)), "{done:?}");
    assert!(record(&site).unproved.is_empty());
    assert_eq!(record(&site).before[FUNCTION], "1");
    let again = site.deploy_again().await.unwrap();
    assert!(matches!(again, Done::Unchanged(_)));
    assert!(site.fake.mutations().is_empty());
}

#[tokio::test]
async fn a_run_that_neither_moves_nor_proves_leaves_traffic_alone() {
    let mut site = standing().await;
    site.code("second");
    site.options.selection.skip.insert("verify".to_owned());
    site.deploy_again().await.unwrap();
    site.extras.push(Box::new(Broken::Work));
    site.options.selection = Selection {
        only: ["seed".to_owned()].into(),
        ..Selection::default()
    };
    let error = site.deploy_again().await.unwrap_err();
    assert_eq!(error.message(), "nothing is seeded");
    assert_eq!(runs(&site, FUNCTION), "2");
    assert_eq!(record(&site).unproved[FUNCTION], "1");
}

/// Two runs in a row without a proof: what is known to work is from before both.
#[tokio::test]
async fn traffic_goes_back_past_every_run_that_came_to_no_proof() {
    let mut site = standing().await;
    for text in ["second", "third"] {
        site.code(text);
        site.options.selection = Selection {
            skip: ["verify".to_owned()].into(),
            ..Selection::default()
        };
        site.deploy_again().await.unwrap();
    }
    assert_eq!(runs(&site, FUNCTION), "3");
    site.options.selection = Selection::default();
    proof(&mut site, false);
    goes_back(&mut site).await;
}

#[tokio::test]
async fn a_stack_that_fails_after_traffic_moved_moves_it_back() {
    let mut site = standing().await;
    site.code("second");
    let route = "/Resources/Route/Properties/Name";
    site.set("api", route, serde_json::json!("new"));
    let broken = ("Testapi-dev".to_owned(), "Route".to_owned());
    site.world(|world| world.failing.insert(broken.clone(), "no luck".into()));
    let error = goes_back(&mut site).await;
    assert!(error.to_string().contains("no luck"), "{error}");
    // Nothing is in the way of the next one.
    site.world(|world| world.failing.remove(&broken));
    site.deploy_again().await.unwrap();
    assert_eq!(runs(&site, FUNCTION), "2");
}

#[tokio::test]
async fn one_function_that_does_not_move_takes_the_others_back() {
    let mut site = standing().await;
    site.release("second", &["1 schema"]);
    site.deploy_again().await.unwrap();
    let ops = "collections-dev-ops";
    site.world(|world| {
        for function in [FUNCTION, ops] {
            world.alias(function, "live", "1").unwrap();
        }
        world.stubborn.insert(FUNCTION.to_owned(), "no luck".into());
    });
    site.deploy_again().await.unwrap_err();
    let history = site.world(|world| world.history.clone());
    let moved = [format!("{ops} runs 2"), format!("{ops} runs 1")];
    assert!(history.ends_with(&moved), "{history:?}");
}

/// A phase that cannot be looked at, or whose work fails.
enum Broken {
    Look,
    Work,
}

#[async_trait]
impl Extra for Broken {
    fn phase(&self) -> Phase {
        Phase::Seed
    }

    async fn is_done(&self, _deployed: &Deployed) -> Result<Option<String>> {
        match self {
            Self::Look => Err(Error::failed("nothing is to be seen")),
            Self::Work => Ok(None),
        }
    }

    async fn run(&self, _deployed: &Deployed) -> Result<String> {
        Err(Error::failed("nothing is seeded"))
    }
}

#[tokio::test]
async fn a_phase_that_cannot_be_looked_at_moves_traffic_back() {
    let mut site = standing().await;
    site.code("second");
    site.extras.push(Box::new(Broken::Look));
    let error = goes_back(&mut site).await;
    assert_eq!(error.message(), "nothing is to be seen");
}

#[tokio::test]
async fn what_does_not_move_back_is_told_and_tried_again_by_the_next_run() {
    let mut site = standing().await;
    site.code("second");
    proof(&mut site, false);
    let ops = FUNCTION.to_owned();
    site.world(|world| world.stubborn.insert(ops, "no luck".into()));
    let error = site.deploy_again().await.unwrap_err();
    let said = error.hints().join("; ");
    assert!(said.contains("moving traffic back failed too"), "{said}");
    assert_eq!(runs(&site, FUNCTION), "2");
    site.world(|world| world.stubborn.clear());
    goes_back(&mut site).await;
}

#[tokio::test]
async fn a_deploy_that_moves_no_traffic_writes_nothing_about_it() {
    let mut site = standing().await;
    let before = site.world(|world| world.buckets[BUCKET].get("traffic/dev.json").cloned());
    let queue = "/Resources/Queue/Properties/VisibilityTimeout";
    site.set("storage", queue, serde_json::json!(60));
    site.deploy_again().await.unwrap();
    let after = site.world(|world| world.buckets[BUCKET].get("traffic/dev.json").cloned());
    assert_eq!(before, after);
}

#[tokio::test]
async fn a_damaged_record_is_named_and_changes_nothing() {
    let mut site = standing().await;
    site.code("second");
    site.world(|world| {
        let bucket = world.buckets.get_mut(BUCKET).unwrap();
        drop(bucket.insert("traffic/dev.json".into(), b"{".to_vec()));
    });
    let error = site.deploy_again().await.unwrap_err();
    assert!(
        error.message().contains("traffic/dev.json is damaged"),
        "{error}"
    );
    assert_eq!(runs(&site, FUNCTION), "1");
}
