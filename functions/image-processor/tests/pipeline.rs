//! The function between a small AWS and a real PostgreSQL: once per version of an object.
#![allow(clippy::unwrap_used)]

use std::sync::Arc;
use std::time::Duration;

use collections_core::Cloud;
use collections_core::Settings;
use collections_core::contract::functions::ImageProcessor;
use collections_core::contract::{EnvKey, events::ResizeRequested};
use collections_core::db::{Db, items};
use collections_core::domain::{Item, Status};
use collections_core::lambda::Invocation;
use collections_core::queue::{self, Answer, Delivery};
use image_processor::processor::Processor;
use serde_json::{Value, json};
use testkit::events::{delivery, delivery_of, envelope, malformed, object_created};
use testkit::{FakeAws, TestDatabase};
use tokio::sync::Notify;

const KEY: &str = "u/images/a.png";
const PNG: &[u8] = b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR\0\0\0\x01\0\0\0\x01\x08\x02\0\0\0\x90wS\xde\0\0\0\x0cIDATx\x9cc\xf8\xcf\xc0\0\0\x03\x01\x01\0\xc9\xfe\x92\xef\0\0\0\0IEND\xaeB`\x82";

struct World {
    aws: FakeAws,
    database: TestDatabase,
    processor: Processor,
}

impl World {
    async fn new() -> Self {
        let (aws, database) = (FakeAws::start().await, testkit::database().await);
        let settings =
            Settings::from_values([(EnvKey::BucketName, testkit::aws::BUCKET.to_owned())]);
        let cloud = Cloud::<ImageProcessor>::new(settings, aws.config());
        let db = Db::over(database.pool());
        let processor = Processor::over(cloud.objects().unwrap(), cloud.events(), db);
        aws.state().objects.insert(KEY.to_owned(), PNG.to_vec());
        Self {
            aws,
            database,
            processor,
        }
    }

    async fn deliver(&self, events: &[Value]) -> Answer {
        let delivery: Delivery = serde_json::from_value(delivery(events)).unwrap();
        let handle = |envelope| self.processor.handle(envelope);
        queue::each(delivery, &Invocation::default(), handle)
            .await
            .unwrap()
    }

    async fn item(&self) -> Item {
        let mut db = self.database.pool().acquire().await.unwrap();
        let (user, id) = ("u".parse().unwrap(), "a".parse().unwrap());
        items::get(&mut db, &user, &id).await.unwrap().unwrap()
    }

    /// Delivers an event, and does something else once its image is read.
    async fn deliver_and_meanwhile(&self, event: Value, other: impl Future<Output = ()>) {
        let reading = Arc::new(Notify::new());
        let reads = {
            let mut state = self.aws.state();
            state.hold_read = Some(reading.clone());
            state.object_reads
        };
        let meanwhile = async {
            while self.aws.state().object_reads == reads {
                tokio::time::sleep(Duration::from_millis(5)).await;
            }
            other.await;
            reading.notify_one();
        };
        let events = [event];
        let (answer, ()) = tokio::join!(self.deliver(&events), meanwhile);
        assert_eq!(answer, Answer::default());
    }

    /// What the API does, in its order.
    async fn delete(&self) {
        self.aws.state().objects.clear();
        let mut db = self.database.pool().acquire().await.unwrap();
        let (user, id) = ("u".parse().unwrap(), "a".parse().unwrap());
        items::delete(&mut db, &user, &id).await.unwrap().unwrap();
    }

    async fn is_gone(&self) {
        let mut db = self.database.pool().acquire().await.unwrap();
        let rows: i64 = sqlx::query_scalar("SELECT count(*) FROM items")
            .fetch_one(&mut *db)
            .await
            .unwrap();
        assert_eq!((rows, self.announced()), (0, 0));
        assert!(self.aws.state().objects.is_empty());
    }

    fn announced(&self) -> usize {
        self.aws.events("ImageProcessed").len()
    }
}

fn failed(answer: &Answer) -> Vec<&str> {
    answer
        .batch_item_failures
        .iter()
        .map(|failure| failure.item_identifier.as_str())
        .collect()
}

#[tokio::test]
async fn a_stored_image_becomes_an_item_with_a_thumbnail_and_an_event() {
    let world = World::new().await;
    assert_eq!(
        world.deliver(&[object_created(KEY, "01")]).await,
        Answer::default()
    );
    assert!(world.aws.state().objects["u/thumbnails/a.jpg"].starts_with(&[0xff, 0xd8]));
    let event = json!({"item_id": "a", "user_id": "u", "bucket": "images", "original_key": KEY,
        "thumbnail_key": "u/thumbnails/a.jpg"});
    assert_eq!(world.aws.events("ImageProcessed"), [event]);
    assert_eq!(
        world.aws.state().events[0].trace.as_deref(),
        Some(testkit::events::TRACE)
    );
    let item = world.item().await;
    assert_eq!((item.status, item.width), (Status::Processed, Some(1)));
    assert_eq!(item.mime_type.as_deref(), Some("image/png"));
}

#[tokio::test]
async fn the_trace_of_the_request_that_stored_an_image_goes_on() {
    let world = World::new().await;
    let stored = "Root=1-00000001-00000000000000000000000a;Parent=000000000000000b;Sampled=1";
    for (found, passed_on) in [
        (stored, stored),
        ("Root=1-nonsense\u{9}", testkit::events::TRACE),
    ] {
        {
            let mut state = world.aws.state();
            state.traces.insert(KEY.to_owned(), found.to_owned());
            state.events.clear();
        }
        world.deliver(&[object_created(KEY, found)]).await;
        let trace = world.aws.state().events[0].trace.clone();
        assert_eq!(trace.as_deref(), Some(passed_on));
    }
}

#[tokio::test]
async fn duplicates_and_reordered_versions_give_one_result() {
    let world = World::new().await;
    let created = object_created(KEY, "02");
    assert_eq!(
        world.deliver(std::slice::from_ref(&created)).await,
        Answer::default()
    );
    world
        .deliver(&[created.clone(), object_created(KEY, "01"), created])
        .await;
    world.deliver(&[object_created(KEY, "01")]).await;
    assert_eq!(world.announced(), 1);
    assert_eq!(
        world.deliver(&[object_created(KEY, "03")]).await,
        Answer::default()
    );
    assert_eq!(world.announced(), 2);
}

#[tokio::test]
async fn of_the_same_event_at_once_one_is_processed_and_none_is_lost() {
    let world = World::new().await;
    let created = object_created(KEY, "01");
    let mut again = vec![created; 5];
    // Whoever finds the work taken fails, and so is delivered again.
    while !again.is_empty() {
        let answer = world.deliver(&again).await;
        again.truncate(answer.batch_item_failures.len());
    }
    assert_eq!(world.announced(), 1);
}

#[tokio::test]
async fn a_bad_record_fails_alone() {
    let world = World::new().await;
    let unknown = envelope(
        "x",
        &collections_core::contract::events::RebuildRequested {
            user_id: "u".into(),
        },
    );
    let mut broken = object_created(KEY, "05");
    broken["detail"] = json!({"object": 5});
    let events = [
        unknown,
        object_created(KEY, "01"),
        broken,
        json!("no event"),
        json!({}),
    ];
    assert_eq!(
        failed(&world.deliver(&events).await),
        ["m0", "m2", "m3", "m4"]
    );
    assert_eq!(world.announced(), 1);
}

#[tokio::test]
async fn a_failure_before_the_event_is_repeated_until_the_event_is_out() {
    let world = World::new().await;
    let created = object_created(KEY, "01");
    // The SDK itself tries three times.
    world.aws.state().failures = 3;
    assert_eq!(
        failed(&world.deliver(std::slice::from_ref(&created)).await),
        ["m0"]
    );
    world.aws.state().refuse_events = vec![vec![0]; 4];
    assert_eq!(
        failed(&world.deliver(std::slice::from_ref(&created)).await),
        ["m0"]
    );
    assert_eq!(world.announced(), 0);
    assert_eq!(world.deliver(&[created]).await, Answer::default());
    assert_eq!(world.announced(), 1);
}

#[tokio::test]
async fn a_refused_image_tells_its_owner_why_and_goes_no_further() {
    let world = World::new().await;
    world
        .aws
        .state()
        .objects
        .insert(KEY.to_owned(), b"no image".to_vec());
    assert_eq!(
        world.deliver(&[object_created(KEY, "01")]).await,
        Answer::default()
    );
    let item = world.item().await;
    assert_eq!(item.status, Status::Refused);
    assert!(
        item.status_reason
            .unwrap()
            .contains("no PNG, JPEG, WebP or GIF")
    );
    assert_eq!(world.announced(), 0);
    world
        .aws
        .state()
        .objects
        .insert(KEY.to_owned(), PNG.to_vec());
    world.deliver(&[object_created(KEY, "02")]).await;
    assert_eq!(world.item().await.status, Status::Processed);
}

#[tokio::test]
async fn thumbnails_foreign_keys_and_deleted_images_are_left_alone() {
    let world = World::new().await;
    let keys = [
        "u/thumbnails/a.jpg",
        "test/test.txt",
        "images/x",
        "u/images/gone.png",
    ];
    let events: Vec<_> = keys.iter().map(|key| object_created(key, "01")).collect();
    assert_eq!(world.deliver(&events).await, Answer::default());
    assert_eq!((world.announced(), world.aws.state().object_reads), (0, 1));
    assert_eq!(world.aws.state().objects.len(), 1);
}

#[tokio::test]
async fn what_is_deleted_while_it_is_looked_at_does_not_come_back() {
    let world = World::new().await;
    let created = object_created(KEY, "01");
    world
        .deliver_and_meanwhile(created.clone(), world.delete())
        .await;
    world.is_gone().await;
    // Announced once more, when nothing is left.
    world.deliver(&[object_created(KEY, "02")]).await;
    world.is_gone().await;
}

#[tokio::test]
async fn a_thumbnail_shows_the_latest_version_in_whatever_order_they_are_done() {
    let wide = encoded(&image::DynamicImage::new_rgb8(40, 20));
    let world = World::new().await;
    let replaced = async {
        let key = KEY.to_owned();
        world.aws.state().objects.insert(key, wide.clone());
        let later = [object_created(KEY, "02")];
        assert_eq!(world.deliver(&later).await, Answer::default());
    };
    let first = object_created(KEY, "01");
    world.deliver_and_meanwhile(first, replaced).await;
    let size = |world: &World| {
        let jpeg = world.aws.state().objects["u/thumbnails/a.jpg"].clone();
        image::load_from_memory(&jpeg).unwrap().width()
    };
    assert_eq!((size(&world), world.item().await.width), (40, Some(40)));
    assert_eq!(world.announced(), 1);

    // So does one that was asked for before.
    let replaced = async {
        let key = KEY.to_owned();
        world.aws.state().objects.insert(key, PNG.to_vec());
        let later = [object_created(KEY, "03")];
        assert_eq!(world.deliver(&later).await, Answer::default());
    };
    world
        .deliver_and_meanwhile(envelope("r", &resize()), replaced)
        .await;
    assert_eq!((size(&world), world.item().await.width), (1, Some(1)));
}

fn encoded(image: &image::DynamicImage) -> Vec<u8> {
    let mut bytes = std::io::Cursor::new(Vec::new());
    image.write_to(&mut bytes, image::ImageFormat::Png).unwrap();
    bytes.into_inner()
}

fn resize() -> ResizeRequested {
    ResizeRequested {
        item_id: "a".into(),
        user_id: "u".into(),
        bucket: "images".into(),
        original_key: KEY.into(),
    }
}

#[tokio::test]
async fn a_thumbnail_is_made_again_on_request_and_no_model_is_asked() {
    let world = World::new().await;
    world.deliver(&[object_created(KEY, "01")]).await;
    world.aws.state().objects.remove("u/thumbnails/a.jpg");
    let pool = world.database.pool();
    let refused = "UPDATE items SET status = 'refused', status_reason = 'a model said no'";
    sqlx::query(refused).execute(&pool).await.unwrap();
    assert_eq!(
        world.deliver(&[envelope("r", &resize())]).await,
        Answer::default()
    );
    assert!(world.aws.state().objects.contains_key("u/thumbnails/a.jpg"));
    assert_eq!(world.announced(), 1, "that of the upload");
    assert_eq!(world.item().await.status, Status::Refused);
}

#[tokio::test]
async fn no_malformed_event_stops_the_others_or_is_taken_for_handled() {
    let world = World::new().await;
    let good = envelope("r", &resize());
    let mut bodies = malformed(&good, &["original_key"]);
    let (broken, last) = (bodies.len(), good.to_string());
    bodies.push(last);
    let delivery: Delivery = serde_json::from_value(delivery_of(&bodies)).unwrap();
    let answer = {
        let handle = |envelope| world.processor.handle(envelope);
        queue::each(delivery, &Invocation::default(), handle)
            .await
            .unwrap()
    };
    let failed: Vec<_> = answer
        .batch_item_failures
        .iter()
        .map(|failure| failure.item_identifier.clone())
        .collect();
    let handled = (0..broken).filter(|n| !failed.contains(&format!("m{n}")));
    let handled: Vec<_> = handled.map(|n| &bodies[n]).collect();
    assert!(handled.is_empty(), "{handled:#?}");
    assert_eq!(failed.len(), broken);
    assert_eq!(world.item().await.width, Some(1), "the good one");
}
