//! test-api: every operation that the API describes, called as two users, with and without a token.

mod calls;
mod operation;
mod shape;

use serde_json::Value;

use super::client::{Client, is_searchable};
use super::guest::{self, Guest};
use super::report::{Case, LeftOut};
use super::target::Target;
use super::{Check, Setting, Stop, Trail};
use crate::error::{Error, Result};
use crate::event::Events;

/// The name of the whole.
pub const SUITE: &str = "api";

/// Two users, and what the first of them has.
pub(crate) struct World {
    pub(crate) document: Value,
    pub(crate) ann: Client,
    pub(crate) bob: Client,
    pub(crate) item: String,
    pub(crate) analysis: String,
    pub(crate) session: String,
}

/// Why the whole cannot be run in an environment, where it cannot: what is called is what the API
/// describes, and in production it does not.
pub fn left_out(target: &Target) -> Option<LeftOut> {
    (target.environment == "prod").then(|| LeftOut {
        suite: SUITE.to_owned(),
        because: "the API does not describe itself in prod (/openapi.json); staging runs the same \
                  code"
            .to_owned(),
    })
}

/// One check per operation, after the users and an item are there.
pub async fn run<S: Future<Output = ()> + Send + Clone>(
    target: &Target,
    events: &Events,
    stop: S,
) -> Result<Vec<Case>> {
    if left_out(target).is_some() {
        return Ok(Vec::new());
    }
    let setting = Setting::new(SUITE, "Two users, an item that search finds, a chat");
    let world = setting.make(async |trail| world(target, trail).await, stop.clone());
    let mut cases = Vec::new();
    if let Some(world) = world.await {
        let world = std::sync::Arc::new(world);
        let checks: Vec<Box<dyn Check>> = operation::all(&world)
            .into_iter()
            .map(|operation| Box::new(operation) as Box<dyn Check>)
            .collect();
        let ran = super::run(SUITE, &checks, target, events, stop).await;
        match ran {
            Ok(ran) => cases = ran,
            Err(error) => {
                setting.leave(events).await;
                return Err(error);
            }
        }
    }
    cases.insert(0, setting.leave(events).await);
    Ok(cases)
}

async fn world(target: &Target, trail: &Trail) -> Result<World, Stop> {
    let fix = target.command("deploy --function api");
    let document = trail.hop("description", fix, async {
        let document = target.get("/openapi.json", None).await?.expect(200)?;
        match document.get("paths").and_then(Value::as_object) {
            Some(paths) if !paths.is_empty() => Ok(document),
            _ => Err(Error::failed("/openapi.json describes nothing")),
        }
    });
    let document = document.await?;
    let Guest { token, .. } = guest::welcome(target, trail, "ann").await?;
    let ann = Client::new(target, &token);
    let Guest { token, .. } = guest::welcome(target, trail, "bob").await?;
    let bob = Client::new(target, &token);
    for client in [ann.clone(), bob.clone()] {
        trail.clean_up(
            "items of the users",
            async move { client.remove_all().await },
        );
    }
    let fix = target.command("logs image-processor");
    let item = trail
        .hop("upload", target.command("logs api"), async {
            let item = ann.upload().await?.expect(201)?;
            id(&item)
        })
        .await?;
    let seen = ann.wait(&item, |item| {
        is_searchable(item) && item.pointer("/latest_analysis/id").is_some()
    });
    let analysis = trail
        .hop("pipeline", fix, async {
            let item = seen.await?;
            let id = item.pointer("/latest_analysis/id").and_then(Value::as_str);
            id.map(str::to_owned)
                .ok_or_else(|| Error::failed("the item has no analysis"))
        })
        .await?;
    let session = uuid::Uuid::new_v4().to_string();
    let said = ann.chat(&session, "What do I have about clocks?");
    trail.hop("chat", target.command("logs api"), said).await?;
    Ok(World {
        document,
        ann,
        bob,
        item,
        analysis,
        session,
    })
}

/// The id in an answer.
pub(crate) fn id(answer: &Value) -> Result<String> {
    let id = answer.get("id").and_then(Value::as_str);
    id.map(str::to_owned)
        .ok_or_else(|| Error::failed(format!("the answer has no id: {answer}")))
}
