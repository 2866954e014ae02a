//! Chat: a turn of a conversation, whole or as a stream, and the conversations there are.

mod stream;

use std::time::Instant;

use axum::extract::State;
use axum::response::{IntoResponse, Response};
use collections_core::chat::history::{
    Conversation, ConversationId, Message, Metadata, Page, Role, State as HistoryState,
};
use collections_core::chat::{Question, Reply};
use collections_core::domain::UserId;
use collections_core::retrieval::sources::{Citation, WebCitation};
use collections_core::retrieval::tool::Scope;
use serde::{Deserialize, Serialize};
use time::OffsetDateTime;
use time::serde::rfc3339;
use utoipa::ToSchema;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use crate::app::App;
use crate::body::{Json, Path, check_category, whole};
use crate::identity::Caller;
use crate::limits::guard::Place;
use crate::observe::Observed;
use crate::problem::Problem;
use crate::routes::paths::SessionPath;
use crate::routes::results::{self, SearchResult};
use crate::routes::search::{MAX_TOP_K, check_similarity, milliseconds};
use crate::talk;
use stream::Streamed;

/// Sessions in a list.
const LISTED: usize = 50;

pub(super) fn routes() -> OpenApiRouter<App> {
    OpenApiRouter::new()
        .routes(routes!(chat))
        .routes(routes!(sessions))
        .routes(routes!(history))
        .routes(routes!(forget))
}

/// What is said.
#[derive(Clone, Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct ChatRequest {
    /// The words.
    #[schema(min_length = 1, max_length = 8000, pattern = "[^\\s\\u0085]")]
    message: String,
    /// In which conversation; without one a new one begins.
    #[schema(value_type = Option<String>, min_length = 1, max_length = 128,
        pattern = "^[0-9A-Za-z_-]+$")]
    session_id: Option<ConversationId>,
    /// How many items a search finds at most.
    #[serde(default = "default_top_k", deserialize_with = "whole")]
    #[schema(minimum = 1, maximum = 50)]
    top_k: i64,
    /// Only items of this category.
    #[schema(max_length = 200, pattern = "^[^\\u0000]*$")]
    category_filter: Option<String>,
    /// Only items whose meaning is at least so near.
    #[schema(minimum = 0, maximum = 1)]
    min_similarity_score: Option<f64>,
}

fn default_top_k() -> i64 {
    10
}

/// One side's words.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct Said {
    /// Who said it.
    #[schema(value_type = String)]
    role: Role,
    /// The words.
    content: String,
    /// When.
    #[serde(with = "rfc3339")]
    timestamp: OffsetDateTime,
}

/// What is answered.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct ChatResponse {
    /// The conversation.
    #[schema(value_type = String)]
    session_id: ConversationId,
    /// The answer.
    message: Said,
    /// 1 for the first turn of the conversation.
    conversation_turn: usize,
    /// The items that were found for it, by their numbers.
    search_results: Vec<SearchResult>,
    /// The items that the answer cites as `[Item n]`.
    citations: Vec<Citation>,
    /// The web pages that it cites as `[Web n]`.
    web_citations: Vec<WebCitation>,
    /// What the agent thought and did, in order.
    agent_reasoning: Vec<String>,
    /// The tools it used.
    tools_used: Vec<String>,
    /// How long it took.
    response_time_ms: u64,
    /// The model, as it names itself.
    model: String,
    /// Whether the answer was cut at its greatest length.
    truncated: bool,
    /// What did not work, so that the answer is worse than it could be.
    #[serde(skip_serializing_if = "Option::is_none")]
    degraded: Option<String>,
}

/// Says something and is answered. Who accepts `text/event-stream` gets the answer while it is
/// made, where the way there allows streams: as events `session`, `text` (pieces of the answer, by
/// round), `tool` (what was used in a round, whose texts were then reasoning), and at the end
/// `answer` (as in JSON) or `problem`. Pieces are as the model says them: to be shown as plain text,
/// and replaced by the answer, from which invented citations and foreign links are gone. Behind the gateway of functions it comes whole.
#[utoipa::path(post, path = "/chat", tag = "chat", operation_id = "chat", responses(
    (status = OK, content((ChatResponse = "application/json"), (String = "text/event-stream"))),
    (status = UNPROCESSABLE_ENTITY, content_type = "application/problem+json", body = Problem,
        description = "The message is too long, or the model declines to answer it")))]
async fn chat(
    State(app): State<App>,
    Caller(user): Caller,
    observed: Observed,
    place: Place,
    Streamed(streamed): Streamed,
    Json(request): Json<ChatRequest>,
) -> Result<Response, Problem> {
    let began = Instant::now();
    let question = request.question(user)?;
    let within = observed
        .begin(&app, "chat", &question.user)
        .about("session_id", question.conversation.as_str());
    if streamed {
        return Ok(stream::respond(app, place, question, within, began));
    }
    let reply = talk::turn(&app, &question, &within, &mut |_| ()).await?;
    let response = response(&app, question.conversation, reply, began).await?;
    Ok(axum::Json(response).into_response())
}

impl ChatRequest {
    fn question(self, user: UserId) -> Result<Question, Problem> {
        talk::check_message(&self.message)?;
        let scope = scope(self.top_k, self.category_filter, self.min_similarity_score)?;
        Ok(Question {
            user,
            conversation: self.session_id.unwrap_or_else(ConversationId::generate),
            message: self.message,
            scope,
            metadata: Metadata::new(),
        })
    }
}

