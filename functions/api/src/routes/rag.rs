//! The same conversation in the shapes of the retrieval chat: an answer, its sources, and what it
//! was made with.

use axum::extract::State;
use axum::http::StatusCode;
use collections_core::chat::history::{Backend, ConversationId, Metadata};
use collections_core::chat::{Question, Reply};
use collections_core::domain::UserId;
use collections_core::providers::chat::{MAX_TOKENS, TEMPERATURE};
use collections_core::retrieval::ScoreType;
use collections_core::retrieval::sources::Seen;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use utoipa::openapi::schema::{Object, ObjectBuilder, Type};
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use crate::app::App;
use crate::body::{Json, whole};
use crate::identity::Caller;
use crate::observe::Observed;
use crate::problem::Problem;
use crate::routes::chat;
use crate::talk;

/// What may be kept with a conversation at one time.
const MAX_METADATA: usize = 16 * 1024;

pub(super) fn routes() -> OpenApiRouter<App> {
    OpenApiRouter::new().routes(routes!(rag_chat))
}

/// What is said.
#[derive(Clone, Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct RagRequest {
    /// In which conversation; without one a new one begins.
    #[schema(value_type = Option<String>, min_length = 1, max_length = 128,
        pattern = "^[0-9A-Za-z_-]+$")]
    conversation_id: Option<ConversationId>,
    /// Who says it: the caller, or it is refused.
    user_id: Option<String>,
    /// The words.
    #[schema(min_length = 1, max_length = 8000, pattern = "[^\\s\\u0085]")]
    message: String,
    /// What is to be kept with the conversation, merged into what is kept already. Names that begin
    /// with an underscore are ours.
    #[serde(default)]
    #[schema(schema_with = metadata_schema)]
    metadata: Metadata,
    /// What bounds the search.
    #[serde(default)]
    retrieval_filters: Filters,
}

/// Any object without names of ours.
fn metadata_schema() -> Object {
    let name = ObjectBuilder::new().schema_type(Type::String);
    let not_ours = name.pattern(Some("^([^_]|$)")).build();
    ObjectBuilder::new().property_names(Some(not_ours)).build()
}

/// What bounds the search.
#[derive(Clone, Debug, Deserialize, ToSchema)]
#[serde(default, deny_unknown_fields)]
pub struct Filters {
    /// Only items of this category.
    #[schema(max_length = 200, pattern = "^[^\\u0000]*$")]
    category: Option<String>,
    /// How many items a search finds at most.
    #[serde(deserialize_with = "whole")]
    #[schema(minimum = 1, maximum = 50)]
    top_k: i64,
    /// Only items whose meaning is at least so near.
    #[schema(minimum = 0, maximum = 1)]
    min_similarity_score: Option<f64>,
}

impl Default for Filters {
    fn default() -> Self {
        Self {
            category: None,
            top_k: 10,
            min_similarity_score: None,
        }
    }
}

/// What is answered.
#[derive(Debug, Serialize, ToSchema)]
pub struct RagResponse {
    /// The conversation.
    #[schema(value_type = String)]
    conversation_id: ConversationId,
    /// The answer.
    answer: String,
    /// What it may rest on.
    sources: Vec<Source>,
    /// The trace of the work, for LangSmith and the logs.
    trace_id: String,
    /// What it was made with.
    config: RagConfig,
}

/// Something that an answer may rest on.
#[derive(Debug, Serialize, ToSchema)]
pub struct Source {
    /// The item's id, or the page's address.
    document_id: String,
    /// `item` or `web`.
    source_type: &'static str,
    /// How well it fits; comparable within one kind of score only. Pages have none.
    score: Option<f64>,
    /// What the score measures.
    score_type: Option<ScoreType>,
    /// What of it was read.
    chunk: String,
    /// Whether the answer cites it.
    cited: bool,
}

