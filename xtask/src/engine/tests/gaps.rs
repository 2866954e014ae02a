//! The repair phase: what stacks do not bring about here is set once, and asked for without
//! changing anything.

use serde_json::json;

use super::fixture::Site;
use crate::engine::deploy::Done;
use crate::engine::steps::emulator_gaps::MendExpiry;

fn site() -> Site {
    let mut site = Site::new();
    site.set(
        "database",
        "/Resources/Chats/Properties/TimeToLiveSpecification",
        json!({ "AttributeName": "expires_at", "Enabled": true }),
    );
    site.set(
        "storage",
        "/Resources/Images/Properties/LifecycleConfiguration",
        json!({ "Rules": [
            { "Id": "old", "Status": "Enabled", "NoncurrentVersionExpiration": { "NoncurrentDays": 30 } }
        ] }),
    );
    repaired(site)
}

fn repaired(mut site: Site) -> Site {
    site.extras = vec![Box::new(MendExpiry {
        cloud: site.fake.cloud(),
        stacks: site.desired.stacks.clone(),
    })];
    site
}

#[tokio::test]
async fn expiry_is_set_once() {
    let site = site();
    site.deploy().await.unwrap();
    site.world(|world| {
        assert_eq!(world.table_expiry["chats-dev"], "expires_at");
        assert_eq!(world.bucket_expiry["images-dev"][0].id, "old");
    });
    assert!(matches!(
        site.deploy_again().await.unwrap(),
        Done::Unchanged(_)
    ));
    assert_eq!(site.fake.mutations(), Vec::<&str>::new());
}

#[tokio::test]
async fn expiry_that_was_lost_is_set_again_and_nothing_else_is() {
    let site = site();
    site.deploy().await.unwrap();
    site.world(|world| world.table_expiry.clear());
    site.deploy_again().await.unwrap();
    let mut changes = site.fake.mutations();
    changes
        .retain(|call| !call.starts_with("s3:PutObject") && !call.starts_with("s3:DeleteObject"));
    assert_eq!(changes, ["dynamodb:UpdateTimeToLive"]);
}

#[tokio::test]
async fn a_lifecycle_rule_that_is_not_understood_is_named() {
    let mut site = site();
    site.set(
        "storage",
        "/Resources/Images/Properties/LifecycleConfiguration",
        json!({ "Rules": [{ "Id": "old", "Status": "Enabled", "ExpirationDate": "2030-01-01" }] }),
    );
    let error = repaired(site).deploy().await.unwrap_err();
    assert!(error.to_string().contains("storage.Images"), "{error}");
    assert!(error.to_string().contains("ExpirationDate"), "{error}");
}
