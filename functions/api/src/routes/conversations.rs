//! Conversations: list, begin, look at, rename, remove. They are continued at `/chat`.

use axum::extract::State;
use axum::http::StatusCode;
use collections_core::chat::history::{
    self, Conversation, ConversationId, MAX_TITLE, Message, NewConversation, Page, Place,
};
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use crate::app::App;
use crate::body::{Json, Path, Query};
use crate::identity::Caller;
use crate::problem::Problem;
use crate::routes::cursor;

const DEFAULT_LIMIT: usize = 50;
const MAX_LIMIT: usize = 100;

pub(super) fn routes() -> OpenApiRouter<App> {
    OpenApiRouter::new()
        .routes(routes!(list, create))
        .routes(routes!(get, rename, delete))
}

/// A conversation.
#[derive(Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Path)]
struct ConversationPath {
    /// The conversation's id.
    #[param(inline)]
    id: ConversationId,
}

/// Which conversations to list.
#[derive(Debug, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
struct ListQuery {
    /// How many at most.
    #[param(minimum = 1, maximum = 100, default = 50)]
    limit: Option<usize>,
    /// The `next_cursor` of the page before.
    #[param(pattern = "^[0-9]{1,19}_[0-9A-Za-z_-]{1,128}$")]
    cursor: Option<String>,
}

/// A page of conversations.
#[derive(Debug, Serialize, ToSchema)]
struct Conversations {
    /// The latest activity first.
    conversations: Vec<Conversation>,
    /// Where the next page begins; absent on the last.
    next_cursor: Option<String>,
    /// Where conversations are kept now.
    history: history::State,
}

/// A conversation to begin.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct Beginning {
    /// Its id; one is made where there is none.
    #[schema(inline)]
    conversation_id: Option<ConversationId>,
    /// Its title; the first message gives it one otherwise.
    #[schema(value_type = Option<String>, min_length = 1, max_length = 500,
        pattern = "^[^\\u0000-\\u001f\\u007f-\\u009f]*[^\\s\\u0000-\\u001f\\u007f-\\u009f][^\\u0000-\\u001f\\u007f-\\u009f]*$")]
    title: Option<Title>,
}

/// A conversation's new title.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct Renaming {
    /// The title.
    #[schema(value_type = String, min_length = 1, max_length = 500,
        pattern = "^[^\\u0000-\\u001f\\u007f-\\u009f]*[^\\s\\u0000-\\u001f\\u007f-\\u009f][^\\u0000-\\u001f\\u007f-\\u009f]*$")]
    title: Title,
}

/// A title as it was sent.
#[derive(Debug, Deserialize)]
#[serde(transparent)]
struct Title(String);

/// A conversation with all that was said in it.
#[derive(Debug, Serialize, ToSchema)]
struct Whole {
    #[serde(flatten)]
    conversation: Conversation,
    /// What was said, oldest first.
    messages: Vec<Message>,
    /// What became known of it.
    #[schema(value_type = Object)]
    metadata: history::Metadata,
    /// Where conversations are kept now.
    history: history::State,
}

/// What was removed.
#[derive(Debug, Serialize, ToSchema)]
struct Removed {
    /// `deleted`.
    status: &'static str,
    /// The conversation's id.
    conversation_id: ConversationId,
}

/// Lists the caller's conversations, the latest activity first.
#[utoipa::path(get, path = "/conversations", tag = "conversations",
    operation_id = "list_conversations", params(ListQuery),
    responses((status = OK, body = Conversations)))]
async fn list(
    State(app): State<App>,
    Caller(user): Caller,
    Query(query): Query<ListQuery>,
) -> Result<axum::Json<Conversations>, Problem> {
    let limit = query.limit.unwrap_or(DEFAULT_LIMIT);
    if !(1..=MAX_LIMIT).contains(&limit) {
        return Err(Problem::bad_request(format!(
            "limit must be from 1 to {MAX_LIMIT}"
        )));
    }
    let after = query.cursor.as_deref().map(cursor::read).transpose()?;
    // One more than asked for tells whether there is a next page.
    let page = Page {
        limit: limit + 1,
        after: after.map(|(updated_at, conversation_id)| Place {
            updated_at,
            conversation_id,
        }),
    };
    let mut conversations = app.history.list(&user, &page).await?;
    let more = conversations.len() > limit;
    conversations.truncate(limit);
    let history = app.history.state();
    let (count, backend) = (conversations.len(), history::shown(history.backend));
    tracing::info!("Loaded {count} conversations from {backend}");
    let last = conversations.last().filter(|_| more);
    Ok(axum::Json(Conversations {
        next_cursor: last.map(|last| cursor::after(last.updated_at, &last.conversation_id)),
        conversations,
        history,
    }))
}

