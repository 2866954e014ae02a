//! Parameter Store against the manifest, on the fake; nothing that is said holds a secret.

#![allow(clippy::unwrap_used)]

use std::collections::BTreeMap;
use std::path::Path;
use std::sync::Mutex;

use contract::parameters::ParameterKind;
use stack::environment::Environment;

use super::{
    Action, Credentials, ParameterPlan, Sources, add_keys, copy_of, missing_keys, require_keys,
};
use crate::ask::Ask;
use crate::cloud::fake::{Fake, Trouble};
use crate::cloud::parameters::LiveParameter;
use crate::dotenv::DotEnv;
use crate::engine::phases::{Deployed, Extra as _};
use crate::engine::steps::parameters::FillParameters;
use crate::error::{Error, Result};
use crate::secret::Secret;

const CANARY: &str = "canary-5e77";
const VOYAGE: &str = "/collections/dev/voyage/api_key";
const MODEL: &str = "/collections/dev/voyage/embedding_model";

fn environment(name: &str) -> Environment {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("..");
    crate::environments::load(&root, name).unwrap()
}

fn dotenv(keys: &[&str]) -> DotEnv {
    let mut dotenv = DotEnv::default();
    for key in keys {
        dotenv.set(key, Secret::new(format!("{CANARY}-{key}")));
    }
    dotenv
}

const KEYS: &[&str] = &["ANTHROPIC_API_KEY", "VOYAGE_API_KEY"];

fn deployed() -> Deployed {
    let outputs = |pairs: &[(&str, &str)]| {
        let pairs = pairs.iter();
        pairs
            .map(|(name, value)| ((*name).to_owned(), (*value).to_owned()))
            .collect()
    };
    Deployed {
        environment: "dev".into(),
        outputs: BTreeMap::from([
            (
                "database".to_owned(),
                outputs(&[
                    ("DatabaseHost", "db.example"),
                    ("DatabasePort", "5432"),
                    ("DatabaseName", "collections"),
                    ("DatabaseSecretArn", "secret"),
                ]),
            ),
            ("storage".to_owned(), outputs(&[("BucketName", "images")])),
        ]),
    }
}

fn filler(fake: &Fake, keys: &[&str]) -> FillParameters {
    let credentials = Credentials {
        username: "postgres".into(),
        password: Secret::new(format!("{CANARY}-password")),
    };
    fake.with(|world| {
        drop(
            world
                .secrets
                .insert("secret".into(), credentials.to_secret()),
        );
    });
    FillParameters {
        cloud: fake.cloud(),
        environment: environment("dev"),
        dotenv: dotenv(keys),
        credentials: None,
    }
}

fn assert_unsaid(said: &str) {
    assert!(!said.contains(CANARY), "{said}");
}

fn action<'p>(plan: &'p ParameterPlan, name: &str) -> &'p Action {
    let found = plan.entries.iter().find(|entry| entry.path == name);
    &found.unwrap().action
}

#[tokio::test]
async fn everything_is_filled_once_and_nothing_of_it_is_said() {
    let fake = Fake::new();
    let filler = filler(&fake, KEYS);
    let plan = filler.plan(&deployed()).await.unwrap();
    assert_unsaid(&format!(
        "{plan} {plan:?} {}",
        serde_json::to_string(&plan).unwrap()
    ));
    assert!(plan.to_string().contains("+ database/password"));
    filler.run(&deployed()).await.unwrap();
    fake.with(|world| {
        let (kind, value) = &world.parameters[VOYAGE];
        assert_eq!(*kind, ParameterKind::SecureString);
        assert_eq!(value.expose(), format!("{CANARY}-VOYAGE_API_KEY"));
        let url = world.parameters["/collections/dev/database/url"].1.expose();
        assert_eq!(
            url,
            "postgresql://postgres@db.example:5432/collections?sslmode=verify-full"
        );
        assert!(
            !world
                .parameters
                .contains_key("/collections/dev/openai/api_key")
        );
    });
    fake.restart();
    assert!(filler.is_done(&deployed()).await.unwrap().is_some());
    filler.run(&deployed()).await.unwrap();
    assert!(fake.mutations().is_empty(), "{:?}", fake.mutations());
}

