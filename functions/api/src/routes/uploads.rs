//! Two ways in: a small file with the request, or a form to post a large one straight to the store.

use std::time::Duration;

use axum::extract::State;
use axum::extract::multipart::{Multipart, MultipartError};
use axum::http::StatusCode;
use axum::response::IntoResponse;
use bytes::Bytes;
use collections_core::contract::objects::ObjectKey;
use collections_core::db::items::{self, NewItem};
use collections_core::domain::{Format, Item, ItemId, Status, UserId};
use collections_core::upload::{UploadForm, UploadRules};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use crate::app::App;
use crate::body::Json;
use crate::identity::Caller;
use crate::observe::Observed;
use crate::problem::Problem;

/// What a file that comes with a request may have. An invocation takes 6 MiB (6,291,456 bytes) in
/// all: the body in base64, which is a third longer, with headers and claims around it. What is more
/// the gateway refuses, in words of its own.
pub const MAX_FILE: usize = 4_400_000;
/// What the form around it may have.
const MAX_FORM: usize = 16 * 1024;
/// What a multipart request may have.
pub const MAX_MULTIPART: usize = MAX_FILE + MAX_FORM;
/// What a form accepts.
const MAX_DIRECT: u64 = 25 * 1024 * 1024;
const FORM_LIFETIME: Duration = Duration::from_secs(300);
const MAX_FILENAME: usize = 255;
const TOO_LARGE: &str =
    "a file with a request has at most 4,400,000 bytes; POST /items/uploads takes larger ones";
/// What nobody uploaded within so much time will not come any more: the form holds for minutes.
const FORGOTTEN_AFTER: Duration = Duration::from_secs(24 * 60 * 60);
const ONE_FILE: &str = "the form must have one field, `file`";

pub(super) fn routes() -> OpenApiRouter<App> {
    OpenApiRouter::new().routes(routes!(form))
}

/// The form of a small upload.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[allow(dead_code, reason = "it describes what is read field by field")]
pub struct Upload {
    /// A PNG, JPEG, WebP or GIF image of at most 4,400,000 bytes; `POST /items/uploads` takes larger
    /// ones.
    #[schema(value_type = String, format = Binary)]
    file: Vec<u8>,
}

/// A file that came with a request.
pub(super) struct UploadedFile {
    pub(super) name: Option<String>,
    pub(super) bytes: Bytes,
}

/// The field `file` of a multipart request.
pub(super) async fn file(mut multipart: Multipart) -> Result<UploadedFile, Problem> {
    let too_large = || Problem::because(StatusCode::PAYLOAD_TOO_LARGE, TOO_LARGE);
    let refuse = |error: MultipartError| match error.status() {
        StatusCode::PAYLOAD_TOO_LARGE => too_large(),
        status => Problem::because(status, error.body_text()),
    };
    let mut file = None;
    while let Some(field) = multipart.next_field().await.map_err(refuse)? {
        if field.name() != Some("file") || file.is_some() {
            return Err(Problem::bad_request(ONE_FILE));
        }
        let name = field.file_name().map(clean);
        let bytes = field.bytes().await.map_err(refuse)?;
        if bytes.len() > MAX_FILE {
            return Err(too_large());
        }
        file = Some(UploadedFile { name, bytes });
    }
    file.ok_or_else(|| Problem::bad_request(ONE_FILE))
}

/// The last part of a path, without what cannot be shown or stored.
fn clean(name: &str) -> String {
    let last = name.rsplit(['/', '\\']).next().unwrap_or_default();
    last.chars()
        .filter(|c| !c.is_control())
        .take(MAX_FILENAME)
        .collect()
}

/// What shall be uploaded.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct FormRequest {
    /// What the file is called.
    filename: Option<String>,
    /// What the file is: image/png, image/jpeg, image/webp or image/gif.
    #[schema(pattern = "^image/(png|jpeg|webp|gif)$")]
    content_type: String,
}

/// An item and how its image gets in.
#[derive(Debug, Serialize, ToSchema)]
pub struct Ticket {
    /// The item, which waits for its image.
    item: Item,
    /// The form to post the image with, within five minutes.
    upload: UploadForm,
}

/// Makes an item that waits for its image, and the form that brings it. An item that has waited for
/// a day is removed, and 100 of a user may wait at one time.
#[utoipa::path(post, path = "/items/uploads", tag = "items", operation_id = "create_upload",
    responses((status = CREATED, body = Ticket)))]
async fn form(
    State(app): State<App>,
    Caller(user): Caller,
    observed: Observed,
    Json(request): Json<FormRequest>,
) -> Result<impl IntoResponse, Problem> {
    let format = Format::of_mime_type(&request.content_type).ok_or_else(|| {
        Problem::bad_request("content_type must be image/png, image/jpeg, image/webp or image/gif")
    })?;
    make_room(&app, &user).await?;
    let id = ItemId::generate();
    let key = ObjectKey::image(user.as_str(), id.as_str(), format.extension());
    let new = NewItem {
        id: id.clone(),
        user_id: user.clone(),
        filename: format!("{id}.{}", format.extension()),
        original_filename: request.filename.as_deref().map(clean),
        file_path: key.to_string(),
        file_size: None,
        mime_type: Some(format.mime_type().to_owned()),
        status: Status::AwaitingUpload,
    };
    let rules = UploadRules {
        content_type: format.mime_type().to_owned(),
        max_bytes: MAX_DIRECT,
        expires_in: FORM_LIFETIME,
        trace: Some(observed.trace),
    };
    let upload = app.objects.presign_upload(&key, &rules).await?;
    let mut db = app.connection().await?;
    items::insert(&mut db, &new).await?;
    let item = items::get(&mut db, &user, &id)
        .await?
        .ok_or_else(Problem::not_found)?;
    Ok((StatusCode::CREATED, axum::Json(Ticket { item, upload })))
}

/// Removes what the user did not upload for a day, and refuses to let more wait than may.
async fn make_room(app: &App, user: &UserId) -> Result<(), Problem> {
    let mut db = app.connection().await?;
    let removed = items::forget_awaited(&mut db, user, FORGOTTEN_AFTER).await?;
    if removed > 0 {
        tracing::info!(removed, "items whose images never came are removed");
    }
    let most = app.limits.open_uploads;
    if items::count_awaited(&mut db, user).await? < most {
        return Ok(());
    }
    let detail = format!(
        "{most} items wait for their images; post these, delete their items, or wait: an item \
         whose image has not come within a day is removed"
    );
    Err(Problem::enough(detail, FORM_LIFETIME))
}
