//! What a model says of an image: its shape, and how a model's answer is brought into it.
//!
//! An answer is never trusted: it may be fenced, wrapped in prose, cut short, hold strings where
//! lists belong, or be no description at all. What can be repaired is; the rest is refused.

use serde::{Deserialize, Deserializer, Serialize};
use serde_json::Value;
use thiserror::Error;

const MAX_HEADLINE: usize = 140;
const MAX_TEXT: usize = 4000;
const MAX_WORD: usize = 200;
const MAX_WORDS: usize = 50;
const MAX_ANSWER: usize = 64 * 1024;

/// Why an answer is no description.
#[derive(Clone, Debug, Error, PartialEq, Eq)]
pub enum Unusable {
    /// Far more text than asked for.
    #[error("the model's answer is larger than {MAX_ANSWER} bytes")]
    TooLong,
    /// No JSON object in it.
    #[error("the model's answer holds no JSON object")]
    NoJson,
    /// JSON, but not a description.
    #[error("the model's answer has no {0}")]
    Missing(&'static str),
}

/// A description of an image.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct Description {
    /// One category.
    #[serde(deserialize_with = "text")]
    pub category: String,
    /// Two or three narrower ones.
    #[serde(deserialize_with = "words")]
    pub subcategories: Vec<String>,
    /// One line, at most 140 characters.
    #[serde(deserialize_with = "text")]
    pub headline: String,
    /// Two or three sentences.
    #[serde(deserialize_with = "text")]
    pub summary: String,
    /// Where the image comes from, if it shows.
    #[serde(deserialize_with = "object")]
    pub media_metadata: MediaMetadata,
    /// What is to be seen.
    #[serde(deserialize_with = "object")]
    pub image_details: ImageDetails,
}

/// Where an image comes from, if it shows.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
#[allow(missing_docs, reason = "the names say it")]
pub struct MediaMetadata {
    #[serde(deserialize_with = "text")]
    pub original_poster: String,
    #[serde(deserialize_with = "words")]
    pub tagged_accounts: Vec<String>,
    #[serde(deserialize_with = "words")]
    pub location_tags: Vec<String>,
    #[serde(deserialize_with = "text")]
    pub audio_source: String,
    #[serde(deserialize_with = "words")]
    pub hashtags: Vec<String>,
}

/// What is to be seen.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
#[allow(missing_docs, reason = "the names say it")]
pub struct ImageDetails {
    #[serde(deserialize_with = "words")]
    pub extracted_text: Vec<String>,
    #[serde(deserialize_with = "words")]
    pub objects: Vec<String>,
    #[serde(deserialize_with = "words")]
    pub themes: Vec<String>,
    #[serde(deserialize_with = "words")]
    pub emotions: Vec<String>,
    #[serde(deserialize_with = "words")]
    pub vibes: Vec<String>,
    #[serde(deserialize_with = "text")]
    pub likely_source: String,
    #[serde(deserialize_with = "text")]
    pub key_interest: String,
    #[serde(deserialize_with = "words")]
    pub visual_hierarchy: Vec<String>,
}

impl Description {
    /// Reads a model's answer.
    pub fn parse(answer: &str) -> Result<Self, Unusable> {
        if answer.len() > MAX_ANSWER {
            return Err(Unusable::TooLong);
        }
        Self::from_value(first_object(answer).ok_or(Unusable::NoJson)?)
    }

    /// Reads a description that is JSON already.
    pub fn from_value(value: Value) -> Result<Self, Unusable> {
        let mut description: Self = serde_json::from_value(value).map_err(|_| Unusable::NoJson)?;
        description.headline = clip(&description.headline, MAX_HEADLINE);
        for (name, value) in [
            ("category", &description.category),
            ("summary", &description.summary),
        ] {
            if value.is_empty() {
                return Err(Unusable::Missing(name));
            }
        }
        if description.headline.is_empty() {
            description.headline = clip(&description.summary, MAX_HEADLINE);
        }
        Ok(description)
    }
}

/// The first JSON object in a text that may hold prose, fences, or an end that was cut off.
fn first_object(answer: &str) -> Option<Value> {
    let mut starts = answer.match_indices('{').map(|(at, _)| at).take(MAX_WORDS);
    let whole = starts.clone().find_map(|at| {
        let mut values = serde_json::Deserializer::from_str(&answer[at..]).into_iter::<Value>();
        values.next()?.ok().filter(Value::is_object)
    });
    // A brace in the prose before is no reason to close the wrong object: only the first counts.
    whole.or_else(|| serde_json::from_str(&closed(&answer[starts.next()?..])?).ok())
}

/// Closes what a cut-off object left open, after dropping its last, incomplete entry.
fn closed(text: &str) -> Option<String> {
    let (mut open, mut in_string, mut escaped) = (Vec::new(), false, false);
    let mut safe: Option<(usize, Vec<char>)> = None;
    for (at, c) in text.char_indices() {
        if in_string {
            (in_string, escaped) = match c {
                _ if escaped => (true, false),
                '\\' => (true, true),
                '"' => (false, false),
                _ => (true, false),
            };
            continue;
        }
        match c {
            '"' => in_string = true,
            '{' => open.push('}'),
            '[' => open.push(']'),
            '}' | ']' => {
                open.pop();
            }
            ',' => safe = Some((at, open.clone())),
            _ => {}
        }
    }
    let (end, open) = safe?;
    Some(text[..end].chars().chain(open.into_iter().rev()).collect())
}

fn clip(text: &str, limit: usize) -> String {
    let plain = text.trim().replace('\0', "");
    match plain.char_indices().nth(limit) {
        Some((at, _)) => plain[..at].trim_end().to_owned(),
        None => plain,
    }
}

/// A string; a list is joined, a number written out, anything else counts as absent.
fn text<'de, D: Deserializer<'de>>(deserializer: D) -> Result<String, D::Error> {
    let value = Value::deserialize(deserializer)?;
    Ok(clip(&flat(&value).join(", "), MAX_TEXT))
}

/// A list of strings; a single string is a list of one.
fn words<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Vec<String>, D::Error> {
    let value = Value::deserialize(deserializer)?;
    let limit = if value.is_string() {
        MAX_TEXT
    } else {
        MAX_WORD
    };
    Ok(flat(&value)
        .iter()
        .map(|word| clip(word, limit))
        .filter(|word| !word.is_empty())
        .take(MAX_WORDS)
        .collect())
}

/// An object; anything else counts as absent.
fn object<'de, D, T>(deserializer: D) -> Result<T, D::Error>
where
    D: Deserializer<'de>,
    T: Default + serde::de::DeserializeOwned,
{
    let value = Value::deserialize(deserializer)?;
    Ok(serde_json::from_value(value).unwrap_or_default())
}

fn flat(value: &Value) -> Vec<String> {
    match value {
        Value::String(text) => vec![text.clone()],
        Value::Number(number) => vec![number.to_string()],
        Value::Array(values) => values.iter().take(MAX_WORDS).flat_map(flat).collect(),
        Value::Null | Value::Bool(_) | Value::Object(_) => Vec::new(),
    }
}

#[cfg(test)]
#[path = "description_tests.rs"]
mod tests;