#[tokio::test]
async fn a_machine_without_keys_leaves_what_another_set() {
    let fake = Fake::new();
    filler(&fake, KEYS).run(&deployed()).await.unwrap();
    fake.with(|world| {
        let other = (ParameterKind::String, Secret::new("voyage-9"));
        drop(world.parameters.insert(MODEL.into(), other));
    });
    fake.restart();
    let ci = filler(&fake, &[]);
    assert!(ci.is_done(&deployed()).await.unwrap().is_some());
    let plan = ci.plan(&deployed()).await.unwrap();
    assert_eq!(*action(&plan, MODEL), Action::Stays("voyage-9".into()));
    assert_unsaid(&plan.to_string());
}

#[tokio::test]
async fn a_missing_key_is_named_with_the_functions_that_read_it() {
    let fake = Fake::new();
    let error = filler(&fake, &[]).run(&deployed()).await.unwrap_err();
    let said = error.message();
    assert!(
        said.contains("ANTHROPIC_API_KEY (read by api, analyzer)"),
        "{said}"
    );
    assert!(
        said.contains("VOYAGE_API_KEY (read by api, embedder)"),
        "{said}"
    );
    assert!(!said.contains("OPENAI"), "{said}");
    assert!(fake.mutations().is_empty());
}

#[tokio::test]
async fn a_wrong_type_is_made_anew_and_a_wrong_key_is_replaced() {
    let live = |kind, key: Option<&str>| LiveParameter {
        kind,
        key: key.map(str::to_owned),
        value: Secret::new(format!("{CANARY}-VOYAGE_API_KEY")),
    };
    let cases = [
        (
            live(Some(ParameterKind::String), None),
            "was a String",
            true,
        ),
        (live(None, None), "was a StringList", true),
        (
            live(
                Some(ParameterKind::SecureString),
                Some("arn:aws:kms:x:1:key/own"),
            ),
            "was encrypted with arn:aws:kms:x:1:key/own",
            false,
        ),
    ];
    let (environment, dotenv) = (environment("dev"), dotenv(KEYS));
    for (live, expected, is_anew) in cases {
        let sources = Sources {
            environment: &environment,
            dotenv: &dotenv,
            outputs: &BTreeMap::new(),
            credentials: None,
        };
        let live = BTreeMap::from([(VOYAGE.to_owned(), live)]);
        let plan = ParameterPlan::new("dev", sources.wanted(), &live);
        let Action::Change { also, anew, .. } = action(&plan, VOYAGE) else {
            panic!("{:?}", action(&plan, VOYAGE));
        };
        assert_eq!((also.join(""), *anew), (expected.to_owned(), is_anew));
        assert_unsaid(&plan.to_string());
    }
    let alias = Some("arn:aws:kms:us-east-1:1:alias/aws/ssm");
    let live = BTreeMap::from([(
        VOYAGE.to_owned(),
        live(Some(ParameterKind::SecureString), alias),
    )]);
    let sources = Sources {
        environment: &environment,
        dotenv: &dotenv,
        outputs: &BTreeMap::new(),
        credentials: None,
    };
    let plan = ParameterPlan::new("dev", sources.wanted(), &live);
    assert!(matches!(action(&plan, VOYAGE), Action::Same(_)));
    let later = action(&plan, "/collections/dev/s3/bucket_name");
    assert_eq!(*later, Action::Later, "nothing stands yet");
}

/// The value may be nowhere but in Parameter Store.
#[tokio::test]
async fn a_change_of_type_loses_no_value_wherever_it_is_cut_off() {
    for trouble in [Trouble::CrashBefore, Trouble::CrashAfter] {
        for call in 0.. {
            let fake = Fake::new();
            filler(&fake, KEYS).run(&deployed()).await.unwrap();
            fake.with(|world| world.parameters.get_mut(VOYAGE).unwrap().0 = ParameterKind::String);
            fake.restart();
            fake.trouble(call, trouble);
            // A machine that knows no key.
            if filler(&fake, &[]).run(&deployed()).await.is_ok() {
                assert!(call > 5, "it made {call} calls");
                break;
            }
            fake.restart();
            let live = fake
                .cloud()
                .parameters
                .below("/collections/dev")
                .await
                .unwrap();
            let missing = missing_keys(&environment("dev"), &dotenv(&[]), &live);
            assert!(missing.iter().all(|needed| needed.optional), "{missing:?}");
            let again = filler(&fake, &[]);
            let plan = again.plan(&deployed()).await.unwrap();
            assert_eq!(plan.orphans, [""; 0]);
            assert_unsaid(&format!("{plan} {plan:?}"));
            if again.is_done(&deployed()).await.unwrap().is_none() {
                again.run(&deployed()).await.unwrap();
            }
            fake.with(|world| {
                let (kind, value) = &world.parameters[VOYAGE];
                assert_eq!(*kind, ParameterKind::SecureString, "{trouble:?} at {call}");
                assert_eq!(value.expose(), format!("{CANARY}-VOYAGE_API_KEY"));
                let mut names = world.parameters.keys();
                assert!(
                    names.all(|name| *name != copy_of(VOYAGE)),
                    "{trouble:?} at {call}"
                );
            });
        }
    }
}

