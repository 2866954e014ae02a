//! What the phases after the stacks would do is shown and asked for, like the plan of the stacks.

use std::path::Path;
use std::sync::{Arc, Mutex};

use stack::environment::Database;

use super::fixture::Site;
use crate::ask::Ask;
use crate::dotenv::DotEnv;
use crate::engine::deploy::Done;
use crate::engine::parameters::Credentials;
use crate::engine::steps::parameters::FillParameters;
use crate::error::{Kind, Result};
use crate::event::Event;
use crate::secret::Secret;

const VOYAGE: &str = "/collections/dev/voyage/api_key";
const CANARY: &str = "canary-91ab";

/// A machine whose `.env` says these.
fn keys(site: &mut Site, said: &[(&str, &str)]) {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("..");
    let mut dotenv = DotEnv::default();
    for (key, value) in said {
        dotenv.set(key, Secret::new(format!("{CANARY}-{value}")));
    }
    site.extras = vec![Box::new(FillParameters {
        cloud: site.fake.cloud(),
        environment: crate::environments::load(&root, "dev").unwrap(),
        dotenv,
        credentials: None,
    })];
}

const FIRST: [(&str, &str); 2] = [("ANTHROPIC_API_KEY", "a"), ("VOYAGE_API_KEY", "v")];
const OTHER: [(&str, &str); 2] = [("ANTHROPIC_API_KEY", "a"), ("VOYAGE_API_KEY", "other")];
const MORE: [(&str, &str); 3] = [FIRST[0], FIRST[1], ("OPENAI_API_KEY", "o")];

async fn filled() -> Site {
    let mut site = Site::new();
    keys(&mut site, &FIRST);
    site.deploy().await.unwrap();
    site
}

fn shown(site: &Site) -> String {
    let shown = site.shown();
    assert!(!shown.contains(CANARY), "{shown}");
    shown
}

fn voyage(site: &Site) -> String {
    let of = |world: &mut crate::cloud::fake::World| world.parameters[VOYAGE].1.expose().to_owned();
    site.world(of)
}

#[tokio::test]
async fn what_is_filled_is_shown_with_the_plan() {
    let site = filled().await;
    let shown = shown(&site);
    assert!(shown.contains("+ create stack Teststorage-dev"), "{shown}");
    assert!(
        shown.contains(&format!("+ parameter {VOYAGE}: #")),
        "{shown}"
    );
}

#[tokio::test]
async fn another_key_on_this_machine_overwrites_none_without_consent_by_name() {
    let mut site = filled().await;
    keys(&mut site, &OTHER);
    let error = site.deploy_again().await.unwrap_err();
    assert_eq!(error.kind(), Kind::Refused, "{error}");
    assert!(error.message().contains(VOYAGE), "{error}");
    assert!(error.hints().join(" ").contains("--allow-overwrite"));
    assert_eq!(site.fake.mutations(), Vec::<&str>::new());
    let shown = shown(&site);
    assert!(
        shown.contains(&format!("~ parameter {VOYAGE}: #")),
        "{shown}"
    );
    assert!(shown.contains("needs --allow-overwrite"), "{shown}");

    site.options.consent.drift = true;
    assert!(matches!(
        site.deploy_again().await.unwrap(),
        Done::Applied(_)
    ));
    assert_eq!(voyage(&site), format!("{CANARY}-other"));
}

#[tokio::test]
async fn a_missing_key_needs_the_ordinary_yes_and_no_more() {
    let mut site = filled().await;
    keys(&mut site, &MORE);
    site.options.yes = false;
    let error = site.deploy_again().await.unwrap_err();
    assert_eq!(error.kind(), Kind::Refused, "{error}");
    assert_eq!(error.hints(), ["--yes"]);
    assert_eq!(site.fake.mutations(), Vec::<&str>::new());
    site.options.yes = true;
    site.deploy_again().await.unwrap();
    let added = "/collections/dev/openai/api_key";
    assert!(site.world(|world| world.parameters.contains_key(added)));
}

