//! `rollback`: back to what ran before the last deploy that was proved, and no further.

use super::fixture::{BUCKET, Site};
use super::functions::{Proof, hot_of};
use crate::cloud::fake::Trouble;
use crate::engine::phases::Selection;
use crate::engine::rollback::{self, Asked, Rollback};
use crate::engine::traffic::Traffic;
use crate::error::{Kind, Result};
use crate::event::Recorder;

const API: &str = "collections-dev-api";
const OPS: &str = "collections-dev-ops";

async fn standing() -> Site {
    let mut site = Site::with_ops();
    site.extras = vec![Box::new(Proof(true))];
    site.release("first", &[]);
    site.deploy().await.unwrap();
    site
}

async fn look(site: &Site, functions: &[&str], to: Option<&str>) -> Result<Rollback> {
    let cloud = site.fake.cloud();
    let functions: Vec<String> = functions.iter().map(ToString::to_string).collect();
    let asked = Asked {
        functions: &functions,
        to,
    };
    let traffic = Traffic::read(&cloud, BUCKET, &site.desired).await?;
    rollback::look(&cloud, &traffic, asked).await
}

/// What the command does once it may.
async fn roll_back(site: &Site) -> Result<Rollback> {
    let cloud = site.fake.cloud();
    let (_, events) = Recorder::pair();
    let found = look(site, &[], None).await?;
    let mut traffic = Traffic::read(&cloud, BUCKET, &site.desired).await?;
    traffic.roll_back(&events, &found.moves).await?;
    Ok(found)
}

fn moves(found: &Rollback) -> Vec<(&str, &str, &str)> {
    let moves = found.moves.iter();
    moves
        .map(|moved| {
            (
                moved.function.as_str(),
                moved.from.as_str(),
                moved.to.as_str(),
            )
        })
        .collect()
}

fn runs(site: &Site, function: &str) -> String {
    site.world(|world| world.functions[function].aliases["live"].clone())
}

#[tokio::test]
async fn a_version_that_failed_its_proof_is_passed_over() {
    let mut site = standing().await;
    site.code("second");
    site.extras = vec![Box::new(Proof(false))];
    site.deploy_again().await.unwrap_err();
    site.code("third");
    site.extras = vec![Box::new(Proof(true))];
    site.deploy_again().await.unwrap();
    let found = look(&site, &[], None).await.unwrap();
    assert_eq!(moves(&found), [(API, "3", "1")]);
    assert!(!found.guessed);
}

#[tokio::test]
async fn the_same_again_finds_nothing_to_do_and_a_deploy_goes_forth() {
    let mut site = standing().await;
    site.code("second");
    site.deploy_again().await.unwrap();
    let found = roll_back(&site).await.unwrap();
    assert_eq!(
        moves(&found),
        [(API, "2", "1")],
        "ops was not moved by the last deploy"
    );
    let again = roll_back(&site).await.unwrap();
    assert_eq!(again.moves, []);
    assert_eq!(
        again.stays,
        [(API.to_owned(), "version 1 runs already".to_owned())]
    );
    site.deploy_again().await.unwrap();
    assert_eq!(runs(&site, API), "2");
    assert_eq!(moves(&roll_back(&site).await.unwrap()), [(API, "2", "1")]);
}

async fn cut_off_at_any_call(skip: &str) {
    for trouble in [Trouble::CrashBefore, Trouble::CrashAfter] {
        for call in 0.. {
            let mut site = standing().await;
            site.release("second", &[]);
            site.options.selection.skip.insert(skip.to_owned());
            site.deploy_again().await.unwrap();
            site.fake.restart();
            site.fake.trouble(call, trouble);
            let first = roll_back(&site).await;
            if first.is_ok() {
                assert!(call > 8, "it made {call} calls");
                break;
            }
            site.fake.restart();
            roll_back(&site).await.unwrap();
            let runs = (runs(&site, API), runs(&site, OPS));
            assert_eq!(runs, ("1".into(), "1".into()), "{trouble:?} at call {call}");
            assert_eq!(roll_back(&site).await.unwrap().moves, []);
        }
    }
}

#[tokio::test]
async fn cut_off_at_any_call_the_same_again_ends_where_it_should() {
    cut_off_at_any_call("seed").await;
}

#[tokio::test]
async fn cut_off_on_the_way_from_code_without_a_proof_it_ends_where_it_should() {
    cut_off_at_any_call("verify").await;
}

#[tokio::test]
async fn code_that_came_to_no_proof_goes_back_first_and_only_once() {
    let mut site = standing().await;
    site.code("second");
    site.deploy_again().await.unwrap();
    site.release("third", &[]);
    site.options.selection = Selection {
        skip: ["verify".to_owned()].into(),
        ..Selection::default()
    };
    site.deploy_again().await.unwrap();
    let found = roll_back(&site).await.unwrap();
    assert_eq!(moves(&found), [(API, "3", "2"), (OPS, "2", "1")]);
    assert_eq!(roll_back(&site).await.unwrap().moves, []);
    assert_eq!(
        (runs(&site, API), runs(&site, OPS)),
        ("2".into(), "1".into())
    );
}

#[tokio::test]
async fn after_the_hot_path_only_its_function_goes_back() {
    let mut site = standing().await;
    site.release("second", &[]);
    site.deploy_again().await.unwrap();
    site.release("third", &[]);
    hot_of(&site, &["api"], true).await.unwrap();
    let found = look(&site, &[], None).await.unwrap();
    assert_eq!(moves(&found), [(API, "3", "2")]);
    // Named, the other goes to what it ran before its own last move.
    let found = look(&site, &["ops"], None).await.unwrap();
    assert_eq!(moves(&found), [(OPS, "2", "1")]);
    assert!(!found.guessed);
}

#[tokio::test]
async fn where_nothing_is_remembered_it_is_the_version_published_before_and_said_so() {
    let mut site = standing().await;
    site.code("second");
    site.deploy_again().await.unwrap();
    site.world(|world| {
        let bucket = world.buckets.get_mut(BUCKET).unwrap();
        bucket.remove("traffic/dev.json").unwrap();
    });
    let found = look(&site, &[], None).await.unwrap();
    assert_eq!(moves(&found), [(API, "2", "1")]);
    assert!(found.guessed);
    assert_eq!(found.stays[0].0, OPS);
}

#[tokio::test]
async fn a_version_says_whose_it_is_where_only_one_function_has_it() {
    let mut site = standing().await;
    site.code("second");
    site.deploy_again().await.unwrap();
    site.code("third");
    site.deploy_again().await.unwrap();
    let found = look(&site, &[], Some("2")).await.unwrap();
    assert_eq!(moves(&found), [(API, "3", "2")]);
    let error = look(&site, &[], Some("1")).await.unwrap_err();
    assert_eq!(error.kind(), Kind::Input);
    assert!(
        error.message().ends_with("have a version 1: api, ops"),
        "{error}"
    );
    let found = look(&site, &["api"], Some("1")).await.unwrap();
    assert_eq!(moves(&found), [(API, "3", "1")]);
    let error = look(&site, &["ops"], Some("9")).await.unwrap_err();
    assert_eq!(error.message(), "ops has no version 9");
    let error = look(&site, &[], Some("9")).await.unwrap_err();
    assert_eq!(error.message(), "no function has a version 9");
}
