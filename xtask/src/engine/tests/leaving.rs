//! P7 and P9: drift is shown, and an environment goes only as far as it may.

use contract::parameters::ParameterKind;
use serde_json::json;

use super::fixture::{FakeSchemas, Nobody, Site};
use crate::ask::Ask;
use crate::engine::{destroy, drift};
use crate::error::{Kind, Result};
use crate::event::Recorder;
use crate::secret::Secret;

pub(super) async fn demolish(site: &Site) -> Result<destroy::Demolition> {
    let cloud = site.fake.cloud();
    let (demolition, live) = destroy::look(&site.desired, &cloud).await?;
    demolition.check(&site.desired)?;
    let (_, events) = Recorder::pair();
    demolition
        .run(&site.desired, &live, &cloud, &events, &site.stop)
        .await?;
    Ok(demolition)
}

#[tokio::test]
async fn what_is_protected_is_not_touched() {
    let site = Site::new();
    site.deploy().await.unwrap();
    site.fake.restart();
    let error = demolish(&site).await.unwrap_err();
    assert_eq!(error.kind(), Kind::Refused);
    assert!(site.fake.mutations().is_empty());
}

#[tokio::test]
async fn everything_goes_but_what_is_to_be_retained() {
    let mut site = Site::new();
    site.stack("database").termination_protection = false;
    site.deploy().await.unwrap();
    site.world(|world| {
        let images = world.buckets.get_mut("images-dev").unwrap();
        images.insert("user/images/1.jpg".into(), b"jpg".to_vec());
    });
    let demolition = demolish(&site).await.unwrap();
    let kept: Vec<&str> = demolition.kept.iter().map(|kept| kept.1.as_str()).collect();
    assert_eq!(kept, ["Images"]);
    let (stacks, images, others) = site.world(|world| {
        let stacks: Vec<String> = world.stacks.keys().cloned().collect();
        (
            stacks,
            world.buckets["images-dev"].len(),
            world.things.len(),
        )
    });
    assert_eq!(stacks, ["CollectionsBootstrap"]);
    assert_eq!(images, 1, "retained with what is in it");
    assert_eq!(others, 1, "the bootstrap bucket's policy");
}

#[tokio::test]
async fn a_key_that_goes_is_named_with_the_days_that_it_can_be_had_back() {
    let mut site = Site::new();
    site.stack("database").termination_protection = false;
    let key = json!({ "Type": "AWS::KMS::Key", "Properties": { "PendingWindowInDays": 7 } });
    site.set("storage", "/Resources/Key", key);
    site.deploy().await.unwrap();
    let shown = demolish(&site).await.unwrap().to_string();
    let line = shown.lines().find(|line| line.starts_with("- delete key "));
    assert!(
        line.is_some_and(|line| line.contains("for 7 days")),
        "{shown}"
    );
}

#[tokio::test]
async fn a_bucket_that_goes_is_emptied_first() {
    let mut site = Site::new();
    site.stack("database").termination_protection = false;
    site.set(
        "storage",
        "/Resources/Images/DeletionPolicy",
        json!("Delete"),
    );
    site.deploy().await.unwrap();
    site.world(|world| {
        let images = world.buckets.get_mut("images-dev").unwrap();
        (0..2500).for_each(|n| drop(images.insert(format!("{n}.jpg"), Vec::new())));
    });
    demolish(&site).await.unwrap();
    assert!(site.world(|world| !world.buckets.contains_key("images-dev")));
}

#[tokio::test]
async fn what_was_changed_by_hand_is_shown_but_not_what_cannot_be_read() {
    let site = Site::new();
    site.deploy().await.unwrap();
    let cloud = site.fake.cloud();
    let look = || drift::look(&site.desired, &cloud, &FakeSchemas);
    assert_eq!(look().await.unwrap().to_string(), "no drift\n");
    site.world(|world| {
        let storage = world.stacks.get_mut("Teststorage-dev").unwrap();
        let queue = storage.resources.get_mut("Queue").unwrap();
        queue.drifted.insert("VisibilityTimeout".into(), json!(5));
        let database = world.stacks.get_mut("Testdatabase-dev").unwrap();
        let table = database.resources.get_mut("Chats").unwrap();
        table.resource_type = "AWS::RDS::DBInstance".into();
        table
            .drifted
            .insert("MasterUserPassword".into(), json!("***"));
    });
    let drifted = look().await.unwrap();
    assert_eq!(
        drifted.to_string(),
        "~ drifted Teststorage-dev Queue AWS::SQS::Queue\n      VisibilityTimeout: 30 → 5\n"
    );
}

/// Somebody who types this.
struct Types(&'static str);

impl Ask for Types {
    fn is_there(&self) -> bool {
        true
    }

    fn confirm(&self, _question: &str, _flag: &str) -> Result<bool> {
        Ok(false)
    }

    fn typed(&self, question: &str, expected: &str, _flag: &str) -> Result<bool> {
        assert_eq!((question, expected), ("Delete dev?", "dev"));
        Ok(self.0 == expected)
    }

    fn secret(&self, _question: &str, _optional: bool, _flag: &str) -> Result<Option<String>> {
        Ok(None)
    }
}

#[tokio::test]
async fn only_the_typed_name_takes_an_environment_away() {
    let site = Site::new();
    site.deploy().await.unwrap();
    let cloud = site.fake.cloud();
    let (demolition, _) = destroy::look(&site.desired, &cloud).await.unwrap();
    let agreed = |confirmed: Option<&str>, ask: &dyn Ask| demolition.agreed("dev", confirmed, ask);
    agreed(None, &Types("dev")).unwrap();
    agreed(Some("dev"), &Nobody).unwrap();
    for error in [
        agreed(None, &Types("yes")).unwrap_err(),
        agreed(None, &Types("")).unwrap_err(),
        agreed(Some("prod"), &Types("dev")).unwrap_err(),
        agreed(None, &Nobody).unwrap_err(),
    ] {
        assert_eq!(error.kind(), Kind::Refused, "{error}");
    }
    let error = agreed(None, &Nobody).unwrap_err();
    assert_eq!(error.hints(), ["--confirm dev"]);
}

#[tokio::test]
async fn parameters_go_with_their_environment_and_those_of_others_stay() {
    let mut site = Site::new();
    site.stack("database").termination_protection = false;
    site.deploy().await.unwrap();
    let cloud = site.fake.cloud();
    for name in [
        "/collections/dev/a",
        "/collections/dev/b/c",
        "/collections/dev2/a",
    ] {
        let value = Secret::new("x");
        cloud
            .parameters
            .put(name, ParameterKind::String, &value)
            .await
            .unwrap();
    }
    let demolition = demolish(&site).await.unwrap();
    let listed = demolition.to_string();
    assert!(
        listed.contains("- delete parameter /collections/dev/b/c"),
        "{listed}"
    );
    let left = site.world(|world| world.parameters.keys().cloned().collect::<Vec<_>>());
    assert_eq!(left, ["/collections/dev2/a"]);
}

#[tokio::test]
async fn a_stop_sees_running_deletions_through_and_begins_no_other() {
    let mut site = Site::new();
    site.stack("database").termination_protection = false;
    site.deploy().await.unwrap();
    site.stop.ask();
    let error = demolish(&site).await.unwrap_err();
    assert_eq!(error.message(), "stopped before: delete Testapi-dev");
    assert!(site.world(|world| world.stacks.contains_key("Testapi-dev")));
}
