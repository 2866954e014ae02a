//! A folder and a bucket in memory.

#![allow(clippy::unwrap_used)]

use std::path::Path;

use super::{Moved, Shelf, download, upload};
use crate::cloud::fake::{Fake, Trouble};
use crate::event::Recorder;

const JPEG: &[u8] = &[0xff, 0xd8, 0xff, 1, 2, 3];
const ID: &str = "0b9bb0a2-6f0d-4a55-9a5b-1b1b1b1b1b1b";

fn shelf(fake: &Fake) -> Shelf {
    fake.with(|world| {
        world.buckets.entry("images".into()).or_default();
    });
    Shelf {
        media: fake.cloud().media,
        bucket: "images".into(),
        user: "owner".parse().unwrap(),
        whose: "owner".into(),
    }
}

fn write(folder: &Path, name: &str, bytes: &[u8]) {
    std::fs::write(folder.join(name), bytes).unwrap();
}

async fn up(shelf: &Shelf, folder: &Path, force: bool) -> Moved {
    upload::run(shelf, folder, force, &Recorder::pair().1)
        .await
        .unwrap()
}

async fn down(shelf: &Shelf, folder: &Path, force: bool) -> Moved {
    download::run(shelf, folder, force, &Recorder::pair().1)
        .await
        .unwrap()
}

fn counts(moved: &Moved) -> (u64, u64, usize) {
    (moved.moved, moved.same, moved.left.len())
}

#[tokio::test]
async fn what_goes_up_comes_down_and_twice_is_once() {
    let (fake, from, to) = (
        Fake::new(),
        tempfile::tempdir().unwrap(),
        tempfile::tempdir().unwrap(),
    );
    let shelf = shelf(&fake);
    for number in 0..20u8 {
        write(
            from.path(),
            &format!("{number}.jpg"),
            &[JPEG, &[number]].concat(),
        );
    }
    write(from.path(), "copy of 7.jpeg", &[JPEG, &[7]].concat());
    write(from.path(), &format!("{ID}.png"), b"\x89PNG\r\n\x1a\nrest");
    write(from.path(), "notes.txt", b"no image");
    write(from.path(), ".hidden.jpg", JPEG);
    let first = up(&shelf, from.path(), false).await;
    assert_eq!(first.left, ["notes.txt is no JPEG, PNG, WebP or GIF"]);
    let keys = fake.with(|world| world.buckets["images"].keys().cloned().collect::<Vec<_>>());
    assert_eq!(keys.len(), 21, "a copy is the same image");
    assert!(keys.contains(&format!("owner/images/{ID}.png")));
    assert_eq!(counts(&up(&shelf, from.path(), false).await), (0, 22, 1));
    assert_eq!(counts(&down(&shelf, to.path(), false).await), (21, 0, 0));
    assert_eq!(counts(&down(&shelf, to.path(), false).await), (0, 21, 0));
    assert_eq!(counts(&up(&shelf, to.path(), false).await), (0, 21, 0));
}

#[tokio::test]
async fn other_content_under_the_same_name_is_left_unless_it_is_forced() {
    let (fake, folder) = (Fake::new(), tempfile::tempdir().unwrap());
    let shelf = shelf(&fake);
    let name = format!("{ID}.jpg");
    write(folder.path(), &name, JPEG);
    up(&shelf, folder.path(), false).await;
    write(folder.path(), &name, &[JPEG, b"changed"].concat());
    assert_eq!(counts(&up(&shelf, folder.path(), false).await), (0, 0, 1));
    assert_eq!(counts(&down(&shelf, folder.path(), false).await), (0, 0, 1));
    assert_eq!(counts(&up(&shelf, folder.path(), true).await), (1, 0, 0));
    assert_eq!(counts(&down(&shelf, folder.path(), false).await), (0, 1, 0));
}

#[tokio::test]
async fn what_arrives_damaged_is_not_written() {
    let (fake, folder) = (Fake::new(), tempfile::tempdir().unwrap());
    let shelf = shelf(&fake);
    let key = format!("owner/images/{ID}.jpg");
    fake.with(|world| {
        let bucket = world.buckets.get_mut("images").unwrap();
        bucket.insert(key.clone(), JPEG.to_vec());
        world.damaged.insert(key.clone());
    });
    let damaged = down(&shelf, folder.path(), false).await;
    assert!(
        damaged.left[0].contains("did not arrive as it was stored"),
        "{damaged:?}"
    );
    assert_eq!(folder.path().read_dir().unwrap().count(), 0);
    fake.with(|world| world.damaged.clear());
    assert_eq!(counts(&down(&shelf, folder.path(), false).await), (1, 0, 0));
}

#[tokio::test]
async fn a_key_that_is_not_ours_names_no_file() {
    let (fake, folder) = (Fake::new(), tempfile::tempdir().unwrap());
    let shelf = shelf(&fake);
    fake.with(|world| {
        let bucket = world.buckets.get_mut("images").unwrap();
        bucket.insert("owner/images/../../x.jpg".into(), JPEG.to_vec());
        bucket.insert("other/images/a.jpg".into(), JPEG.to_vec());
    });
    assert_eq!(counts(&down(&shelf, folder.path(), false).await), (0, 0, 1));
}

#[tokio::test]
async fn a_throttled_transfer_is_repeated_and_a_cut_one_goes_on() {
    let (fake, folder) = (Fake::new(), tempfile::tempdir().unwrap());
    let shelf = shelf(&fake);
    for number in 0..9u8 {
        write(
            folder.path(),
            &format!("{number}.jpg"),
            &[JPEG, &[number]].concat(),
        );
    }
    fake.trouble_at("s3:PutObject", Trouble::Throttle);
    fake.trouble(5, Trouble::CrashBefore);
    assert!(
        upload::run(&shelf, folder.path(), false, &Recorder::pair().1)
            .await
            .is_err()
    );
    let before = fake.with(|world| world.buckets["images"].len() as u64);
    assert!(before < 9);
    fake.restart();
    assert_eq!(
        counts(&up(&shelf, folder.path(), false).await),
        (9 - before, before, 0)
    );
}
