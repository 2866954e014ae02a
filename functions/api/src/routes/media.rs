//! The images of items: where to fetch them, and having a thumbnail made again.

use axum::extract::State;
use axum::http::{HeaderName, StatusCode};
use axum::response::IntoResponse;
use collections_core::contract::events::ResizeRequested;
use collections_core::db::items;
use collections_core::domain::{Item, ItemId, Status, UserId};
use serde::Serialize;
use utoipa::ToSchema;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use crate::app::App;
use crate::body::Path;
use crate::caching;
use crate::identity::Caller;
use crate::observe::Observed;
use crate::problem::Problem;
use crate::routes::paths::{FilePath, ItemPath};

pub(super) fn routes() -> OpenApiRouter<App> {
    OpenApiRouter::new()
        .routes(routes!(image))
        .routes(routes!(thumbnail))
        .routes(routes!(by_filename))
        .routes(routes!(resize))
}

/// Where something can be fetched for an hour.
#[derive(Debug, Serialize, ToSchema)]
pub struct Location {
    /// The address; who has it needs no token.
    url: String,
}

/// Browsers keep an address for a while, and so the image that they fetched from it.
type Located = ([(HeaderName, &'static str); 1], axum::Json<Location>);

fn located(url: String) -> Located {
    ([caching::MINUTES], axum::Json(Location { url }))
}

async fn own(app: &App, user: &UserId, id: &ItemId) -> Result<Item, Problem> {
    let mut db = app.connection().await?;
    items::get(&mut db, user, id)
        .await?
        .ok_or_else(Problem::not_found)
}

/// Where the original of an item is. One that was refused unseen, so that there is no thumbnail
/// either, is nowhere: what it is, only its uploader said.
#[utoipa::path(get, path = "/items/{id}/image", tag = "items", operation_id = "get_image",
    params(ItemPath), responses((status = OK, body = Location)))]
async fn image(
    State(app): State<App>,
    Caller(user): Caller,
    Path(ItemPath { id }): Path<ItemPath>,
) -> Result<Located, Problem> {
    let item = own(&app, &user, &id).await?;
    if item.status == Status::Refused && item.thumbnail_path.is_none() {
        let reason = item
            .status_reason
            .as_deref()
            .unwrap_or("no reason is known");
        let detail = format!("the image was refused: {reason}");
        return Err(Problem::because(StatusCode::NOT_FOUND, detail));
    }
    let key = item.image_key().ok_or_else(Problem::not_found)?;
    Ok(located(app.objects.presign_image(&key).await?))
}

/// Where the thumbnail of an item is; it is made shortly after the upload.
#[utoipa::path(get, path = "/items/{id}/thumbnail", tag = "items",
    operation_id = "get_thumbnail", params(ItemPath), responses((status = OK, body = Location)))]
async fn thumbnail(
    State(app): State<App>,
    Caller(user): Caller,
    Path(ItemPath { id }): Path<ItemPath>,
) -> Result<Located, Problem> {
    let key = own(&app, &user, &id)
        .await?
        .thumbnail_key()
        .ok_or_else(Problem::not_found)?;
    Ok(located(app.objects.presign_thumbnail(&key).await?))
}

/// Where an original is, by its file name within the store.
#[utoipa::path(get, path = "/images/{filename}", tag = "items",
    operation_id = "get_image_by_filename", params(FilePath), responses((status = OK, body = Location)))]
async fn by_filename(
    state: State<App>,
    caller: Caller,
    Path(FilePath { filename }): Path<FilePath>,
) -> Result<Located, Problem> {
    let id = filename
        .split_once('.')
        .map_or(filename.as_str(), |(id, _)| id);
    let id = id.parse().map_err(|_| Problem::not_found())?;
    image(state, caller, Path(ItemPath { id })).await
}

/// A resize that was asked for.
#[derive(Debug, Serialize, ToSchema)]
pub struct Resize {
    /// `accepted`.
    status: &'static str,
    /// The item.
    item_id: ItemId,
}

/// Asks for a new thumbnail.
#[utoipa::path(post, path = "/items/{id}/resize-only", tag = "items",
    operation_id = "resize_item", params(ItemPath), responses((status = ACCEPTED, body = Resize)))]
async fn resize(
    State(app): State<App>,
    Caller(user): Caller,
    observed: Observed,
    Path(ItemPath { id }): Path<ItemPath>,
) -> Result<impl IntoResponse, Problem> {
    let item = own(&app, &user, &id).await?;
    let event = ResizeRequested {
        item_id: id.to_string(),
        user_id: user.to_string(),
        bucket: app.objects.bucket().to_owned(),
        original_key: item.file_path,
    };
    app.events.put(&[event], Some(&observed.trace)).await?;
    let body = Resize {
        status: "accepted",
        item_id: id,
    };
    Ok((StatusCode::ACCEPTED, axum::Json(body)))
}