/// Begins a conversation without a message. One that is there already is given back as it is.
#[utoipa::path(post, path = "/conversations", tag = "conversations",
    operation_id = "create_conversation", request_body = Beginning,
    responses((status = CREATED, body = Conversation), (status = OK, body = Conversation)))]
async fn create(
    State(app): State<App>,
    Caller(user): Caller,
    Json(beginning): Json<Beginning>,
) -> Result<(StatusCode, axum::Json<Conversation>), Problem> {
    let id = beginning.conversation_id;
    let mut new = NewConversation::new(id.unwrap_or_else(ConversationId::generate));
    new.title = beginning.title.map(Title::read).transpose()?;
    let made = app.history.create(&user, &new).await?;
    let is_new = made.created_at == new.created_at && made.message_count == 0;
    let status = if is_new {
        StatusCode::CREATED
    } else {
        StatusCode::OK
    };
    Ok((status, axum::Json(made)))
}

/// A conversation with all that was said in it.
#[utoipa::path(get, path = "/conversations/{id}", tag = "conversations",
    operation_id = "get_conversation", params(ConversationPath),
    responses((status = OK, body = Whole)))]
async fn get(
    State(app): State<App>,
    Caller(user): Caller,
    Path(ConversationPath { id }): Path<ConversationPath>,
) -> Result<axum::Json<Whole>, Problem> {
    let thread = app.history.load(&user, &id).await?;
    let thread = thread.ok_or_else(|| absent(&app))?;
    Ok(axum::Json(Whole {
        messages: thread.messages().cloned().collect(),
        conversation: thread.conversation,
        metadata: thread.metadata,
        history: app.history.state(),
    }))
}

/// Gives a conversation another title.
#[utoipa::path(patch, path = "/conversations/{id}", tag = "conversations",
    operation_id = "rename_conversation", params(ConversationPath), request_body = Renaming,
    responses((status = OK, body = Conversation)))]
async fn rename(
    State(app): State<App>,
    Caller(user): Caller,
    Path(ConversationPath { id }): Path<ConversationPath>,
    Json(renaming): Json<Renaming>,
) -> Result<axum::Json<Conversation>, Problem> {
    let title = renaming.title.read()?;
    let renamed = app.history.rename(&user, &id, &title).await?;
    Ok(axum::Json(renamed.ok_or_else(|| absent(&app))?))
}

/// Removes a conversation and all that was said in it.
#[utoipa::path(delete, path = "/conversations/{id}", tag = "conversations",
    operation_id = "delete_conversation", params(ConversationPath),
    responses((status = OK, body = Removed)))]
async fn delete(
    State(app): State<App>,
    Caller(user): Caller,
    Path(ConversationPath { id }): Path<ConversationPath>,
) -> Result<axum::Json<Removed>, Problem> {
    if !app.history.delete(&user, &id).await? {
        return Err(absent(&app));
    }
    Ok(axum::Json(Removed {
        status: "deleted",
        conversation_id: id,
    }))
}

impl Title {
    /// The text of a title that can be one.
    fn read(self) -> Result<String, Problem> {
        let text = self.0.trim();
        let long = self.0.chars().count() > MAX_TITLE;
        if text.is_empty() || long || self.0.contains(char::is_control) {
            return Err(Problem::bad_request(format!(
                "a title has 1 to {MAX_TITLE} characters, none of them a control character"
            )));
        }
        Ok(text.to_owned())
    }
}

/// While the store is not all there, nobody knows whether a conversation exists.
fn absent(app: &App) -> Problem {
    match app.history.state().degraded {
        Some(why) => Problem::unavailable(&anyhow::anyhow!(why)),
        None => Problem::not_found(),
    }
}
