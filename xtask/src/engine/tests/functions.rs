//! Code: published versions, the hot path, drift between alias and CloudFormation, the way back.

use async_trait::async_trait;

use super::fixture::{BUCKET, Site};
use crate::artifacts::{missing, publish};
use crate::engine::deploy::Done;
use crate::engine::phases::{Deployed, Extra, Phase, Selection};
use crate::engine::resolve::Sources;
use crate::engine::{hot, hotswap, images, live};
use crate::error::{Error, Kind, Result};
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
    let moved = hot_of(site, &["api"], true).await.unwrap();
    moved.into_iter().next().unwrap()
}

/// The same for several functions, with a proof that holds or not.
pub(super) async fn hot_of(
    site: &Site,
    names: &[&str],
    works: bool,
) -> Result<Vec<hotswap::Moved>> {
    let cloud = site.fake.cloud();
    let (_, events) = Recorder::pair();
    let missing = missing(&site.artifacts, cloud.objects.as_ref(), BUCKET).await?;
    publish(&missing, cloud.objects.as_ref(), BUCKET, &events).await?;
    let live = live::read(&site.desired, &cloud).await?;
    let sources = Sources {
        desired: &site.desired,
        live: &live,
        artifacts: Some(&site.artifacts),
        bucket: BUCKET,
    };
    let placed = images::placed(&sources, &live.known_outputs());
    images::push(&cloud, &events, &placed).await?;
    let names: Vec<String> = names.iter().map(ToString::to_string).collect();
    hot::run(&cloud, &events, &sources, &names, &Proof(works)).await
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

/// A proof that holds or does not.
pub(super) struct Proof(pub(super) bool);

#[async_trait]
impl Extra for Proof {
    fn phase(&self) -> Phase {
        Phase::Verify
    }

    async fn is_done(&self, _deployed: &Deployed) -> Result<Option<String>> {
        Ok(self.0.then(|| "all good".into()))
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
    site.deploy().await.unwrap();
    site.code("second");
    let error = hot_of(&site, &["api"], false).await.unwrap_err();
    assert!(error.hints()[0].contains("traffic is back"), "{error:?}");
    assert_eq!(live(&site), ("1".into(), 2));
}

#[tokio::test]
async fn one_function_of_the_hot_path_that_fails_takes_the_others_back() {
    let mut site = Site::with_ops();
    site.release("first", &[]);
    site.deploy().await.unwrap();
    site.release("second", &[]);
    site.world(|world| world.stubborn.insert(FUNCTION.to_owned(), "no luck".into()));
    let error = hot_of(&site, &["api", "ops"], true).await.unwrap_err();
    assert!(error.to_string().contains("no luck"), "{error}");
    assert!(error.hints()[0].contains("traffic is back"), "{error:?}");
    let history = site.world(|world| world.history.clone());
    let moved = ["collections-dev-ops runs 2", "collections-dev-ops runs 1"];
    assert!(history.ends_with(&moved.map(str::to_owned)), "{history:?}");
}

/// Lambda has the settings that stand, so a version published now would have them too, under the
/// revision of the new ones.
#[tokio::test]
async fn a_setting_that_changed_before_the_hot_path_is_left_to_a_whole_deploy() {
    let mut site = Site::new();
    site.deploy().await.unwrap();
    let memory = "/Resources/ApiFunction/Properties/MemorySize";
    site.set("compute", memory, serde_json::json!(2048));
    site.code("second");
    let error = hot_of(&site, &["api"], true).await.unwrap_err();
    assert_eq!(error.kind(), Kind::Input);
    assert!(error.message().contains("settings of api"), "{error}");
    assert_eq!(live(&site), ("1".into(), 1));
    site.deploy_again().await.unwrap();
    let runs = site.world(|world| world.functions[FUNCTION].versions[1].1.clone());
    assert_eq!(
        (live(&site).0, &runs["MemorySize"]),
        ("2".into(), &serde_json::json!(2048))
    );
}

/// The value comes from another stack, which was deployed anew without the functions.
#[tokio::test]
async fn a_value_of_another_stack_that_changed_before_the_hot_path_is_a_setting_too() {
    let mut site = Site::new();
    site.deploy().await.unwrap();
    site.world(|world| {
        let storage = world.stacks.get_mut("Teststorage-dev").unwrap();
        storage
            .outputs
            .insert("BucketName".into(), "another".into());
    });
    site.code("second");
    let error = hot_of(&site, &["api"], true).await.unwrap_err();
    assert!(error.message().contains("settings of api"), "{error}");
}

#[tokio::test]
async fn traffic_waits_for_a_version_that_cannot_run_yet() {
    let mut site = Site::new();
    site.deploy().await.unwrap();
    site.world(|world| world.slow_versions = 3);
    site.code("second");
    hot(&site).await;
    let history = site.world(|world| world.history.clone());
    assert_eq!(history.last().unwrap(), &format!("{FUNCTION} runs 2"));
    assert!(
        !history
            .iter()
            .any(|told| told.contains("before it could run")),
        "{history:?}"
    );
}

#[tokio::test]
async fn a_stack_that_is_left_out_keeps_the_traffic_of_its_functions() {
    let mut site = Site::new();
    site.deploy().await.unwrap();
    site.code("second");
    site.deploy_again().await.unwrap();
    site.world(|world| world.alias(FUNCTION, "live", "1").unwrap());
    for left_out in [
        Selection {
            only: ["api".to_owned()].into(),
            ..Selection::default()
        },
        Selection {
            skip: ["compute".to_owned()].into(),
            ..Selection::default()
        },
    ] {
        site.options.selection = left_out;
        let done = site.deploy_again().await.unwrap();
        assert!(matches!(done, Done::Unchanged(_)), "{done:?}");
        assert_eq!(live(&site).0, "1");
    }
    site.options.selection = Selection::default();
    site.deploy_again().await.unwrap();
    assert_eq!(live(&site).0, "2");
}
