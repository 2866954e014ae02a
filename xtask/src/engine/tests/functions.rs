//! Code: published versions, the hot path, drift between alias and CloudFormation, the way back.

use async_trait::async_trait;

use super::fixture::{BUCKET, Site};
use crate::artifacts::{missing, publish};
use crate::engine::deploy::Done;
use crate::engine::phases::{Deployed, Extra, Phase};
use crate::engine::resolve::Sources;
use crate::engine::{hotswap, images, live};
use crate::error::{Error, Result};
use crate::event::Recorder;

const FUNCTION: &str = "collections-dev-api";

fn live(site: &Site) -> (String, usize) {
    site.world(|world| {
        let function = &world.functions[FUNCTION];
        (function.aliases["live"].clone(), function.versions.len())
    })
}

#[tokio::test]
async fn new_code_publishes_a_version_and_keeps_the_old_one() {
    let mut site = Site::new();
    site.deploy().await.unwrap();
    assert_eq!(live(&site), ("1".into(), 1));
    site.code("second");
    site.deploy_again().await.unwrap();
    assert_eq!(live(&site), ("2".into(), 2));
}

/// What `deploy --function` does: the revision a full deploy would give, without CloudFormation.
pub(super) async fn hot(site: &Site) -> hotswap::Moved {
    let cloud = site.fake.cloud();
    let (_, events) = Recorder::pair();
    let missing = missing(&site.artifacts, cloud.objects.as_ref(), BUCKET).await;
    publish(&missing.unwrap(), cloud.objects.as_ref(), BUCKET, &events)
        .await
        .unwrap();
    let live = live::read(&site.desired, &cloud).await.unwrap();
    let sources = Sources {
        desired: &site.desired,
        live: &live,
        artifacts: Some(&site.artifacts),
        bucket: BUCKET,
    };
    let placed = images::placed(&sources, &live.known_outputs());
    images::push(&cloud, &events, &placed).await.unwrap();
    hotswap::update(&cloud, &events, &sources, "api")
        .await
        .unwrap()
}

#[tokio::test]
async fn after_the_hot_path_a_full_deploy_of_the_same_source_changes_nothing() {
    let mut site = Site::new();
    site.deploy().await.unwrap();
    site.code("second");
    hot(&site).await;
    assert_eq!(live(&site), ("2".into(), 2));
    assert!(matches!(
        site.deploy_again().await.unwrap(),
        Done::Unchanged(_)
    ));
    assert!(site.fake.mutations().is_empty());
}

#[tokio::test]
async fn after_the_hot_path_going_back_in_source_moves_the_alias_back() {
    let mut site = Site::new();
    site.deploy().await.unwrap();
    site.code("second");
    hot(&site).await;
    site.code("first");
    site.deploy_again().await.unwrap();
    assert_eq!(live(&site), ("1".into(), 2));
    assert!(
        !site
            .fake
            .mutations()
            .contains(&"cloudformation:CreateChangeSet")
    );
}

#[tokio::test]
async fn after_the_hot_path_newer_code_goes_through_cloudformation() {
    let mut site = Site::new();
    site.deploy().await.unwrap();
    site.code("second");
    hot(&site).await;
    site.code("third");
    site.deploy_again().await.unwrap();
    assert_eq!(live(&site), ("3".into(), 3));
    assert!(matches!(
        site.deploy_again().await.unwrap(),
        Done::Unchanged(_)
    ));
}

#[tokio::test]
async fn after_the_hot_path_a_new_setting_is_published_too() {
    let mut site = Site::new();
    site.deploy().await.unwrap();
    site.code("second");
    hot(&site).await;
    site.set(
        "compute",
        "/Resources/ApiFunction/Properties/MemorySize",
        serde_json::json!(2048),
    );
    site.deploy_again().await.unwrap();
    assert_eq!(live(&site), ("3".into(), 3));
}

#[tokio::test]
async fn after_the_hot_path_old_code_with_a_new_setting_is_the_old_code() {
    let mut site = Site::new();
    site.deploy().await.unwrap();
    let first = site.world(|world| world.functions[FUNCTION].code_sha256.clone());
    site.code("second");
    hot(&site).await;
    site.code("first");
    site.set(
        "compute",
        "/Resources/ApiFunction/Properties/MemorySize",
        serde_json::json!(2048),
    );
    site.deploy_again().await.unwrap();
    assert_eq!(live(&site), ("3".into(), 3));
    let runs = site.world(|world| world.functions[FUNCTION].versions[2].0.code_sha256.clone());
    assert_eq!(runs, first);
}

