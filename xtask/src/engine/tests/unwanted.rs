//! Stacks that other settings made: they are shown, deleted last, and by `destroy` too.

use async_trait::async_trait;
use serde_json::json;

use super::crash;
use super::fixture::{FakeSchemas, Site};
use super::leaving::demolish;
use crate::engine::deploy::Done;
use crate::engine::drift;
use crate::engine::phases::{Deployed, Extra, Phase};
use crate::error::{Error, Kind, Result};
use crate::event::Event;

const NETWORK: &str = "Testnetwork-dev";

/// A network that some setting asked for, with something in it that holds data if so wanted.
fn with_network(bucket: bool) -> Site {
    let mut site = Site::new();
    let gateway = json!({ "Type": "AWS::EC2::NatGateway", "Properties": { "SubnetId": "s" } });
    let mut template = json!({ "Resources": { "Nat": gateway } });
    if bucket {
        template["Resources"]["Flows"] =
            json!({ "Type": "AWS::S3::Bucket", "Properties": { "BucketName": "flows-dev" } });
    }
    site.add_stack("network", template);
    site
}

fn stands(site: &Site) -> bool {
    site.world(|world| world.stacks.contains_key(NETWORK))
}

#[tokio::test]
async fn a_stack_that_is_not_wanted_any_more_is_planned_and_deleted() {
    let mut site = with_network(false);
    site.deploy().await.unwrap();
    site.drop_stack("network");
    site.options.plan_out = Some(site.path("plan.json"));
    let Done::Planned(plan) = site.deploy_again().await.unwrap() else {
        panic!("nothing was planned")
    };
    let words = plan.to_string();
    assert!(words.contains("- delete stack Testnetwork-dev"), "{words}");
    assert!(
        words.contains("- delete  Nat AWS::EC2::NatGateway"),
        "{words}"
    );
    assert!(words.contains("1 to delete"), "{words}");
    assert!(stands(&site), "a plan changes nothing");

    site.options.plan_out = None;
    site.options.plan = Some(site.path("plan.json"));
    site.deploy_again().await.unwrap();
    assert!(!stands(&site));
    site.options.plan = None;
    assert!(matches!(
        site.deploy_again().await.unwrap(),
        Done::Unchanged(_)
    ));
    assert_eq!(site.fake.mutations(), Vec::<&str>::new());
}

#[tokio::test]
async fn what_holds_data_in_it_goes_by_name_only() {
    let mut site = with_network(true);
    site.deploy().await.unwrap();
    site.drop_stack("network");
    let object = ("flow.log".to_owned(), b"log".to_vec());
    site.world(|world| world.buckets.get_mut("flows-dev").unwrap().extend([object]));
    let error = site.deploy_again().await.unwrap_err();
    assert_eq!(error.kind(), Kind::Refused);
    assert!(error.hints()[0].contains("--allow-replace Flows"));
    assert_eq!(site.fake.mutations(), Vec::<&str>::new());
    site.options.consent.replace.insert("Flows".into());
    site.deploy_again().await.unwrap();
    assert!(!stands(&site));
    assert!(site.world(|world| !world.buckets.contains_key("flows-dev")));
}

/// Whether the system answers.
struct Answers(bool);

#[async_trait]
impl Extra for Answers {
    fn phase(&self) -> Phase {
        Phase::Verify
    }

    async fn is_done(&self, _deployed: &Deployed) -> Result<Option<String>> {
        Ok(None)
    }

    async fn run(&self, _deployed: &Deployed) -> Result<String> {
        match self.0 {
            true => Ok("it answers".into()),
            false => Err(Error::failed("it does not answer")),
        }
    }
}

#[tokio::test]
async fn it_is_deleted_last_and_stays_while_the_old_code_may_have_to_serve() {
    let mut site = with_network(false);
    site.stack("network").termination_protection = true;
    site.deploy().await.unwrap();
    site.drop_stack("network");
    site.code("second");
    site.extras = vec![Box::new(Answers(false))];
    site.deploy_again().await.unwrap_err();
    assert!(stands(&site), "traffic went back to code that may need it");

    site.code("third");
    site.extras = vec![Box::new(Answers(true))];
    site.deploy_again().await.unwrap();
    assert!(!stands(&site));
    let ended: Vec<String> = site
        .events
        .events()
        .into_iter()
        .filter_map(|event| match event {
            Event::Finished { step, .. } => Some(step),
            _ => None,
        })
        .collect();
    assert_eq!(ended.last().unwrap(), &format!("delete {NETWORK}"));
}

#[tokio::test]
async fn leaving_it_out_leaves_it_alone() {
    let mut site = with_network(false);
    site.deploy().await.unwrap();
    site.drop_stack("network");
    site.options.selection.skip = ["network".to_owned()].into();
    assert!(matches!(
        site.deploy_again().await.unwrap(),
        Done::Unchanged(_)
    ));
    assert!(stands(&site));
}

#[tokio::test]
async fn it_goes_with_its_environment_and_its_drift_is_seen() {
    let mut site = with_network(false);
    site.stack("database").termination_protection = false;
    site.deploy().await.unwrap();
    site.drop_stack("network");
    site.world(|world| {
        let network = world.stacks.get_mut(NETWORK).unwrap();
        let nat = network.resources.get_mut("Nat").unwrap();
        nat.drifted.insert("SubnetId".into(), json!("t"));
    });
    let cloud = site.fake.cloud();
    let drifted = drift::look(&site.desired, &cloud, &FakeSchemas).await;
    assert!(drifted.unwrap().to_string().contains(NETWORK));

    let gone = demolish(&site).await.unwrap();
    assert!(gone.to_string().contains("- delete stack Testnetwork-dev"));
    assert_eq!(gone.stacks.last().unwrap(), NETWORK, "others may use it");
    assert!(!stands(&site));
}

#[tokio::test]
async fn its_deletion_converges_after_a_kill_at_any_call() {
    crash::check_of(
        || with_network(false),
        async |site| {
            site.deploy().await.unwrap();
            site.drop_stack("network");
            site.code("second");
        },
    )
    .await;
}