/// What an answer was made with.
#[derive(Debug, Serialize, ToSchema)]
pub struct RagConfig {
    /// The model, as it names itself.
    model: String,
    /// How freely it words its answers.
    temperature: f64,
    /// The most tokens of an answer.
    max_tokens: u32,
    /// Rounds of searching, at most.
    max_iterations: usize,
    /// Items of a search, at most.
    top_k: i64,
    /// Where the conversation is kept.
    #[schema(value_type = String)]
    memory_backend_type: Backend,
}

/// Says something and is answered, with the sources.
#[utoipa::path(post, path = "/rag/chat", tag = "chat", operation_id = "rag_chat", responses(
    (status = OK, body = RagResponse),
    (status = FORBIDDEN, content_type = "application/problem+json", body = Problem,
        description = "`user_id` is not the caller"),
    (status = UNPROCESSABLE_ENTITY, content_type = "application/problem+json", body = Problem,
        description = "The message is too long, or the model declines to answer it")))]
async fn rag_chat(
    State(app): State<App>,
    Caller(user): Caller,
    observed: Observed,
    Json(request): Json<RagRequest>,
) -> Result<axum::Json<RagResponse>, Problem> {
    let question = request.question(user)?;
    let within = observed
        .begin(&app, "rag chat", &question.user)
        .about("session_id", question.conversation.as_str());
    let reply = talk::turn(&app, &question, &within, &mut |_| ()).await?;
    let config = RagConfig {
        model: reply.model.clone(),
        temperature: TEMPERATURE,
        max_tokens: MAX_TOKENS,
        max_iterations: talk::limits(&app)?.rounds,
        top_k: question.scope.top_k,
        memory_backend_type: app.history.state().backend,
    };
    Ok(axum::Json(RagResponse {
        conversation_id: question.conversation,
        sources: sources(&reply),
        answer: reply.cited.text,
        trace_id: within.trace_id(),
        config,
    }))
}

impl RagRequest {
    fn question(self, user: UserId) -> Result<Question, Problem> {
        if self.user_id.is_some_and(|named| named != user.as_str()) {
            let detail = "user_id must be the caller's own, or absent";
            return Err(Problem::because(StatusCode::FORBIDDEN, detail));
        }
        talk::check_message(&self.message)?;
        if self.metadata.keys().any(|name| name.starts_with('_')) {
            return Err(Problem::bad_request("no name in metadata begins with _"));
        }
        let size = serde_json::to_vec(&self.metadata).map_or(usize::MAX, |json| json.len());
        if size > MAX_METADATA {
            let detail = format!("metadata has more than {MAX_METADATA} bytes");
            return Err(Problem::bad_request(detail));
        }
        let filters = self.retrieval_filters;
        let scope = chat::scope(
            filters.top_k,
            filters.category,
            filters.min_similarity_score,
        )?;
        Ok(Question {
            user,
            conversation: self
                .conversation_id
                .unwrap_or_else(ConversationId::generate),
            message: self.message,
            scope,
            metadata: self.metadata,
        })
    }
}

fn sources(reply: &Reply) -> Vec<Source> {
    let items = reply.items.iter().map(|seen| item(reply, seen));
    let pages = reply.cited.web.iter().map(|page| Source {
        document_id: page.url.clone(),
        source_type: "web",
        score: None,
        score_type: None,
        chunk: page.title.clone(),
        cited: true,
    });
    items.chain(pages).collect()
}

fn item(reply: &Reply, seen: &Seen) -> Source {
    let hit = &seen.hit;
    let texts = [&hit.headline, &hit.summary].into_iter().flatten();
    Source {
        document_id: hit.item_id.to_string(),
        source_type: "item",
        score: Some(hit.score),
        score_type: Some(seen.score_type),
        chunk: texts.cloned().collect::<Vec<_>>().join("\n"),
        cited: reply
            .cited
            .items
            .iter()
            .any(|named| named.number == seen.number),
    }
}