#[tokio::test]
async fn without_a_build_a_new_setting_is_published_with_the_code_that_stands() {
    let mut site = Site::new();
    site.deploy().await.unwrap();
    let first = site.world(|world| world.functions[FUNCTION].code_sha256.clone());
    site.artifacts.clear();
    site.deploy_again().await.unwrap();
    assert_eq!(live(&site), ("1".into(), 1), "nothing is new");
    site.set(
        "compute",
        "/Resources/ApiFunction/Properties/MemorySize",
        serde_json::json!(2048),
    );
    site.deploy_again().await.unwrap();
    assert_eq!(live(&site), ("2".into(), 2));
    let runs = site.world(|world| world.functions[FUNCTION].versions[1].0.code_sha256.clone());
    assert_eq!(runs, first);
}

#[tokio::test]
async fn a_setting_that_no_version_has_publishes_none() {
    let mut site = Site::new();
    site.deploy().await.unwrap();
    for (property, value) in [
        ("ReservedConcurrentExecutions", serde_json::json!(5)),
        ("Tags", serde_json::json!([{ "Key": "team", "Value": "a" }])),
    ] {
        let pointer = format!("/Resources/ApiFunction/Properties/{property}");
        site.set("compute", &pointer, value);
        site.deploy_again().await.unwrap();
        assert_eq!(live(&site), ("1".into(), 1), "{property}");
    }
}

struct Proof(bool);

#[async_trait]
impl Extra for Proof {
    fn phase(&self) -> Phase {
        Phase::Verify
    }

    async fn is_done(&self, _deployed: &Deployed) -> Result<Option<String>> {
        Ok(None)
    }

    async fn run(&self, _deployed: &Deployed) -> Result<String> {
        if self.0 {
            Ok("all good".into())
        } else {
            Err(Error::failed("/health answers 500"))
        }
    }
}

#[tokio::test]
async fn code_that_fails_its_proof_gives_traffic_back() {
    let mut site = Site::new();
    site.extras = vec![Box::new(Proof(true))];
    site.deploy().await.unwrap();
    site.code("second");
    site.extras = vec![Box::new(Proof(false))];
    let error = site.deploy_again().await.unwrap_err();
    assert!(error.message().contains("/health"), "{error}");
    assert!(
        error
            .hints()
            .iter()
            .any(|hint| hint.contains("traffic is back")),
        "{:?}",
        error.hints()
    );
    assert_eq!(live(&site), ("1".into(), 2));
}

#[tokio::test]
async fn a_zip_that_the_bucket_holds_is_not_read_again() {
    let mut site = Site::new();
    site.deploy().await.unwrap();
    std::fs::remove_file(&site.artifacts["api"].zip().unwrap().path).unwrap();
    let memory = "/Resources/ApiFunction/Properties/MemorySize";
    site.set("compute", memory, serde_json::json!(2048));
    site.deploy_again().await.unwrap();
    assert_eq!(live(&site), ("2".into(), 2));
    // Where the bucket lost it, it must come from here, and is not there.
    let key = site.artifacts["api"].name().to_owned();
    site.world(|world| world.buckets.get_mut(BUCKET).unwrap().remove(&key));
    site.set("compute", memory, serde_json::json!(1024));
    let error = site.deploy_again().await.unwrap_err();
    assert!(error.message().contains("could not read"), "{error}");
}

#[tokio::test]
async fn code_of_the_hot_path_that_fails_its_proof_gives_traffic_back() {
    let mut site = Site::new();
    let Done::Applied(deployed) = site.deploy().await.unwrap() else {
        panic!("nothing was applied")
    };
    site.code("second");
    let moved = hot(&site).await;
    assert_eq!(live(&site), ("2".into(), 2));
    let (_, events) = Recorder::pair();
    let cloud = site.fake.cloud();
    let prove = async |proof: Proof| {
        let moved = std::slice::from_ref(&moved);
        hotswap::prove(&cloud, &events, &proof, &deployed, moved).await
    };
    prove(Proof(true)).await.unwrap();
    assert_eq!(live(&site), ("2".into(), 2));
    let error = prove(Proof(false)).await.unwrap_err();
    assert!(error.hints()[0].contains("traffic is back"), "{error:?}");
    assert_eq!(live(&site), ("1".into(), 2));
}
