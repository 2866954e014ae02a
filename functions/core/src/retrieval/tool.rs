//! The user's own collection as a tool of an agent. The user, the filters and the number of results
//! are bound when the tool is made; a model can narrow what it looks for and nothing else.

use async_trait::async_trait;
use serde::Deserialize;
use serde_json::{Map, Value, json};

use super::search::{Found, Search, SearchError, Way};
use super::sources::Sources;
use super::{Hit, Query};
use crate::agent::{self, Tool, ToolError, Used};
use crate::domain::{Description, ItemId};
use crate::providers::chat::ToolSpec;

/// What the tool is called.
pub const NAME: &str = "search_collection";
/// With so many items found, another search needs a reason.
const ENOUGH: usize = 3;
const MAX_QUERY: usize = 500;

/// What bounds every search of a piece of work.
#[derive(Clone, Debug)]
pub struct Scope {
    /// How to search.
    pub way: Way,
    /// How many items at most.
    pub top_k: i64,
    /// Only of this category, whatever a model asks for.
    pub category: Option<String>,
    /// Words must match at least so well.
    pub min_relevance: Option<f64>,
    /// Meanings must be at least so near.
    pub min_similarity: Option<f64>,
}

impl Default for Scope {
    fn default() -> Self {
        Self {
            way: Way::Hybrid,
            top_k: 10,
            category: None,
            min_relevance: None,
            min_similarity: None,
        }
    }
}

/// The search of one user's collection.
pub struct CollectionSearch<'a> {
    /// The user's items.
    pub search: &'a dyn Search,
    /// What bounds it.
    pub scope: &'a Scope,
    /// What was found goes here.
    pub sources: &'a Sources,
    /// Whether a search after one that found enough must say that what it found is off the topic.
    pub refines_for_a_reason: bool,
}

/// There is no field for a user, and none can be added: unknown ones are refused.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Arguments {
    query: String,
    category: Option<String>,
    top_k: Option<i64>,
    refine: Option<Reason>,
}

#[derive(Clone, Copy, Deserialize, PartialEq, Eq)]
#[serde(rename_all = "snake_case")]
enum Reason {
    TooFew,
    OffTopic,
}

/// What is said with an answer that had to do without.
const UNSEARCHED: &str = "the collection could not be searched; the answer knows nothing of it";

#[async_trait]
impl Tool for CollectionSearch<'_> {
    fn spec(&self) -> ToolSpec {
        let most = self.scope.top_k;
        ToolSpec {
            name: NAME,
            description: "Search the user's own collection of images: photographs, screenshots, \
                saved posts. Finds items by words and by meaning. Give a few telling words, not a \
                sentence. Search again, in other words, only if fewer than three items were found \
                or they are off the topic, and say which in `refine`."
                .to_owned(),
            parameters: json!({
                "type": "object",
                "properties": {
                    "query": {"type": "string", "description": "What to look for"},
                    "category": {"type": "string", "description": "Only of this category"},
                    "top_k": {"type": "integer", "minimum": 1, "maximum": most},
                    "refine": {"type": "string", "enum": ["too_few", "off_topic"]},
                },
                "required": ["query"],
                "additionalProperties": false,
            }),
        }
    }

    async fn call(&self, arguments: &Map<String, Value>) -> Result<Used, ToolError> {
        let arguments: Arguments = ToolError::read(arguments)?;
        let text = agent::line(&arguments.query, MAX_QUERY);
        if text.is_empty() {
            return Err(ToolError::Arguments("query is empty".to_owned()));
        }
        let had = self.sources.found();
        if self.refines_for_a_reason && had >= ENOUGH && arguments.refine != Some(Reason::OffTopic)
        {
            return Err(ToolError::Arguments(format!(
                "{had} items were found already; search again only if they are off the topic, \
                 with \"refine\": \"off_topic\", else answer from them"
            )));
        }
        let query = self.query(text.clone(), &arguments);
        let looked = self.look(&text, query).await;
        Ok(looked.inspect_err(|_| self.sources.degrade(UNSEARCHED))?)
    }
}

