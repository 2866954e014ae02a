//! P4: killed before or after any single call, the next run ends where an undisturbed one does.

use serde_json::json;

use super::fixture::Site;
use crate::cloud::fake::Trouble;
use crate::engine::deploy::Done;

fn changed(site: &mut Site) {
    site.code("second");
    site.set(
        "storage",
        "/Resources/Queue/Properties/VisibilityTimeout",
        json!(60),
    );
    site.set(
        "database",
        "/Resources/Chats/Properties/BillingMode",
        json!("PAY_PER_REQUEST"),
    );
}

async fn check(prepare: impl AsyncFn(&mut Site)) {
    check_of(Site::new, prepare).await;
}

pub(super) async fn check_of(new: impl Fn() -> Site, prepare: impl AsyncFn(&mut Site)) {
    let mut calm = new();
    prepare(&mut calm).await;
    calm.deploy_again().await.unwrap();
    let expected = calm.world(|world| world.inventory());
    let calls = calm.fake.calls().len();
    assert!(calls > 20, "a deploy of {calls} calls proves little");
    for call in 0..calls {
        for trouble in [Trouble::CrashBefore, Trouble::CrashAfter] {
            let mut site = new();
            prepare(&mut site).await;
            site.fake.restart();
            site.fake.trouble(call, trouble);
            let first = site.deploy().await;
            assert!(
                first.is_err() && site.fake.crashed(),
                "{trouble:?} at call {call}"
            );
            if let Err(error) = site.deploy_again().await {
                panic!("{trouble:?} at call {call}: {error} {:?}", error.hints());
            }
            assert_eq!(
                site.world(|world| world.inventory()),
                expected,
                "{trouble:?} at call {call}"
            );
            assert!(matches!(
                site.deploy_again().await.unwrap(),
                Done::Unchanged(_)
            ));
            assert!(
                site.fake.mutations().is_empty(),
                "{trouble:?} at call {call}"
            );
        }
    }
}

#[tokio::test]
async fn a_first_deploy_converges_after_a_kill_at_any_call() {
    check(async |_| {}).await;
}

#[tokio::test]
async fn an_update_converges_after_a_kill_at_any_call() {
    check(async |site| {
        site.deploy().await.unwrap();
        changed(site);
    })
    .await;
}

#[tokio::test]
async fn a_release_with_a_migration_converges_after_a_kill_at_any_call() {
    check_of(Site::with_ops, async |site| {
        site.release("first", &["1 schema"]);
        site.deploy().await.unwrap();
        site.release("second", &["1 schema", "2 column"]);
    })
    .await;
}

/// All phases, and stacks as Express mode ends them or as they end themselves.
fn whole(express: bool) -> impl Fn() -> Site {
    move || {
        let mut site = Site::whole();
        site.desired.express = express;
        site
    }
}

#[tokio::test]
async fn a_first_deploy_with_all_its_phases_converges_after_a_kill_at_any_call() {
    check_of(whole(false), async |_| {}).await;
}

#[tokio::test]
async fn a_first_deploy_in_express_mode_converges_after_a_kill_at_any_call() {
    check_of(whole(true), async |_| {}).await;
}

async fn a_release(site: &mut Site) {
    site.deploy().await.unwrap();
    site.release("second", &["1 schema", "2 column"]);
    site.with_a_key_of_another_type();
}

#[tokio::test]
async fn an_update_with_all_its_phases_converges_after_a_kill_at_any_call() {
    check_of(whole(false), a_release).await;
}

#[tokio::test]
async fn an_update_in_express_mode_converges_after_a_kill_at_any_call() {
    check_of(whole(true), a_release).await;
}

#[tokio::test]
async fn a_first_deploy_of_an_image_converges_after_a_kill_at_any_call() {
    check(async |site| site.packaged_as_image()).await;
}

#[tokio::test]
async fn a_new_image_converges_after_a_kill_at_any_call() {
    check(async |site| {
        site.packaged_as_image();
        site.deploy().await.unwrap();
        site.image("second");
    })
    .await;
}

#[tokio::test]
async fn an_update_that_was_killed_and_is_not_wanted_any_more_leaves_nothing_behind() {
    let mut site = Site::new();
    site.deploy().await.unwrap();
    let before = site.world(|world| world.inventory());
    site.set(
        "storage",
        "/Resources/Queue/Properties/VisibilityTimeout",
        json!(60),
    );
    site.fake.restart();
    site.fake
        .trouble_at("cloudformation:CreateChangeSet", Trouble::CrashAfter);
    site.deploy().await.unwrap_err();
    site.set(
        "storage",
        "/Resources/Queue/Properties/VisibilityTimeout",
        json!(30),
    );
    site.deploy_again().await.unwrap();
    assert_eq!(site.world(|world| world.inventory()), before);
}