/// What bounds the searches of a turn.
pub(super) fn scope(
    top_k: i64,
    category: Option<String>,
    min_similarity: Option<f64>,
) -> Result<Scope, Problem> {
    if !(1..=MAX_TOP_K).contains(&top_k) {
        let detail = format!("top_k must be from 1 to {MAX_TOP_K}");
        return Err(Problem::bad_request(detail));
    }
    check_similarity(min_similarity)?;
    check_category(category.as_deref())?;
    Ok(Scope {
        top_k,
        category,
        min_similarity,
        ..Scope::default()
    })
}

/// A reply as it is shown.
async fn response(
    app: &App,
    session_id: ConversationId,
    reply: Reply,
    began: Instant,
) -> Result<ChatResponse, Problem> {
    let kept_elsewhere = app.history.state().degraded;
    Ok(ChatResponse {
        session_id,
        message: Said {
            role: Role::Assistant,
            content: reply.cited.text,
            timestamp: reply.timestamp,
        },
        conversation_turn: reply.turn,
        search_results: results::of_seen(app, reply.items).await?,
        citations: reply.cited.items,
        web_citations: reply.cited.web,
        agent_reasoning: reply.reasoning,
        tools_used: reply.tools_used,
        response_time_ms: milliseconds(began),
        model: reply.model,
        truncated: reply.cut,
        degraded: without(reply.degraded, kept_elsewhere),
    })
}

/// What the answer and its keeping had to do without, where they had to.
fn without(answer: Option<&str>, history: Option<String>) -> Option<String> {
    let told: Vec<String> = answer
        .map(str::to_owned)
        .into_iter()
        .chain(history)
        .collect();
    (!told.is_empty()).then(|| told.join("; "))
}

/// A session in a list.
#[derive(Debug, Serialize, ToSchema)]
pub struct Session {
    /// Its id.
    #[schema(value_type = String)]
    session_id: ConversationId,
    /// What it is called.
    title: String,
    /// When it began.
    #[serde(with = "rfc3339")]
    created_at: OffsetDateTime,
    /// When something last happened in it.
    #[serde(with = "rfc3339")]
    last_activity: OffsetDateTime,
    /// How many messages it has.
    message_count: u64,
    /// The beginning of the latest message.
    preview: String,
}

/// The latest sessions.
#[derive(Debug, Serialize, ToSchema)]
pub struct Sessions {
    /// The latest activity first, fifty at most.
    sessions: Vec<Session>,
    /// Numbers about them.
    stats: SessionStats,
}

/// Numbers about the sessions of a list.
#[derive(Debug, Serialize, ToSchema)]
pub struct SessionStats {
    /// How many are listed.
    sessions: usize,
    /// How many messages they have.
    messages: u64,
    /// Where they are kept.
    #[schema(value_type = Object)]
    history: HistoryState,
}

/// The caller's latest sessions.
#[utoipa::path(get, path = "/chat/sessions", tag = "chat", operation_id = "list_chat_sessions",
    responses((status = OK, body = Sessions)))]
async fn sessions(
    State(app): State<App>,
    Caller(user): Caller,
) -> Result<axum::Json<Sessions>, Problem> {
    let page = Page {
        limit: LISTED,
        after: None,
    };
    let listed = app.history.list(&user, &page).await?;
    let stats = SessionStats {
        sessions: listed.len(),
        messages: listed.iter().map(|one| one.message_count).sum(),
        history: app.history.state(),
    };
    let sessions = listed.into_iter().map(Session::from).collect();
    Ok(axum::Json(Sessions { sessions, stats }))
}

impl From<Conversation> for Session {
    fn from(conversation: Conversation) -> Self {
        Self {
            session_id: conversation.conversation_id,
            title: conversation.title,
            created_at: conversation.created_at,
            last_activity: conversation.updated_at,
            message_count: conversation.message_count,
            preview: conversation.preview,
        }
    }
}

/// All that was said in a session.
#[derive(Debug, Serialize, ToSchema)]
pub struct ChatHistory {
    /// The session.
    #[schema(value_type = String)]
    session_id: ConversationId,
    /// What was said, oldest first; with the answers, what they rest on.
    #[schema(value_type = Vec<Object>)]
    messages: Vec<Message>,
}

/// What was said in a session of the caller's.
#[utoipa::path(get, path = "/chat/{id}/history", tag = "chat", operation_id = "get_chat_history",
    params(SessionPath), responses((status = OK, body = ChatHistory)))]
async fn history(
    State(app): State<App>,
    Caller(user): Caller,
    Path(SessionPath { id }): Path<SessionPath>,
) -> Result<axum::Json<ChatHistory>, Problem> {
    let thread = app.history.load(&user, &id).await?;
    let thread = thread.ok_or_else(Problem::not_found)?;
    Ok(axum::Json(ChatHistory {
        session_id: id,
        messages: thread.messages().cloned().collect(),
    }))
}

/// A session that is gone.
#[derive(Debug, Serialize, ToSchema)]
pub struct Forgotten {
    /// `deleted`.
    status: &'static str,
    /// The session.
    #[schema(value_type = String)]
    session_id: ConversationId,
}

/// Removes a session and all that was said in it.
#[utoipa::path(delete, path = "/chat/{id}", tag = "chat", operation_id = "delete_chat_session",
    params(SessionPath), responses((status = OK, body = Forgotten)))]
async fn forget(
    State(app): State<App>,
    Caller(user): Caller,
    Path(SessionPath { id }): Path<SessionPath>,
) -> Result<axum::Json<Forgotten>, Problem> {
    if !app.history.delete(&user, &id).await? {
        return Err(Problem::not_found());
    }
    Ok(axum::Json(Forgotten {
        status: "deleted",
        session_id: id,
    }))
}
