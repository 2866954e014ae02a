//! Pushes to a real registry: once, only what is new, and without saying the password.

use std::path::Path;

use xtask::artifacts::images::{ImageBuilder, Maker, Order, Platform};
use xtask::artifacts::{self, Artifact};
use xtask::cloud::Cloud;
use xtask::event::{Event, Recorder};

use crate::server::{PASSWORD, Server};
use crate::{base, ecr};

/// A base and images on it without a real binary: enough for everything but running them.
struct Bench {
    open: Server,
    door: Server,
    folder: tempfile::TempDir,
    base: String,
}

impl Bench {
    async fn new() -> Self {
        let open = Server::open();
        let tar = tar::Builder::new(Vec::new()).into_inner().unwrap();
        let base = base::push(&open.host, &tar, &gzip(&tar), "arm64").await;
        Self {
            open,
            door: Server::with_door(),
            folder: tempfile::tempdir().unwrap(),
            base,
        }
    }

    async fn image(&self, text: &str) -> Artifact {
        let mut binary = b"\x7fELF".to_vec();
        binary.resize(18, 0);
        binary.extend_from_slice(&[183, 0]);
        binary.extend_from_slice(text.as_bytes());
        let path = self.folder.path().join("binary");
        std::fs::write(&path, &binary).unwrap();
        let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("..");
        let store = self.folder.path().join("store");
        let builder = ImageBuilder::open(&root, store, &self.base, Platform::Arm64, Maker::Tool);
        let order = Order {
            function: "api",
            purpose: "Is tested.",
            binary: &path,
        };
        let events = Recorder::pair().1;
        builder.await.unwrap().build(&order, &events).await.unwrap()
    }

    /// What the push of an image said at its end, if it did anything.
    async fn push(&self, cloud: &Cloud, image: &Artifact) -> Option<String> {
        let (recorder, events) = Recorder::pair();
        let repository = format!("{}/api", self.door.host);
        let image = image.image().unwrap();
        artifacts::push("api", image, &repository, cloud.images.as_ref(), &events)
            .await
            .unwrap();
        recorder.events().into_iter().find_map(|event| match event {
            Event::Finished { detail, .. } => detail,
            _ => None,
        })
    }
}

fn gzip(bytes: &[u8]) -> Vec<u8> {
    let mut gzip = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::fast());
    std::io::Write::write_all(&mut gzip, bytes).unwrap();
    gzip.finish().unwrap()
}

#[tokio::test]
#[ignore = "needs docker-registry"]
async fn an_image_is_sent_once_and_of_a_new_one_only_what_is_new() {
    let bench = Bench::new().await;
    let cloud = ecr::cloud(&bench.door.host, PASSWORD).await;
    let first = bench.image(&"one ".repeat(500_000)).await;
    assert_eq!(bench.image(&"one ".repeat(500_000)).await, first);
    assert!(bench.push(&cloud, &first).await.is_some());
    assert_eq!(bench.push(&cloud, &first).await, None);
    let second = bench.image("two").await;
    assert_ne!(second.name(), first.name());
    assert_eq!(bench.push(&cloud, &second).await.unwrap(), "0.0 of 0.0 MB");
    // The base's layer went with the first image and lies there once.
    let blobs = bench
        .door
        .data()
        .join("data/docker/registry/v2/blobs/sha256");
    let blobs = std::fs::read_dir(blobs).unwrap();
    let blobs: usize = blobs
        .map(|entry| std::fs::read_dir(entry.unwrap().path()).unwrap().count())
        .sum();
    assert_eq!(
        blobs, 7,
        "two manifests, two configurations, two layers, one base"
    );
}

#[tokio::test]
#[ignore = "needs docker-registry"]
async fn a_refused_login_is_said_without_the_password() {
    let bench = Bench::new().await;
    let wrong = "canary-wrong-77aa";
    let cloud = ecr::cloud(&bench.door.host, wrong).await;
    let image = bench.image("one").await;
    let repository = format!("{}/api", bench.door.host);
    let (recorder, events) = Recorder::pair();
    let images = cloud.images.as_ref();
    let error = artifacts::push("api", image.image().unwrap(), &repository, images, &events)
        .await
        .unwrap_err();
    let token = {
        use base64::Engine as _;
        base64::engine::general_purpose::STANDARD.encode(format!("AWS:{wrong}"))
    };
    let said = format!(
        "{error} {error:?} {:?} {:?}",
        error.hints(),
        recorder.events()
    );
    assert!(said.contains("401"), "{said}");
    assert!(!said.contains(wrong) && !said.contains(&token), "{said}");
}

#[tokio::test]
#[ignore = "needs docker-registry"]
async fn the_token_goes_to_no_other_registry() {
    let bench = Bench::new().await;
    let cloud = ecr::cloud(&bench.door.host, PASSWORD).await;
    let image = bench.image("one").await;
    let repository = format!("{}/api", bench.open.host);
    let events = Recorder::pair().1;
    let images = cloud.images.as_ref();
    let error = artifacts::push("api", image.image().unwrap(), &repository, images, &events)
        .await
        .unwrap_err();
    assert!(error.to_string().contains("the token is for"), "{error}");
}

#[tokio::test]
#[ignore = "needs docker-registry"]
async fn a_base_that_was_used_before_needs_no_registry() {
    let bench = Bench::new().await;
    let first = bench.image("one").await;
    let Bench {
        open,
        folder,
        base,
        door,
    } = bench;
    drop(open);
    let open = Server::open();
    let bench = Bench {
        open,
        door,
        folder,
        base,
    };
    assert_eq!(bench.image("one").await.name(), first.name());
}
