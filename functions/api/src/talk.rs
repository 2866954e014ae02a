//! A turn of a conversation, with what this function has: models, the web, the caller's items.

use anyhow::{Context, Result};
use collections_core::agent::{Limits, OnStep};
use collections_core::chat::{Chat, MAX_MESSAGE, Question, Reply};
use collections_core::contract::EnvKey;
use collections_core::contract::functions::Api;
use collections_core::contract::parameters::TavilyKey;
use collections_core::domain::UserId;
use collections_core::providers::tavily::{self, Tavily};
use collections_core::retrieval::search::UsersItems;
use collections_core::trace::Span;

use axum::http::StatusCode;

use crate::app::App;
use crate::embedding::Vectors;
use crate::problem::Problem;

/// More would let one question cost as much as a hundred.
const MOST_ROUNDS: usize = 10;

/// The items of a user, to be searched as steps of some work.
pub fn items<'a>(app: &'a App, vectors: &'a Vectors<'a>, user: &UserId) -> UsersItems<'a, Api> {
    UsersItems {
        db: app.db(),
        embed: vectors,
        embed_within: app.limits.embed_within,
        user: user.clone(),
    }
}

/// Takes a turn.
pub async fn turn(
    app: &App,
    question: &Question,
    within: &Span,
    on_step: &mut OnStep<'_>,
) -> Result<Reply, Problem> {
    let model = app.models.choose(&app.secrets, None).await?;
    let web = web(app).await?;
    let vectors = Vectors { app, within };
    let chat = Chat {
        model: &*model,
        history: &*app.history,
        search: &items(app, &vectors, &question.user),
        web: web.as_ref(),
        limits: limits(app)?,
        within,
    };
    Ok(chat.turn(question, on_step).await?)
}

/// How much the agent may take.
pub fn limits(app: &App) -> Result<Limits> {
    let default = Limits::default();
    let rounds = match app.settings.get(EnvKey::ChatMaxIterations)? {
        Some(text) => text
            .parse()
            .with_context(|| format!("{} is no number", EnvKey::ChatMaxIterations.name()))?,
        None => default.rounds,
    };
    Ok(Limits {
        rounds: rounds.clamp(1, MOST_ROUNDS),
        ..default
    })
}

/// The web, where there is a key for it.
async fn web(app: &App) -> Result<Option<Tavily>> {
    let key = app.secrets.optional_parameter::<TavilyKey>().await?;
    let url = app.settings.get(EnvKey::TavilyBaseUrl)?;
    let url = url.unwrap_or(tavily::BASE_URL).trim_end_matches('/');
    Ok(key.map(|key| Tavily {
        http: app.http.clone(),
        base_url: url.to_owned(),
        key,
    }))
}

/// What a user may say at one time.
pub fn check_message(message: &str) -> Result<(), Problem> {
    let length = message.chars().count();
    if message.trim().is_empty() {
        return Err(Problem::bad_request("message is empty"));
    }
    if length > MAX_MESSAGE {
        let detail = format!("message has {length} characters, and {MAX_MESSAGE} are allowed");
        return Err(Problem::because(StatusCode::UNPROCESSABLE_ENTITY, detail));
    }
    Ok(())
}
