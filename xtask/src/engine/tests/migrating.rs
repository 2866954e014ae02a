//! Migrations and traffic: new code never meets the old schema, and a migration that fails leaves
//! the code of before in charge.

use serde_json::json;

use super::fixture::Site;
use crate::engine::deploy::Done;

fn history(site: &Site) -> Vec<String> {
    site.world(|world| std::mem::take(&mut world.history))
}

fn api_runs(site: &Site) -> String {
    site.world(|world| world.functions["collections-dev-api"].aliases["live"].clone())
}

async fn standing() -> Site {
    let mut site = Site::with_ops();
    site.release("first", &["1 schema"]);
    site.deploy().await.unwrap();
    assert_eq!(history(&site).last().unwrap(), "migrated 1 schema");
    site
}

#[tokio::test]
async fn a_migration_is_applied_before_traffic_moves_to_the_code_that_needs_it() {
    let mut site = standing().await;
    site.release("second", &["1 schema", "2 column"]);
    site.deploy_again().await.unwrap();
    let history = history(&site);
    assert_eq!(history[0], "migrated 2 column", "{history:?}");
    assert!(history.contains(&"collections-dev-api runs 2".to_owned()));
    assert!(matches!(
        site.deploy_again().await.unwrap(),
        Done::Unchanged(_)
    ));
}

#[tokio::test]
async fn a_migration_that_fails_leaves_stacks_and_traffic_as_they_were() {
    let mut site = standing().await;
    let before = site.world(|world| world.inventory());
    site.release("second", &["1 schema", "2 column"]);
    site.world(|world| world.database.broken.insert("2 column".into()));
    let error = site.deploy_again().await.unwrap_err();
    assert!(error.to_string().contains("2 column"), "{error}");
    assert!(error.hints()[0].contains("as they were"), "{error:?}");
    assert_eq!(history(&site), Vec::<String>::new());
    let after = site.world(|world| world.inventory());
    assert_eq!(before.difference(&after).collect::<Vec<_>>(), [""; 0]);

    site.world(|world| world.database.broken.clear());
    site.deploy_again().await.unwrap();
    assert_eq!(history(&site)[0], "migrated 2 column");
}

/// New code that also needs a new setting cannot run ahead: it migrates once it is deployed.
#[tokio::test]
async fn a_late_migration_that_fails_gives_traffic_back() {
    let mut site = standing().await;
    site.release("second", &["1 schema", "2 column"]);
    let memory = "/Resources/OpsFunction/Properties/MemorySize";
    site.set("compute", memory, json!(512));
    site.world(|world| world.database.broken.insert("2 column".into()));
    let error = site.deploy_again().await.unwrap_err();
    let said = error.hints().join("; ");
    assert!(said.contains("traffic is back"), "{said}");
    assert_eq!(api_runs(&site), "1");

    // The code is published by now; the next deploy migrates with it before it moves traffic.
    site.world(|world| world.database.broken.clear());
    history(&site);
    site.deploy_again().await.unwrap();
    assert_eq!(history(&site)[0], "migrated 2 column");
    assert_eq!(api_runs(&site), "2");
}

#[tokio::test]
async fn going_back_in_source_keeps_the_wider_schema() {
    let mut site = standing().await;
    site.release("second", &["1 schema", "2 column"]);
    site.deploy_again().await.unwrap();
    site.release("first", &["1 schema"]);
    site.deploy_again().await.unwrap();
    let applied = site.world(|world| world.database.applied.clone());
    assert_eq!(applied, ["1 schema", "2 column"]);
    assert!(matches!(
        site.deploy_again().await.unwrap(),
        Done::Unchanged(_)
    ));
}

/// The code was put in place ahead, and the deploy ended before its stack: a later change of a
/// setting alone must not publish that code.
#[tokio::test]
async fn code_that_ran_ahead_of_a_deploy_that_failed_is_not_published_by_the_next_one() {
    let mut site = standing().await;
    let code = |site: &Site, version: usize| {
        site.world(|world| {
            let ops = &world.functions["collections-dev-ops"];
            ops.versions[version - 1].0.code_sha256.clone()
        })
    };
    let first = code(&site, 1);
    site.release("second", &["1 schema", "2 column"]);
    let queue = "/Resources/Queue/Properties/VisibilityTimeout";
    site.set("storage", queue, json!(60));
    let broken = ("Teststorage-dev".to_owned(), "Queue".to_owned());
    site.world(|world| world.failing.insert(broken.clone(), "no luck".into()));
    site.deploy_again().await.unwrap_err();

    site.world(|world| world.failing.remove(&broken));
    site.set("storage", queue, json!(30));
    site.release("first", &["1 schema"]);
    let memory = "/Resources/OpsFunction/Properties/MemorySize";
    site.set("compute", memory, json!(512));
    site.deploy_again().await.unwrap();
    assert_eq!(code(&site, 2), first);
}