#[tokio::test]
async fn a_parameter_of_no_manifest_is_an_orphan_and_a_probe_is_none() {
    let fake = Fake::new();
    let filler = filler(&fake, KEYS);
    filler.run(&deployed()).await.unwrap();
    fake.with(|world| {
        for name in ["old/key", "ops/probe/1"] {
            let value = (ParameterKind::String, Secret::new(CANARY));
            let name = format!("/collections/dev/{name}");
            drop(world.parameters.insert(name, value));
        }
    });
    let plan = filler.plan(&deployed()).await.unwrap();
    assert_eq!(plan.orphans, ["/collections/dev/old/key"]);
    assert!(
        plan.to_string()
            .contains("? /collections/dev/old/key is in no manifest")
    );
    assert_unsaid(&plan.to_string());
}

#[tokio::test]
async fn an_external_database_without_a_password_anywhere_is_told() {
    let fake = Fake::new();
    let mut filler = filler(&fake, KEYS);
    filler.environment.database = stack::environment::Database::External;
    filler.run(&deployed()).await.unwrap();
    fake.with(|world| world.secrets.clear());
    let error = filler.run(&deployed()).await.unwrap_err();
    assert!(
        error.message().contains("nobody says how to sign in"),
        "{error}"
    );
}

/// Answers every question from a list.
struct Answers(Mutex<Vec<Option<&'static str>>>, Mutex<Vec<String>>);

impl Ask for Answers {
    fn is_there(&self) -> bool {
        true
    }

    fn confirm(&self, question: &str, _flag: &str) -> Result<bool> {
        Err(Error::failed(question))
    }

    fn typed(&self, question: &str, _expected: &str, _flag: &str) -> Result<bool> {
        Err(Error::failed(question))
    }

    fn secret(&self, question: &str, optional: bool, _flag: &str) -> Result<Option<String>> {
        let answer = self.0.lock().unwrap().remove(0);
        assert!(optional || answer.is_some(), "{question} must be answered");
        self.1.lock().unwrap().push(question.to_owned());
        Ok(answer.map(str::to_owned))
    }
}

#[tokio::test]
async fn only_keys_that_nobody_has_are_asked_for_and_optional_ones_may_be_skipped() {
    let (dev, mut dotenv) = (environment("dev"), dotenv(&["ANTHROPIC_API_KEY"]));
    let there = LiveParameter {
        kind: Some(ParameterKind::SecureString),
        key: None,
        value: Secret::new("x"),
    };
    let live = BTreeMap::from([("/collections/dev/openai/api_key".to_owned(), there)]);
    let needed = missing_keys(&dev, &dotenv, &live);
    let ask = Answers(Mutex::new(vec![Some("said"), None, None]), Mutex::default());
    add_keys(&needed, &ask, &mut dotenv).unwrap();
    let asked = ask.1.lock().unwrap().join("\n");
    assert!(
        asked.starts_with("VOYAGE_API_KEY (read by api, embedder)\nTAVILY_API_KEY"),
        "{asked}"
    );
    assert!(
        asked.contains("TAVILY_API_KEY (read by api; empty skips it)"),
        "{asked}"
    );
    assert_eq!(dotenv.get("VOYAGE_API_KEY").unwrap().expose(), "said");
    assert!(missing_keys(&environment("local"), &DotEnv::default(), &live).is_empty());
}

#[tokio::test]
async fn a_deploy_asks_for_what_is_required_alone_and_names_it_where_nobody_answers() {
    let (dev, mut said) = (environment("dev"), dotenv(&["VOYAGE_API_KEY"]));
    let needed = missing_keys(&dev, &said, &BTreeMap::new());
    let nobody = crate::engine::tests::fixture::Nobody;
    let error = require_keys(&needed, &nobody, &mut said).unwrap_err();
    let expected = "keys are missing: ANTHROPIC_API_KEY (read by api, analyzer)";
    assert_eq!(error.message(), expected);
    let ask = Answers(Mutex::new(vec![Some("said")]), Mutex::default());
    require_keys(&needed, &ask, &mut said).unwrap();
    assert_eq!(said.get("ANTHROPIC_API_KEY").unwrap().expose(), "said");
}
