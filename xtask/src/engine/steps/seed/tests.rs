//! Seeding for somebody who has other things, against a real database.

#![allow(clippy::unwrap_used)]

use std::collections::BTreeMap;
use std::path::Path;
use std::sync::Arc;

use async_trait::async_trait;
use collections_core::db::embeddings::{self, DIMENSIONS, NewEmbedding};
use collections_core::db::operate;
use contract::objects::ObjectKey;
use sqlx::PgPool;
use time::OffsetDateTime;

use super::*;
use crate::cloud::CloudResult;
use crate::cloud::fake::Fake;
use crate::cloud::functions::{CodeAt, FunctionVersion, Functions, Readiness, Variables};
use crate::dataset::GOLDEN;
use crate::event::{Event, Recorder};

/// As many as the embedder makes in the time of one invocation.
const AT_ONCE: i64 = 40;

/// `ops` and the embedder, on a database.
struct OnDatabase {
    fake: Fake,
    pool: PgPool,
}

async fn ops(pool: &PgPool, payload: &Value) -> anyhow::Result<Value> {
    let request = match payload.get("migrate") {
        Some(_) => operate::Request::Migrate { dry_run: false },
        None => serde_json::from_value(payload["database"].clone())?,
    };
    let mut connection = pool.acquire().await?;
    operate::handle(&mut connection, "dev", request).await
}

async fn embed(pool: &PgPool, user: &UserId) -> anyhow::Result<Value> {
    let mut connection = pool.acquire().await?;
    let since = OffsetDateTime::UNIX_EPOCH;
    let pending = embeddings::stale(&mut connection, user, since, None, AT_ONCE).await?;
    for pending in pending {
        let new = NewEmbedding {
            item_id: pending.item_id,
            analysis_id: pending.id,
            user_id: user.clone(),
            vector: vec![1.0; DIMENSIONS],
            model: "test".to_owned(),
            source: json!({}),
        };
        embeddings::upsert(&mut connection, &new).await?;
    }
    Ok(Value::Null)
}

#[async_trait]
impl Functions for OnDatabase {
    async fn invoke(&self, function: &str, _at: &str, payload: &Value) -> CloudResult<Answer> {
        let (pool, is_ops, payload) = (self.pool.clone(), function == "ops", payload.clone());
        let runtime = tokio::runtime::Handle::current();
        // Work on a connection stays on its thread.
        let answer = tokio::task::spawn_blocking(move || {
            runtime.block_on(async {
                if is_ops {
                    return ops(&pool, &payload).await;
                }
                let user = payload["detail"]["user_id"].as_str().unwrap();
                embed(&pool, &user.parse().unwrap()).await
            })
        });
        let answer = answer.await.unwrap();
        Ok(answer.map_or_else(|error| Answer::Failed(error.to_string()), Answer::Value))
    }

    async fn aliased(&self, function: &str, alias: &str) -> CloudResult<Option<FunctionVersion>> {
        self.fake.aliased(function, alias).await
    }

    async fn variables(&self, function: &str, alias: &str) -> CloudResult<Option<Variables>> {
        self.fake.variables(function, alias).await
    }

    async fn versions(&self, function: &str) -> CloudResult<Vec<FunctionVersion>> {
        self.fake.versions(function).await
    }

    async fn update_code(&self, function: &str, code: &CodeAt) -> CloudResult<String> {
        self.fake.update_code(function, code).await
    }

    async fn readiness(&self, function: &str, at: &str) -> CloudResult<Readiness> {
        self.fake.readiness(function, at).await
    }

    async fn publish(&self, function: &str, revision: &str, code: &str) -> CloudResult<String> {
        self.fake.publish(function, revision, code).await
    }

    async fn move_alias(&self, function: &str, alias: &str, version: &str) -> CloudResult<()> {
        self.fake.move_alias(function, alias, version).await
    }
}

fn deployed() -> Deployed {
    let output = |name: &str, value: &str| BTreeMap::from([(name.to_owned(), value.to_owned())]);
    let mut compute = output("OpsFunctionName", "ops");
    compute.extend(output("EmbedderFunctionName", "embedder"));
    Deployed {
        environment: "dev".into(),
        outputs: BTreeMap::from([
            ("compute".to_owned(), compute),
            ("storage".to_owned(), output("BucketName", "images")),
        ]),
    }
}

/// What an import of somebody's own collection leaves.
async fn other_things(pool: &PgPool, owner: &UserId, count: usize) {
    let items = (0..count).map(|number| Loaded {
        id: format!("own-{number}").parse().unwrap(),
        original_filename: format!("{number}.png"),
        mime_type: "image/png".to_owned(),
        file_size: 1,
        width: None,
        height: None,
        raw_response: json!({ "category": "Own", "summary": "One of my own." }),
    });
    let items: Vec<Loaded> = items.collect();
    for batch in items.chunks(BATCH) {
        let request = Request::Load {
            user_id: owner.clone(),
            items: batch.to_vec(),
        };
        let asked = json!({ "database": request });
        ops(pool, &asked).await.unwrap();
    }
    for _ in 0..2 {
        embed(pool, owner).await.unwrap();
    }
}

#[tokio::test]
async fn somebody_with_more_things_than_the_set_gets_the_whole_set() {
    let database = testkit::database().await;
    let fake = Fake::new();
    let functions = Arc::new(OnDatabase {
        fake: fake.clone(),
        pool: database.pool(),
    });
    let owner: UserId = "owner".parse().unwrap();
    other_things(&database.pool(), &owner, GOLDEN.1 + 5).await;
    let set = Path::new(env!("CARGO_MANIFEST_DIR")).join("..");
    let set = DataSet::read(&set.join(GOLDEN.0)).unwrap();
    // The pipeline, which makes thumbnails, is somebody else's test.
    fake.with(|world| {
        let bucket = world.buckets.entry("images".into()).or_default();
        for item in &set.items {
            let id = item.id_for(&owner).unwrap();
            let key = ObjectKey::thumbnail(owner.as_str(), id.as_str());
            bucket.insert(key.to_string(), Vec::new());
        }
    });
    let mut cloud = fake.cloud();
    cloud.functions = functions;
    let (heard, events) = Recorder::pair();
    let seeding = Seeding {
        cloud: &cloud,
        events: &events,
        deployed: &deployed(),
        set: &set,
        owner,
    };
    assert!(!seeding.is_whole().await.unwrap());
    let seeded = seeding.run(Way::Rows).await.unwrap();
    let all = GOLDEN.1 as i64;
    let whole = Counts {
        items: all,
        searchable: all,
        analyses: all,
        embeddings: all,
    };
    assert_eq!(seeded.counts, whole);
    assert_eq!(seeding.count(None).await.unwrap().embeddings, 2 * all + 5);
    let steps = heard.events();
    let embedded = steps
        .iter()
        .any(|event| matches!(event, Event::Finished { step, .. } if step == "embed the analyses"));
    assert!(embedded, "{steps:?}");
    assert!(seeding.is_whole().await.unwrap());
}
