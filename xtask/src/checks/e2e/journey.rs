//! What both ways have in common: from a stored original to search, chat, and gone.

use serde_json::Value;

use crate::checks::client::{Client, is_searchable};
use crate::checks::guest::Guest;
use crate::checks::target::Target;
use crate::checks::{Stop, Trail};
use crate::error::{Error, Result};

/// Words of the image's caption, and words of its meaning.
const WORDS: &str = "astronomical clock";
const MEANING: &str = "a medieval tower that shows the hour";

/// Follows an item through the pipeline.
pub(super) async fn follow(
    target: &Target,
    trail: &Trail,
    client: &Client,
    guest: &Guest,
    item: &str,
) -> Result<(), Stop> {
    let logs = |function: &str| target.command(&format!("logs {function}"));
    let thumbnail = async {
        let path = format!("/items/{item}/thumbnail");
        client
            .wait(item, |item| {
                text(item, "status") != "uploaded" && text(item, "status") != "awaiting_upload"
            })
            .await?;
        let location = client.get(&path).await?;
        let url = location
            .get("url")
            .and_then(Value::as_str)
            .unwrap_or_default();
        let answer = target.http.get(url).send().await;
        let answer = answer.and_then(reqwest::Response::error_for_status);
        let answer =
            answer.map_err(|error| Error::failed("the thumbnail is not there").because(error))?;
        let bytes = answer.bytes().await;
        let bytes =
            bytes.map_err(|error| Error::failed("the thumbnail breaks off").because(error))?;
        match bytes.starts_with(&[0xff, 0xd8, 0xff]) {
            true => Ok(bytes.len()),
            false => Err(Error::failed("the thumbnail is no JPEG")),
        }
    };
    let size = trail
        .hop("thumbnail", logs("image-processor"), thumbnail)
        .await?;
    trail.note(format!("JPEG of {size} bytes"));
    let analysis = async {
        let has = |item: &Value| {
            item.pointer("/latest_analysis/category")
                .is_some_and(Value::is_string)
        };
        let item = client.wait(item, has).await?;
        let category = item
            .pointer("/latest_analysis/category")
            .and_then(Value::as_str);
        Ok(category.unwrap_or_default().to_owned())
    };
    let category = trail.hop("analysis", logs("analyzer"), analysis).await?;
    trail.note(category);
    let embedding = async { client.wait(item, is_searchable).await.map(drop) };
    trail.hop("embedding", logs("embedder"), embedding).await?;
    for (kind, query) in [("bm25", WORDS), ("vector", MEANING), ("hybrid", MEANING)] {
        let found = async {
            let found = client.search(kind, query).await?;
            match found.iter().any(|id| id == item) {
                true => Ok(()),
                false => Err(Error::failed(format!("{query:?} does not find it"))),
            }
        };
        trail
            .hop(&format!("search {kind}"), logs("api"), found)
            .await?;
    }
    chat(target, trail, client).await?;
    removed(target, trail, client, guest, item).await
}

/// A question about the collection, and its session gone again.
async fn chat(target: &Target, trail: &Trail, client: &Client) -> Result<(), Stop> {
    let logs = target.command("logs api");
    let session = uuid::Uuid::new_v4().to_string();
    let said = trail
        .hop("chat", logs.clone(), client.chat(&session, MEANING))
        .await?;
    trail.note(said.chars().take(80).collect::<String>());
    let forget = async {
        let path = format!("/chat/{session}");
        client
            .send("DELETE", &path, None)
            .await?
            .expect(200)
            .map(drop)
    };
    trail.hop("forget the chat", logs, forget).await
}

/// Deleted is gone: for the API, for search and from the bucket.
async fn removed(
    target: &Target,
    trail: &Trail,
    client: &Client,
    guest: &Guest,
    item: &str,
) -> Result<(), Stop> {
    let gone = async {
        let path = format!("/items/{item}");
        client.send("DELETE", &path, None).await?.expect(200)?;
        client.send("GET", &path, None).await?.expect(404)?;
        if client
            .search("bm25", WORDS)
            .await?
            .iter()
            .any(|id| id == item)
        {
            return Err(Error::failed("search still finds it"));
        }
        let bucket = target.output("storage", "BucketName")?;
        let left = target
            .cloud
            .objects
            .list(bucket, &format!("{}/", guest.id))
            .await?;
        match left.iter().find(|key| key.contains(item)) {
            None => Ok(()),
            Some(key) => Err(Error::failed(format!("{key} is still in the bucket"))),
        }
    };
    trail.hop("delete", target.command("logs api"), gone).await
}

/// A text field of an answer.
fn text<'v>(value: &'v Value, field: &str) -> &'v str {
    value.get(field).and_then(Value::as_str).unwrap_or_default()
}

/// Removes what a journey that broke off leaves.
pub(super) fn clean_up(trail: &Trail, client: &Client) {
    let client: Client = client.clone();
    let work = async move { client.remove_all().await };
    trail.clean_up("items of the user", work);
}

/// How long a journey may take.
pub(super) const LIMIT: std::time::Duration = std::time::Duration::from_secs(240);

/// The id of the item in an answer to an upload.
pub(super) fn uploaded(answer: &Value) -> Result<String> {
    crate::checks::api::id(answer)
}