#[tokio::test]
async fn where_every_key_has_its_value_nothing_is_asked_shown_or_changed() {
    let mut site = filled().await;
    let shown_before = site.events.events().len();
    site.options.yes = false;
    assert!(matches!(
        site.deploy_again().await.unwrap(),
        Done::Unchanged(_)
    ));
    assert_eq!(site.fake.mutations(), Vec::<&str>::new());
    let after = &site.events.events()[shown_before..];
    assert!(
        !after
            .iter()
            .any(|event| matches!(event, Event::Planned { .. }))
    );
    // A machine of CI without any key leaves what is there.
    keys(&mut site, &[]);
    assert!(matches!(
        site.deploy_again().await.unwrap(),
        Done::Unchanged(_)
    ));
    assert_eq!(site.fake.mutations(), Vec::<&str>::new());
}

/// Says yes, and keeps what it was asked.
#[derive(Clone, Default)]
struct Yes(Arc<Mutex<Vec<String>>>);

impl Ask for Yes {
    fn is_there(&self) -> bool {
        true
    }

    fn confirm(&self, question: &str, _flag: &str) -> Result<bool> {
        self.0.lock().unwrap().push(question.to_owned());
        Ok(true)
    }

    fn typed(&self, question: &str, _expected: &str, flag: &str) -> Result<bool> {
        self.confirm(question, flag)
    }

    fn secret(&self, _question: &str, _optional: bool, _flag: &str) -> Result<Option<String>> {
        Ok(None)
    }
}

#[tokio::test]
async fn who_is_asked_reads_what_is_overwritten_in_the_question() {
    let mut site = filled().await;
    keys(&mut site, &OTHER);
    site.options.yes = false;
    let yes = Yes::default();
    site.ask = Box::new(yes.clone());
    site.deploy_again().await.unwrap();
    let asked = yes.0.lock().unwrap().join("\n");
    assert!(asked.contains(VOYAGE), "{asked}");
    assert!(!asked.contains(CANARY), "{asked}");
    assert_eq!(voyage(&site), format!("{CANARY}-other"));
}

#[tokio::test]
async fn the_secret_of_an_external_database_is_not_overwritten_without_consent_by_name() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("..");
    let mut environment = crate::environments::load(&root, "dev").unwrap();
    environment.database = Database::External;
    let mut site = Site::new();
    let secret = serde_json::json!({ "Value": "external" });
    let name = serde_json::json!({ "Value": "collections" });
    for (output, value) in [
        ("DatabaseSecretArn", secret),
        ("DatabaseHost", name.clone()),
        ("DatabasePort", name.clone()),
        ("DatabaseName", name),
    ] {
        site.set("database", &format!("/Outputs/{output}"), value);
    }
    let filler = |site: &Site, password: &str| -> Box<dyn crate::engine::phases::Extra> {
        let mut dotenv = DotEnv::default();
        for (key, value) in FIRST {
            dotenv.set(key, Secret::new(value));
        }
        Box::new(FillParameters {
            cloud: site.fake.cloud(),
            environment: environment.clone(),
            dotenv,
            credentials: Some(Credentials {
                username: "app".into(),
                password: Secret::new(format!("{CANARY}-{password}")),
            }),
        })
    };
    site.extras = vec![filler(&site, "one")];
    site.deploy().await.unwrap();
    site.extras = vec![filler(&site, "two")];
    let error = site.deploy_again().await.unwrap_err();
    assert_eq!(error.kind(), Kind::Refused, "{error}");
    assert!(error.message().contains("external"), "{error}");
    assert_eq!(site.fake.mutations(), Vec::<&str>::new());
    assert!(shown(&site).contains("~ secret external (.env)"));
    site.options.consent.drift = true;
    site.deploy_again().await.unwrap();
    let there = site.world(|world| world.secrets["external"].expose().to_owned());
    assert!(there.contains("two"));
}
