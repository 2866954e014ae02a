//! events: what is stored in the bucket reaches a function through the bus and its queue.

use std::time::{Duration, UNIX_EPOCH};

use async_trait::async_trait;
use contract::objects::Kind;

use super::s3::announces;
use crate::checks::target::Target;
use crate::checks::{Check, Stop, Trail};
use crate::cloud::logs::LogQuery;
use crate::error::{Doing as _, Error, Result};

/// The bus, a queue, a cold start, and the time until a log line can be found.
const PATIENCE: Duration = Duration::from_secs(60);
const PAUSE: Duration = Duration::from_millis(200);

pub(super) struct Events;

#[async_trait]
impl Check for Events {
    fn name(&self) -> String {
        "events".to_owned()
    }

    fn title(&self) -> String {
        "A stored object reaches a function through bus and queue".to_owned()
    }

    fn limit(&self) -> Duration {
        PATIENCE + Duration::from_secs(15)
    }

    async fn run(&self, target: &Target, trail: &Trail) -> Result<(), Stop> {
        let fix = target.command("deploy");
        let named = trail.hop("bucket and function", fix, async {
            let bucket = target.output("storage", "BucketName")?;
            let function = target.output("compute", "ImageProcessorFunctionName")?;
            Ok((bucket.to_owned(), function.to_owned()))
        });
        let (bucket, function) = named.await?;
        announces(target, trail, &bucket).await?;
        // Where images lie, so that the rule takes it up; named like none, so that the function
        // only says that it saw it: no row is made, no model is asked.
        let id = uuid::Uuid::new_v4().to_string();
        let key = format!("infra-test/{}/{id}", Kind::Image.folder());
        let objects = &target.cloud.objects;
        let (cleaner, whose, what) = (objects.clone(), bucket.clone(), key.clone());
        trail.clean_up(format!("object {key}"), async move {
            Ok(cleaner.delete(&whose, &what).await?)
        });
        let now = target.cloud.clock.now().duration_since(UNIX_EPOCH);
        let from = now
            .unwrap_or_default()
            .saturating_sub(Duration::from_secs(60));
        let put = objects.put(&bucket, &key, id.clone().into_bytes());
        let fix = format!("this identity needs s3:PutObject on {bucket}");
        trail.hop("store", fix, async { Ok(put.await?) }).await?;
        let query = LogQuery {
            group: format!("/aws/lambda/{function}"),
            from: i64::try_from(from.as_millis()).unwrap_or_default(),
            filter: Some(format!("\"{id}\"")),
        };
        let fix = format!(
            "follow it: the rule and the queue ({}), the function ({}), then {}",
            target.command("status"),
            target.command("logs image-processor"),
            target.command("drift")
        );
        trail
            .hop("function's log", fix, seen(target, &query, &id))
            .await?;
        trail.note(format!("seen by {function}"));
        Ok(())
    }
}

/// Waits until the function has written of it.
async fn seen(target: &Target, query: &LogQuery, id: &str) -> Result<()> {
    let waiting = async {
        loop {
            let mut next: Option<String> = None;
            loop {
                let page = target.cloud.logs.page(query, next.as_deref()).await?;
                let Some(page) = page else { break };
                if page.events.iter().any(|event| event.text.contains(id)) {
                    return Ok(());
                }
                next = page.next;
                if next.is_none() {
                    break;
                }
            }
            target.cloud.clock.sleep(PAUSE).await;
        }
    };
    let ended: Result<Result<()>> = tokio::time::timeout(PATIENCE, waiting)
        .await
        .doing("find it in the log");
    ended.unwrap_or_else(|_| {
        Err(Error::failed(format!(
            "{} says nothing of the object within {} s",
            query.group,
            PATIENCE.as_secs()
        )))
    })
}
