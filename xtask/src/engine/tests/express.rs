//! Express mode: the stack ends early, so readiness is waited for; a failure stays as it is, so it
//! is taken back.

use std::sync::{Arc, Mutex};
use std::time::Duration;

use async_trait::async_trait;
use serde_json::json;

use super::fixture::Site;
use crate::cloud::fake::{Fake, Trouble};
use crate::cloud::stacks::StackStatus;
use crate::engine::phases::{Deployed, Extra, Phase};
use crate::error::{Kind, Result};
use crate::event::{Event, Sink};

async fn standing() -> Site {
    let mut site = Site::new();
    site.desired.express = true;
    site.deploy().await.unwrap();
    site
}

fn status(site: &Site) -> StackStatus {
    site.world(|world| world.stacks["Testcompute-dev"].status)
}

fn break_function(site: &mut Site) {
    site.code("second");
    site.options.consent.iam = true;
    let path = "/Resources/ApiRole/Properties/Path";
    site.set("compute", path, json!("/new/"));
    let function = ("Testcompute-dev".to_owned(), "ApiFunction".to_owned());
    site.world(|world| world.failing.insert(function, "no luck".into()));
}

#[tokio::test]
async fn a_deploy_ends_when_its_resources_serve() {
    let mut site = Site::new();
    site.desired.express = true;
    let later = Duration::from_secs(600);
    site.world(|world| world.serves_from.insert("chats-dev".into(), later));
    site.deploy().await.unwrap();
    assert!(site.fake.elapsed() >= later, "{:?}", site.fake.elapsed());
    let waited = Event::Started {
        step: "wait for database.Chats".into(),
    };
    assert!(site.events.events().contains(&waited));
}

/// Keeps when it was its turn.
#[derive(Clone, Default)]
struct Turn(Arc<Mutex<Option<Duration>>>, Option<Fake>);

#[async_trait]
impl Extra for Turn {
    fn phase(&self) -> Phase {
        Phase::Migrate
    }

    async fn is_done(&self, _deployed: &Deployed) -> Result<Option<String>> {
        let known = self.0.lock().unwrap().is_some();
        Ok(known.then(|| "it had its turn".to_owned()))
    }

    async fn run(&self, _deployed: &Deployed) -> Result<String> {
        *self.0.lock().unwrap() = self.1.as_ref().map(Fake::elapsed);
        Ok("its turn".to_owned())
    }
}

/// A first deploy is killed while its table does not serve yet, and a second one follows.
async fn resumed(change: impl Fn(&mut Site)) {
    let mut site = Site::new();
    let turn = Turn(Arc::default(), Some(site.fake.clone()));
    site.desired.express = true;
    site.extras = vec![Box::new(turn.clone())];
    site.deploy().await.unwrap();
    *turn.0.lock().unwrap() = None;
    // The table is made anew, and the run dies when it looks at it.
    let name = "/Resources/Chats/Properties/TableName";
    site.set("database", name, json!("chats-two"));
    site.options.consent.replace.insert("Chats".into());
    site.options.consent.iam = true;
    let later = site.fake.elapsed() + Duration::from_secs(600);
    site.world(|world| world.serves_from.insert("chats-two".into(), later));
    site.options.selection.only = ["database".to_owned()].into();
    let waits = Press::at("wait for database.Chats", &site);
    site.listener = Some(waits);
    site.fake.restart();
    site.deploy().await.unwrap_err();
    assert!(site.fake.crashed());
    let status = site.world(|world| world.stacks["Testdatabase-dev"].status);
    assert_eq!(status, StackStatus::UpdateComplete);

    site.listener = None;
    change(&mut site);
    site.deploy_again().await.unwrap();
    let at = turn.0.lock().unwrap().unwrap();
    assert!(
        at >= later,
        "it migrated at {at:?}, and served from {later:?}"
    );
    let calls = site.fake.calls().len();
    site.deploy_again().await.unwrap();
    assert_eq!(site.fake.mutations(), Vec::<&str>::new());
    assert!(site.fake.calls().len() < calls);
}

