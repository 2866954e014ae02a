//! TREC's marked-up texts: `<DOC>` in a corpus, `<top>` in a list of topics. Tags of topics are not
//! closed; a field goes on to the next tag.

use std::sync::LazyLock;

use regex::Regex;

use super::layout::Document;

static DOCUMENT: LazyLock<Regex> = LazyLock::new(|| regex(r"(?is)<doc>(.*?)</doc>"));
static NUMBER: LazyLock<Regex> = LazyLock::new(|| regex(r"(?is)<docno>\s*(\S+?)\s*</docno>"));
static TITLE: LazyLock<Regex> =
    LazyLock::new(|| regex(r"(?is)<(?:title|headline|head|hl)>(.*?)</(?:title|headline|head|hl)>"));
static TEXT: LazyLock<Regex> = LazyLock::new(|| regex(r"(?is)<text>(.*?)</text>"));
static TAG: LazyLock<Regex> = LazyLock::new(|| regex(r"(?s)<[^>]*>"));
static TOPIC: LazyLock<Regex> = LazyLock::new(|| regex(r"(?is)<top>(.*?)</top>"));
static TOPIC_NUMBER: LazyLock<Regex> =
    LazyLock::new(|| regex(r"(?is)<num>\s*(?:number:)?\s*([^\s<]+)"));
static TOPIC_TITLE: LazyLock<Regex> = LazyLock::new(|| regex(r"(?is)<title>\s*(?:topic:)?([^<]*)"));

#[allow(
    clippy::expect_used,
    reason = "the patterns above are constants, and tested"
)]
fn regex(pattern: &str) -> Regex {
    Regex::new(pattern).expect("a pattern of this file")
}

/// The documents of a corpus; what has no number is none.
pub(super) fn documents(text: &str) -> Vec<Document> {
    let found = DOCUMENT.captures_iter(text);
    let document = |inside: &str| {
        let all = |pattern: &Regex| -> String {
            let parts = pattern.captures_iter(inside).map(|part| plain(&part[1]));
            parts.collect::<Vec<_>>().join("\n")
        };
        Some(Document {
            id: NUMBER.captures(inside)?[1].to_owned(),
            title: all(&TITLE),
            text: all(&TEXT),
        })
    };
    found.filter_map(|found| document(&found[1])).collect()
}

/// Topics: their numbers and titles, which are what people would type.
pub(super) fn topics(text: &str) -> Vec<(String, String)> {
    let topic = |inside: &str| {
        let number = TOPIC_NUMBER.captures(inside)?[1].to_owned();
        let title = plain(&TOPIC_TITLE.captures(inside)?[1]);
        Some((number, title))
    };
    let found = TOPIC.captures_iter(text);
    found.filter_map(|found| topic(&found[1])).collect()
}

/// Text without tags, on one line.
fn plain(text: &str) -> String {
    let text = TAG.replace_all(text, " ");
    text.split_whitespace().collect::<Vec<_>>().join(" ")
}
