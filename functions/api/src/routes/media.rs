//! The images of items: where to fetch them, and having a thumbnail made again.

use axum::extract::State;
use axum::http::StatusCode;
use axum::response::IntoResponse;
use collections_core::contract::events::ResizeRequested;
use collections_core::db::items;
use collections_core::domain::{Item, ItemId, UserId};
use serde::Serialize;
use serde_json::json;

use crate::app::App;
use crate::body::Path;
use crate::identity::Caller;
use crate::observe::Observed;
use crate::problem::Problem;

/// Where something can be fetched for an hour.
#[derive(Debug, Serialize)]
pub struct Location {
    url: String,
}

async fn own(app: &App, user: &UserId, id: &ItemId) -> Result<Item, Problem> {
    let mut db = app.connection().await?;
    items::get(&mut db, user, id)
        .await?
        .ok_or_else(Problem::not_found)
}

/// Where the original of an item is.
pub async fn image(
    State(app): State<App>,
    Caller(user): Caller,
    Path(id): Path<ItemId>,
) -> Result<axum::Json<Location>, Problem> {
    let key = own(&app, &user, &id)
        .await?
        .image_key()
        .ok_or_else(Problem::not_found)?;
    Ok(axum::Json(Location {
        url: app.objects.presign_image(&key).await?,
    }))
}

/// Where the thumbnail of an item is; it is made shortly after the upload.
pub async fn thumbnail(
    State(app): State<App>,
    Caller(user): Caller,
    Path(id): Path<ItemId>,
) -> Result<axum::Json<Location>, Problem> {
    let key = own(&app, &user, &id)
        .await?
        .thumbnail_key()
        .ok_or_else(Problem::not_found)?;
    Ok(axum::Json(Location {
        url: app.objects.presign_thumbnail(&key).await?,
    }))
}

/// Where an original is, by its file name within the store.
pub async fn by_filename(
    state: State<App>,
    caller: Caller,
    Path(filename): Path<String>,
) -> Result<axum::Json<Location>, Problem> {
    let id = filename
        .split_once('.')
        .map_or(filename.as_str(), |(id, _)| id);
    let id = id.parse().map_err(|_| Problem::not_found())?;
    image(state, caller, Path(id)).await
}

/// Asks for a new thumbnail.
pub async fn resize(
    State(app): State<App>,
    Caller(user): Caller,
    observed: Observed,
    Path(id): Path<ItemId>,
) -> Result<impl IntoResponse, Problem> {
    let item = own(&app, &user, &id).await?;
    let event = ResizeRequested {
        item_id: id.to_string(),
        user_id: user.to_string(),
        bucket: app.objects.bucket().to_owned(),
        original_key: item.file_path,
    };
    app.events.put(&[event], Some(&observed.trace)).await?;
    Ok((
        StatusCode::ACCEPTED,
        axum::Json(json!({"status": "accepted", "item_id": id})),
    ))
}
