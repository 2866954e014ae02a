//! Tests of reading, repairing and refusing descriptions.

#![allow(clippy::unwrap_used)]

use proptest::prelude::*;
use serde_json::json;

use super::{Description, Unusable};

const GOOD: &str = r#"{"category":"Travel","summary":"A beach.","headline":"Beach",
    "subcategories":["Coast"],"image_details":{"objects":["palm","sea"],"extracted_text":"HOTEL"}}"#;

fn category(answer: &str) -> Result<String, Unusable> {
    Description::parse(answer).map(|description| description.category)
}

#[test]
fn a_plain_answer_is_read_as_it_is() {
    let description = Description::parse(GOOD).unwrap();
    assert_eq!(description.image_details.objects, ["palm", "sea"]);
    assert_eq!(description.image_details.extracted_text, ["HOTEL"]);
}

#[test]
fn fences_and_prose_are_taken_off() {
    assert_eq!(
        category(&format!("```json\n{GOOD}\n```")).unwrap(),
        "Travel"
    );
    assert_eq!(
        category(&format!("Here {{you}} are: {GOOD} Anything else?")).unwrap(),
        "Travel"
    );
    assert_eq!(category(&format!("\u{feff}{GOOD}")).unwrap(), "Travel");
}

#[test]
fn an_answer_cut_short_keeps_what_is_whole() {
    let cut = &GOOD[..GOOD.find("sea").unwrap()];
    let description = Description::parse(cut).unwrap();
    assert_eq!(description.image_details.objects, ["palm"]);
    assert_eq!(description.subcategories, ["Coast"]);
}

#[test]
fn wrong_types_are_brought_into_shape() {
    let answer = json!({
        "category": ["Food", "Drink"], "summary": 7, "subcategories": "one",
        "media_metadata": "none", "image_details": {"themes": {"a": 1}, "vibes": [1, null, "calm"]},
    });
    let description = Description::parse(&answer.to_string()).unwrap();
    assert_eq!(description.category, "Food, Drink");
    assert_eq!(description.summary, "7");
    assert_eq!(description.headline, "7");
    assert_eq!(description.subcategories, ["one"]);
    assert!(description.image_details.themes.is_empty());
    assert_eq!(description.image_details.vibes, ["1", "calm"]);
}

#[test]
fn what_is_no_description_is_refused() {
    for (answer, reason) in [
        ("", Unusable::NoJson),
        ("I cannot help with that.", Unusable::NoJson),
        ("[1, 2]", Unusable::NoJson),
        ("{", Unusable::NoJson),
        ("{\"category\":", Unusable::NoJson),
        ("{}", Unusable::Missing("category")),
        (r#"{"category":"Travel"}"#, Unusable::Missing("summary")),
        (
            r#"{"category":"  ","summary":"x"}"#,
            Unusable::Missing("category"),
        ),
        (
            r#"{"category":null,"summary":"x"}"#,
            Unusable::Missing("category"),
        ),
        (&"x".repeat(70_000), Unusable::TooLong),
        (&"[".repeat(60_000), Unusable::NoJson),
        (&r#"{"a":"#.repeat(10_000), Unusable::NoJson),
    ] {
        assert_eq!(category(answer), Err(reason), "{answer:.40}");
    }
}

#[test]
fn sizes_are_bounded() {
    let answer = json!({
        "category": "x", "summary": "s".repeat(9000), "headline": "é".repeat(500),
        "subcategories": vec!["w".repeat(500); 60], "image_details": {"objects": "nul\0"},
    });
    let description = Description::parse(&answer.to_string()).unwrap();
    assert_eq!(description.summary.chars().count(), 4000);
    assert_eq!(description.headline.chars().count(), 140);
    assert_eq!(description.subcategories.len(), 50);
    assert_eq!(description.subcategories[0].len(), 200);
    assert_eq!(description.image_details.objects, ["nul"]);
}

proptest! {
    #[test]
    fn no_answer_panics(answer in "\\PC{0,400}", cut in 0usize..400) {
        let _ = Description::parse(&answer);
        let cut = GOOD.char_indices().map(|(at, _)| at).nth(cut).unwrap_or(GOOD.len());
        let _ = Description::parse(&format!("{}{answer}", &GOOD[..cut]));
    }
}