impl CollectionSearch<'_> {
    async fn look(&self, text: &str, query: Query) -> Result<Used, SearchError> {
        let found = self.search.find(self.scope.way, query).await?;
        let numbers = (self.sources).add(&found.hits, found.score_type, found.degraded);
        let shown = show(self.search, &found, &numbers).await?;
        self.sources.note(&shown.to_string());
        Ok(Used {
            text: agent::data(&shown),
            summary: summary(text, &found),
        })
    }

    fn query(&self, text: String, arguments: &Arguments) -> Query {
        let most = self.scope.top_k;
        let fixed = self.scope.category.clone();
        Query {
            text,
            vector: None,
            top_k: arguments.top_k.unwrap_or(most).clamp(1, most),
            category: fixed.or_else(|| {
                let asked = arguments.category.as_deref()?;
                Some(agent::line(asked, MAX_QUERY)).filter(|category| !category.is_empty())
            }),
            min_relevance: self.scope.min_relevance,
            min_similarity: self.scope.min_similarity,
        }
    }
}

fn summary(text: &str, found: &Found) -> String {
    let count = match found.hits.len() {
        0 => "nothing".to_owned(),
        1 => "one item".to_owned(),
        many => format!("{many} items"),
    };
    match found.degraded {
        Some(_) => format!("Searched the collection for \"{text}\" by words alone: {count}"),
        None => format!("Searched the collection for \"{text}\": {count}"),
    }
}

/// Items as a model gets them.
pub(crate) async fn show(
    search: &dyn Search,
    found: &Found,
    numbers: &[usize],
) -> Result<Value, SearchError> {
    let ids: Vec<ItemId> = found.hits.iter().map(|hit| hit.item_id.clone()).collect();
    let said = search.describe(&ids).await?;
    let items = found.hits.iter().zip(numbers).map(|(hit, number)| {
        let raw = said.iter().find(|(id, _)| *id == hit.item_id);
        let raw = raw.map(|(_, raw)| raw.clone()).unwrap_or_default();
        item(
            *number,
            hit,
            &Description::from_value(raw).unwrap_or_default(),
        )
    });
    Ok(items.collect())
}

fn item(number: usize, hit: &Hit, said: &Description) -> Value {
    let text = |text: &str, most| plain(text, most);
    let words = |words: &[String], most| plain(&words.join(", "), most);
    let details = &said.image_details;
    let media = &said.media_metadata;
    let mut item = json!({
        "number": number,
        "headline": text(hit.headline.as_deref().unwrap_or_default(), 200),
        "summary": text(hit.summary.as_deref().unwrap_or_default(), 800),
        "category": text(hit.category.as_deref().unwrap_or_default(), 100),
        "subcategories": words(&said.subcategories, 200),
        "text_in_image": text(&details.extracted_text.join(" / "), 1200),
        "objects": words(&details.objects, 300),
        "key_interest": text(&details.key_interest, 300),
        "places": words(&media.location_tags, 200),
        "hashtags": words(&media.hashtags, 200),
        "posted_by": text(&media.original_poster, 100),
        "added": hit.metadata["created_at"].as_str().unwrap_or_default(),
        "filename": text(hit.metadata["original_filename"].as_str().unwrap_or_default(), 100),
    });
    if let Some(fields) = item.as_object_mut() {
        fields.retain(|_, value| value != "");
    }
    item
}

/// One line that cannot be taken for a citation of ours.
pub(crate) fn plain(text: &str, most: usize) -> String {
    let line = agent::line(text, most);
    line.replace("[Item", "(Item").replace("[Web", "(Web")
}

impl From<SearchError> for ToolError {
    fn from(error: SearchError) -> Self {
        let (SearchError::Unavailable(cause) | SearchError::Failed(cause)) = error;
        Self::Failed(cause)
    }
}
