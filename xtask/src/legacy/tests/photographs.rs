//! Images of the old app, beside a bucket that can be told what the pipeline makes of it.

use std::path::Path;

use collections_core::db::operate::Request;
use collections_core::db::operate::moving::{Import, Kind, Moving};
use testkit::old::{Dirt, Old};

use super::{Bench, Here, events, ids};
use crate::cloud::fake::Fake;
use crate::database::Database as _;
use crate::legacy::images::{self, Folder, Photographs, Shelf};
use crate::legacy::rollback::rollback;

const BUCKET: &str = "images";
const JPEG: &[u8] = &[0xff, 0xd8, 0xff, 1, 2, 3];

struct Gallery {
    fake: Fake,
    shelf: Shelf,
    import: Import,
}

impl Gallery {
    fn new() -> Self {
        let fake = Fake::new();
        fake.with(|world| {
            world.buckets.entry(BUCKET.into()).or_default();
        });
        let cloud = fake.cloud();
        let shelf = Shelf {
            media: cloud.media,
            objects: cloud.objects,
            clock: cloud.clock,
            bucket: BUCKET.into(),
            user: "owner".parse().unwrap(),
        };
        let import = ids().import(Kind::Images, "images".into(), b"/images");
        Self {
            fake,
            shelf,
            import,
        }
    }

    /// What the pipeline would make of what was stored.
    fn pipeline(&self, without: &str) {
        self.fake.with(|world| {
            let bucket = world.buckets.get_mut(BUCKET).unwrap();
            let images: Vec<String> = bucket.keys().cloned().collect();
            for key in images.iter().filter(|key| !key.contains(without)) {
                let thumbnail = key.replace("/images/", "/thumbnails/");
                bucket.insert(thumbnail, JPEG.to_vec());
            }
        });
    }

    async fn run(&self, here: &mut Here, folder: &Path, dry_run: bool) -> Photographs {
        let begin = Moving::Begin(self.import.clone());
        here.ask(Request::Moving(begin)).await.unwrap();
        let folder = Folder::read(folder).unwrap();
        images::run(&self.shelf, &folder, &self.import, here, dry_run, &events())
            .await
            .unwrap()
    }
}

#[tokio::test]
async fn images_go_where_their_items_are_and_what_is_missing_is_named() {
    let mut bench = Bench::of(&Old {
        items: 18,
        seed: 2,
        dirty_every: 1,
    })
    .await;
    assert_eq!(Dirt::ALL[0], Dirt::NoAnalysis);
    let source = bench.sqlite();
    bench.import(source).await;
    let before = bench.state().await;
    let images = bench.path("images");
    std::fs::create_dir_all(images.join("2025/thumbnails")).unwrap();
    let items: Vec<String> = bench
        .expected
        .items
        .iter()
        .map(|one| one.0.clone())
        .collect();
    let [missing, text, slow] = [&items[1], &items[2], &items[3]];
    for item in items.iter().filter(|item| *item != missing) {
        let bytes = if item == text { b"no image" } else { JPEG };
        std::fs::write(images.join(format!("2025/{item}.jpg")), bytes).unwrap();
    }
    std::fs::write(images.join("2025/thumbnails/a.jpg"), JPEG).unwrap();
    std::fs::write(images.join("stranger.jpg"), JPEG).unwrap();
    let stored = items.len() as u64 - 2;

    let gallery = Gallery::new();
    let dry = gallery.run(&mut bench.here, &images, true).await;
    assert_eq!(
        (dry.stored, dry.refused.len(), dry.unused.len()),
        (stored, 2, 1)
    );
    assert_eq!(bench.state().await, before);

    gallery.run(&mut bench.here, &images, false).await;
    gallery.pipeline(slow);
    let mut second = gallery.run(&mut bench.here, &images, false).await;
    assert_eq!(
        (second.stored, second.already),
        (1, stored - 1),
        "{second:#?}"
    );
    let said: Vec<String> = second
        .refused
        .iter()
        .map(|one| format!("{} {}", one.id, one.reason))
        .collect();
    assert_eq!(said.len(), 3, "{said:#?}");
    let says = |id: &str, why: &str| {
        said.iter()
            .any(|one| one.starts_with(id) && one.contains(why))
    };

    second
        .write("local", &gallery.import, &bench.path("reports"))
        .unwrap();
    let written = std::fs::read_to_string(&second.files[0]).unwrap();
    for part in [missing.as_str(), text, slow, "stranger.jpg"] {
        assert!(written.contains(part), "{part}: {written}");
    }
    assert!(says(missing, "has no"), "{said:#?}");
    assert!(says(text, "no JPEG"), "{said:#?}");
    assert!(says(slow, "no thumbnail"), "{said:#?}");
    let noted = "SELECT concat(count(*) FILTER (WHERE thumbnail_path IS NOT NULL), ' ',
                     count(*) FILTER (WHERE object_sequencer IS NULL)) FROM items";
    let undescribed = bench.expected.items.iter().filter(|one| !one.1).count() as u64;
    assert_eq!(
        bench.text(noted).await,
        format!(
            "{} {undescribed}",
            stored - undescribed + stored_undescribed(&bench, [missing, text])
        )
    );

    assert!(
        images::remove(&gallery.shelf, &gallery.import, &mut bench.here)
            .await
            .unwrap()
            >= stored
    );
    rollback(&mut bench.here, &gallery.import, &events())
        .await
        .unwrap();
    assert_eq!(bench.state().await, before);
    gallery
        .fake
        .with(|world| assert!(world.buckets[BUCKET].is_empty()));
}

/// Items without an analysis that have no image either.
fn stored_undescribed(bench: &Bench, without: [&String; 2]) -> u64 {
    let items = bench.expected.items.iter();
    items
        .filter(|(id, described)| !described && without.contains(&id))
        .count() as u64
}
