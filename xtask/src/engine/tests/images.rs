//! Functions that are packaged as images: pushed before they run, once, and never without need.

use super::fixture::{IMAGE_FUNCTION, Site};
use super::functions::hot;
use crate::cloud::fake::Trouble;
use crate::engine::deploy::Done;

const PUT_BLOB: &str = "registry:PutBlob";
const PUT_IMAGE: &str = "registry:PutManifest";

fn as_image() -> Site {
    let mut site = Site::new();
    site.packaged_as_image();
    site
}

fn live(site: &Site) -> String {
    site.world(|world| world.functions[IMAGE_FUNCTION].aliases["live"].clone())
}

fn count(site: &Site, call: &str) -> usize {
    let calls = site.fake.calls();
    calls.iter().filter(|made| made.name == call).count()
}

#[tokio::test]
async fn an_image_is_in_its_new_repository_before_the_stack_that_runs_it() {
    let site = as_image();
    site.deploy().await.unwrap();
    assert_eq!(live(&site), "1");
    assert_eq!((count(&site, PUT_BLOB), count(&site, PUT_IMAGE)), (3, 1));
    let runs = site.world(|world| world.functions[IMAGE_FUNCTION].code_sha256.clone());
    assert_eq!(runs, site.artifacts["api"].sha256);
}

#[tokio::test]
async fn a_second_deploy_of_an_image_changes_nothing_and_does_not_ask_the_registry() {
    let site = as_image();
    site.deploy().await.unwrap();
    let done = site.deploy_again().await.unwrap();
    assert!(matches!(done, Done::Unchanged(_)));
    assert!(site.fake.mutations().is_empty());
    let calls = site.fake.calls();
    assert!(!calls.iter().any(|call| call.name.starts_with("registry:")));
}

#[tokio::test]
async fn of_a_new_image_only_the_parts_that_are_new_are_sent() {
    let mut site = as_image();
    site.deploy().await.unwrap();
    site.image("second");
    site.deploy_again().await.unwrap();
    assert_eq!(live(&site), "2");
    // The layer of the base is there from the first image.
    assert_eq!((count(&site, PUT_BLOB), count(&site, PUT_IMAGE)), (2, 1));
}

#[tokio::test]
async fn an_image_that_the_registry_holds_is_not_sent_again_when_only_a_setting_changes() {
    let mut site = as_image();
    site.deploy().await.unwrap();
    let memory = "/Resources/ApiFunction/Properties/MemorySize";
    site.set("compute", memory, serde_json::json!(2048));
    site.deploy_again().await.unwrap();
    assert_eq!(live(&site), "2");
    assert_eq!((count(&site, PUT_BLOB), count(&site, PUT_IMAGE)), (0, 0));
}

#[tokio::test]
async fn the_hot_path_moves_an_image_and_a_full_deploy_agrees() {
    let mut site = as_image();
    site.deploy().await.unwrap();
    site.image("second");
    hot(&site).await;
    assert_eq!(live(&site), "2");
    let done = site.deploy_again().await.unwrap();
    assert!(matches!(done, Done::Unchanged(_)));
    // And back in source: the version from before, without CloudFormation.
    site.image("first");
    site.deploy_again().await.unwrap();
    assert_eq!(live(&site), "1");
}

#[tokio::test]
async fn after_the_hot_path_an_old_image_with_a_new_setting_is_the_old_image() {
    let mut site = as_image();
    site.deploy().await.unwrap();
    site.image("second");
    hot(&site).await;
    site.image("first");
    let memory = "/Resources/ApiFunction/Properties/MemorySize";
    site.set("compute", memory, serde_json::json!(2048));
    site.deploy_again().await.unwrap();
    let runs = site.world(|world| {
        let versions = &world.functions[IMAGE_FUNCTION].versions;
        versions.last().unwrap().0.code_sha256.clone()
    });
    assert_eq!(runs, site.artifacts["api"].sha256);
}

#[tokio::test]
async fn a_function_turns_from_a_zip_to_an_image_and_back() {
    let mut site = Site::new();
    let as_zip = site.desired.clone();
    site.deploy().await.unwrap();
    for round in 0..2 {
        site.packaged_as_image();
        site.deploy_again().await.unwrap();
        let names = site.world(|world| world.functions.keys().cloned().collect::<Vec<_>>());
        assert_eq!(names, [IMAGE_FUNCTION], "round {round}");
        // The repository stays: the next image finds its parts there.
        let registry = site
            .desired
            .stacks
            .iter()
            .find(|stack| stack.id == "registry");
        let registry = registry.cloned();
        site.desired = as_zip.clone();
        site.desired.stacks.extend(registry);
        site.code("first");
        site.deploy_again().await.unwrap();
        let names = site.world(|world| world.functions.keys().cloned().collect::<Vec<_>>());
        assert_eq!(names, ["collections-dev-api"], "round {round}");
        site.desired = as_zip.clone();
    }
}

#[tokio::test]
async fn throttled_and_lost_pushes_are_repeated() {
    for trouble in [Trouble::Throttle, Trouble::LostAnswer] {
        for call in [PUT_BLOB, PUT_IMAGE] {
            let site = as_image();
            site.fake.trouble_at(call, trouble);
            site.deploy().await.unwrap();
            assert_eq!(live(&site), "1", "{trouble:?} at {call}");
        }
    }
}

#[tokio::test]
async fn without_the_publish_phase_nothing_is_pushed_and_cloudformation_says_what_lacks() {
    let mut site = as_image();
    site.options.selection.skip = ["publish".to_owned()].into();
    let error = site.deploy().await.unwrap_err();
    assert!(error.to_string().contains("does not exist"), "{error}");
    assert_eq!(count(&site, PUT_IMAGE), 0);
}
