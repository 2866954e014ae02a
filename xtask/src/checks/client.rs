//! The API as one user sees it.

use std::time::{Duration, Instant};

use serde_json::{Value, json};

use super::target::{Answered, Target, answered};
use crate::error::{Doing as _, Error, Result};
use crate::secret::Secret;

/// An image with a caption in its metadata and words in the picture.
pub const IMAGE: &[u8] = include_bytes!("../../../golden/images/prague-clock-post.png");
/// What the image is called.
pub const IMAGE_NAME: &str = "prague-clock-post.png";
/// What it is.
pub const IMAGE_TYPE: &str = "image/png";
/// Three cold starts and two models.
pub const PATIENCE: Duration = Duration::from_secs(90);

const BOUNDARY: &str = "a-boundary-between-the-fields";
const PAUSE: Duration = Duration::from_millis(150);

/// The API allows a user so many requests in a second; after that it says so, and a request waits
/// until it is sent again: as long as the API says, or this long.
const AFTER_TOO_MANY: Duration = Duration::from_millis(250);
const AT_MOST: Duration = Duration::from_secs(10);
const ATTEMPTS: usize = 40;
const TOO_MANY: u16 = 429;

/// Somebody with a token.
#[derive(Clone)]
pub struct Client {
    target: Target,
    token: Secret,
}

impl Client {
    /// Calls with this token.
    pub fn new(target: &Target, token: &Secret) -> Self {
        Self {
            target: target.clone(),
            token: token.clone(),
        }
    }

    /// A request; a body makes it JSON.
    pub async fn send(&self, method: &str, path: &str, body: Option<&Value>) -> Result<Answered> {
        let method = reqwest::Method::from_bytes(method.as_bytes()).doing("read the method")?;
        let url = format!("{}{path}", self.target.api);
        let request = self.target.http.request(method, url);
        let request = request.bearer_auth(self.token.expose());
        let request = match body {
            Some(body) => request.json(body),
            None => request,
        };
        answered(request).await
    }

    /// A request that waits until the API takes it; the time is that of the answer alone.
    pub async fn send_patiently(
        &self,
        method: &str,
        path: &str,
        body: Option<&Value>,
    ) -> Result<(Answered, Duration)> {
        for _ in 0..ATTEMPTS {
            let begun = Instant::now();
            let answer = self.send(method, path, body).await?;
            if answer.status != TOO_MANY {
                return Ok((answer, begun.elapsed()));
            }
            let pause = answer.retry_after.unwrap_or(AFTER_TOO_MANY);
            tokio::time::sleep(pause.min(AT_MOST)).await;
        }
        Err(Error::failed("the API takes no more requests of this user")
            .hint("somebody else asks as the same user; wait, and run it again"))
    }

    /// A GET that must succeed.
    pub async fn get(&self, path: &str) -> Result<Value> {
        self.send("GET", path, None).await?.expect(200)
    }

    /// Uploads the image with the request.
    pub async fn upload(&self) -> Result<Answered> {
        let mut body = format!(
            "--{BOUNDARY}\r\nContent-Disposition: form-data; name=\"file\"; \
             filename=\"{IMAGE_NAME}\"\r\nContent-Type: {IMAGE_TYPE}\r\n\r\n"
        )
        .into_bytes();
        body.extend_from_slice(IMAGE);
        body.extend_from_slice(format!("\r\n--{BOUNDARY}--\r\n").as_bytes());
        let request = self.target.http.post(format!("{}/items", self.target.api));
        let content_type = format!("multipart/form-data; boundary={BOUNDARY}");
        let request = request.header(reqwest::header::CONTENT_TYPE, content_type);
        answered(request.bearer_auth(self.token.expose()).body(body)).await
    }

    /// Searches; the ids of the items that were found.
    pub async fn search(&self, kind: &str, query: &str) -> Result<Vec<String>> {
        let body = json!({ "query": query, "search_type": kind, "include_answer": false });
        let answer = self.send("POST", "/search", Some(&body)).await?;
        let found = answer.expect(200)?;
        let results = found.get("results").and_then(Value::as_array);
        let ids = results.into_iter().flatten();
        let ids = ids.filter_map(|hit| hit.get("item_id")?.as_str().map(str::to_owned));
        Ok(ids.collect())
    }

    /// Waits until an item has come this far.
    pub async fn wait(&self, item: &str, holds: impl Fn(&Value) -> bool) -> Result<Value> {
        let begun = Instant::now();
        loop {
            let answer = self.send("GET", &format!("/items/{item}"), None).await?;
            let status = answer.body.get("status").and_then(Value::as_str);
            if status == Some("refused") {
                let reason = answer.body.get("status_reason").and_then(Value::as_str);
                return Err(Error::failed(format!(
                    "the image is refused: {}",
                    reason.unwrap_or("no reason given")
                )));
            }
            if answer.status == 200 && holds(&answer.body) {
                return Ok(answer.body);
            }
            if begun.elapsed() > PATIENCE {
                let status = status.map_or_else(|| answer.words(), str::to_owned);
                return Err(Error::failed(format!(
                    "it is still {status} after {} s",
                    PATIENCE.as_secs()
                )));
            }
            tokio::time::sleep(PAUSE).await;
        }
    }

    /// Says something in a session; the answer's words.
    pub async fn chat(&self, session: &str, message: &str) -> Result<String> {
        let body = json!({ "message": message, "session_id": session });
        let answer = self.send("POST", "/chat", Some(&body)).await?.expect(200)?;
        match answer.pointer("/message/content").and_then(Value::as_str) {
            Some(said) if !said.is_empty() => Ok(said.to_owned()),
            _ => Err(Error::failed("the answer says nothing")),
        }
    }

    async fn page(&self, path: &str) -> Result<Value> {
        let (answer, _) = self.send_patiently("GET", path, None).await?;
        answer.expect(200)
    }

    /// Removes every item and every chat of the user, as fast as the API lets.
    pub async fn remove_all(&self) -> Result<()> {
        let page = self.page("/conversations?limit=100").await?;
        let conversations = page.get("conversations").and_then(Value::as_array);
        for conversation in conversations.into_iter().flatten() {
            let id = conversation.get("conversation_id").and_then(Value::as_str);
            let path = format!("/conversations/{}", id.unwrap_or_default());
            self.send_patiently("DELETE", &path, None).await?;
        }
        loop {
            let page = self.page("/items?limit=100").await?;
            let items = page.get("items").and_then(Value::as_array);
            let ids = items
                .into_iter()
                .flatten()
                .filter_map(|item| item.get("id")?.as_str());
            let ids: Vec<&str> = ids.collect();
            if ids.is_empty() {
                return Ok(());
            }
            for id in ids {
                let path = format!("/items/{id}");
                let (answer, _) = self.send_patiently("DELETE", &path, None).await?;
                if answer.status != 404 {
                    answer.expect(200)?;
                }
            }
        }
    }
}

/// An item has come to where search finds it.
pub fn is_searchable(item: &Value) -> bool {
    item.get("status").and_then(Value::as_str) == Some("searchable")
}
