//! P21: a secret that comes back from the cloud is in nothing that is written or said.

use serde_json::json;

use super::fixture::Site;
use crate::engine::deploy::Done;

const CANARY: &str = "canary-7f3a9c";

/// A stack with a `NoEcho` parameter, a function with a secret in what S3 holds for it.
fn with_secret() -> Site {
    let mut site = Site::new();
    let input = crate::engine::desired::Input::Literal(CANARY.into());
    let storage = site.stack("storage");
    storage.inputs.insert("Password".into(), input);
    storage.template["Parameters"] = json!({ "Password": { "Type": "String", "NoEcho": true } });
    storage.template["Resources"]["Secret"] = json!({
        "Type": "AWS::SecretsManager::Secret",
        "Properties": { "SecretString": { "Ref": "Password" } }
    });
    site
}

fn assert_unsaid(site: &Site, words: &[String]) {
    let events = format!("{:?}", site.events.events());
    assert!(!events.contains(CANARY), "an event says it");
    for word in words {
        assert!(!word.contains(CANARY), "{word}");
    }
    for entry in walk(&site.path("")) {
        let bytes = std::fs::read(&entry).unwrap();
        let text = String::from_utf8_lossy(&bytes);
        assert!(!text.contains(CANARY), "{} holds it", entry.display());
    }
}

fn walk(folder: &std::path::Path) -> Vec<std::path::PathBuf> {
    let entries = std::fs::read_dir(folder).unwrap().flatten();
    let found = entries.flat_map(|entry| {
        let path = entry.path();
        if path.is_dir() {
            walk(&path)
        } else {
            vec![path]
        }
    });
    found.collect()
}

#[tokio::test]
async fn a_plan_with_a_secret_parameter_does_not_show_it() {
    let mut site = with_secret();
    let file = site.path("plan.json");
    site.options.plan_out = Some(file);
    let Done::Planned(plan) = site.deploy().await.unwrap() else {
        panic!("nothing was planned")
    };
    assert_unsaid(&site, &[plan.to_string(), format!("{plan:?}")]);
}

#[tokio::test]
async fn a_deploy_with_a_secret_parameter_neither_says_nor_keeps_it() {
    let site = with_secret();
    let done = site.deploy().await.unwrap();
    assert_unsaid(&site, &[format!("{done:?}")]);
}

#[tokio::test]
async fn a_failing_deploy_with_a_secret_parameter_does_not_say_it() {
    let site = with_secret();
    let queue = ("Teststorage-dev".to_owned(), "Queue".to_owned());
    site.world(|world| world.failing.insert(queue, "no luck".into()));
    let error = site.deploy().await.unwrap_err();
    assert_unsaid(&site, &[error.to_string(), format!("{error:?}")]);
}

#[tokio::test]
async fn a_second_deploy_with_a_secret_parameter_changes_nothing() {
    let site = with_secret();
    site.deploy().await.unwrap();
    assert!(matches!(
        site.deploy_again().await.unwrap(),
        Done::Unchanged(_)
    ));
}
