//! The proof at the end of a deploy: every function is called, and one that does not run moves
//! traffic back.

use serde_json::{Value, json};

use super::fixture::Site;
use super::whole::{ANALYZER, no_records};
use crate::cloud::functions::Answer;
use crate::engine::deploy::Done;
use crate::event::Event;

fn runs(site: &Site) -> String {
    site.world(|world| world.functions[ANALYZER].aliases["live"].clone())
}

/// New code of the functions, the one behind the queue too.
fn next(site: &mut Site, text: &str) {
    site.release(text, &["1 schema"]);
    let artifact = site.pack("analyzer", text);
    site.artifacts.insert("analyzer".to_owned(), artifact);
}

#[tokio::test]
async fn a_function_behind_a_queue_that_does_not_run_moves_traffic_back() {
    for answer in [
        Answer::Failed("Runtime exited".into()),
        Answer::Value(Value::Null),
        Answer::Value(json!({ "batchItemFailures": [{ "itemIdentifier": "1" }] })),
    ] {
        let mut site = Site::whole();
        site.deploy().await.unwrap();
        next(&mut site, "second");
        site.answers(ANALYZER, &no_records(), answer.clone());
        let error = site.deploy_again().await.unwrap_err();
        assert!(error.message().contains(ANALYZER), "{error}");
        let said = error.hints().join("; ");
        assert!(
            said.contains("/aws/lambda/collections-dev-analyzer"),
            "{said}"
        );
        assert!(said.contains("traffic is back"), "{said}");
        assert_eq!(runs(&site), "1", "{answer:?}");
    }
}

#[tokio::test]
async fn the_proof_says_what_it_called_and_a_deploy_with_nothing_to_do_calls_less() {
    let site = Site::whole();
    site.deploy().await.unwrap();
    let said = site
        .events
        .events()
        .into_iter()
        .find_map(|event| match event {
            Event::Finished { step, detail, .. } if step == "verify" => detail,
            _ => None,
        });
    let expected = "api answers ok, functions reach PostgreSQL 17.2, \
                    1 functions behind queues and clock run";
    assert_eq!(said.unwrap(), expected);
    site.answers(
        ANALYZER,
        &no_records(),
        Answer::Failed("not to be called".into()),
    );
    let again = site.deploy_again().await.unwrap();
    assert!(matches!(again, Done::Unchanged(_)));
}

#[tokio::test]
async fn an_answer_without_a_version_is_no_database() {
    let mut site = Site::whole();
    site.deploy().await.unwrap();
    next(&mut site, "second");
    let probe = json!({ "probe": "database" }).to_string();
    site.answers("collections-dev-ops", &probe, Answer::Value(json!({})));
    let error = site.deploy_again().await.unwrap_err();
    assert!(error.message().contains("which PostgreSQL"), "{error}");
    assert_eq!(runs(&site), "1");
}