/// The process dies when a step begins.
struct Press(&'static str, Fake);

impl Press {
    fn at(step: &'static str, site: &Site) -> Arc<Self> {
        Arc::new(Self(step, site.fake.clone()))
    }
}

impl Sink for Press {
    fn take(&self, event: Event) {
        if matches!(event, Event::Started { step } if step == self.0) {
            let next = self.1.calls().len();
            self.1.trouble(next, Trouble::CrashBefore);
        }
    }
}

#[tokio::test]
async fn a_deploy_that_was_killed_before_its_resources_served_waits_for_them() {
    // Nothing is left for the stacks.
    resumed(|_| {}).await;
}

#[tokio::test]
async fn a_killed_deploy_with_other_work_left_waits_for_what_does_not_serve_yet() {
    resumed(|site| {
        site.options.selection.only.clear();
        let timeout = "/Resources/Queue/Properties/VisibilityTimeout";
        site.set("storage", timeout, json!(60));
    })
    .await;
}

#[tokio::test]
async fn what_never_serves_is_named() {
    let mut site = Site::new();
    site.desired.express = true;
    let never = Duration::from_secs(1_000_000);
    site.world(|world| world.serves_from.insert("chats-dev".into(), never));
    let error = site.deploy().await.unwrap_err();
    assert!(error.message().contains("database.Chats"), "{error}");
}

#[tokio::test]
async fn a_failed_update_is_taken_back_and_the_first_cause_is_told() {
    let mut site = standing().await;
    let before = site.world(|world| world.inventory());
    break_function(&mut site);
    let error = site.deploy_again().await.unwrap_err();
    assert!(error.causes()[0].contains("no luck"), "{error}");
    assert_eq!(status(&site), StackStatus::UpdateRollbackComplete);
    let after = site.world(|world| world.inventory());
    assert_eq!(before.difference(&after).collect::<Vec<_>>(), [""; 0]);
}

#[tokio::test]
async fn a_failed_update_that_a_killed_run_left_is_named_and_freed() {
    let mut site = standing().await;
    break_function(&mut site);
    site.fake.restart();
    let call = "cloudformation:RollbackStack";
    site.fake
        .trouble_at(call, crate::cloud::fake::Trouble::CrashBefore);
    site.deploy().await.unwrap_err();
    assert_eq!(status(&site), StackStatus::UpdateFailed);
    let error = site.deploy_again().await.unwrap_err();
    assert_eq!(error.kind(), Kind::Refused);
    assert!(error.hints()[0].contains("--continue-rollback"));
    site.options.continue_rollback = true;
    site.world(|world| world.failing.clear());
    site.deploy_again().await.unwrap();
    assert_eq!(status(&site), StackStatus::UpdateComplete);
}

#[tokio::test]
async fn a_failed_creation_is_deleted_and_created_anew() {
    let mut site = Site::new();
    site.desired.express = true;
    let queue = ("Teststorage-dev".to_owned(), "Queue".to_owned());
    site.world(|world| world.failing.insert(queue, "no luck".into()));
    site.deploy().await.unwrap_err();
    let storage = site.world(|world| world.stacks["Teststorage-dev"].status);
    assert_eq!(storage, StackStatus::CreateFailed);
    site.world(|world| world.failing.clear());
    site.deploy_again().await.unwrap();
}

/// What CloudFormation finds before it begins is in no event of the stack.
#[tokio::test]
async fn what_cloudformation_finds_before_it_begins_is_told_in_its_own_words() {
    let site = Site::new();
    let problem = crate::cloud::stacks::Problem {
        path: "/Resources/Queue/Properties/QueueName".into(),
        resource_type: "AWS::SQS::Queue".into(),
        reason: "it already exists".into(),
    };
    let stack = "Teststorage-dev".to_owned();
    site.world(|world| world.problems.insert(stack, problem));
    let error = site.deploy().await.unwrap_err();
    let cause = &error.causes()[0];
    assert_eq!(cause, "Queue (AWS::SQS::Queue): it already exists");
}
