//! Files: whole or not at all, damaged ones set aside.

use std::path::{Path, PathBuf};
use std::sync::Arc;

use collections_core::chat::history::transfer::Movable;
use collections_core::chat::history::{Backend, History, Json};

use super::conformance::{conforms, everything, id, moment, questions, turn, user};

fn files(folder: &Path) -> Vec<PathBuf> {
    let entries = std::fs::read_dir(folder.join("u")).unwrap();
    let paths = entries.map(|entry| entry.unwrap().path());
    let mut paths: Vec<_> = paths.filter(|path| !path.ends_with(".lock")).collect();
    paths.sort();
    paths
}

#[tokio::test]
async fn json_conforms() {
    let folder = tempfile::tempdir().unwrap();
    conforms(Arc::new(Json::new(folder.path().join("not/there/yet")))).await;
}

#[tokio::test]
async fn what_was_kept_survives_a_restart_and_is_counted() {
    let folder = tempfile::tempdir().unwrap();
    let (user, id) = (user("u"), id("s"));
    assert_eq!(Json::new(folder.path()).count().await.unwrap(), 0);
    Json::new(folder.path())
        .append(&user, &id, &turn("q", moment(0)))
        .await
        .unwrap();
    let again = Json::new(folder.path());
    assert_eq!(again.count().await.unwrap(), 1);
    assert_eq!(again.users().await.unwrap(), std::slice::from_ref(&user));
    assert_eq!(
        questions(&again.load(&user, &id).await.unwrap().unwrap()),
        ["q"]
    );
    assert_eq!(again.state().backend, Backend::Json);
}

/// As of a process that was killed while it wrote, and of one that has written beside.
#[tokio::test]
async fn half_a_file_beside_its_place_does_no_harm() {
    let folder = tempfile::tempdir().unwrap();
    let history = Json::new(folder.path());
    let (user, id) = (user("u"), id("s"));
    history
        .append(&user, &id, &turn("one", moment(0)))
        .await
        .unwrap();
    let [file] = &files(folder.path())[..] else {
        panic!()
    };
    std::fs::write(file.with_extension("new"), b"{\"version\":1,").unwrap();
    history
        .append(&user, &id, &turn("two", moment(1)))
        .await
        .unwrap();
    assert_eq!(
        questions(&history.load(&user, &id).await.unwrap().unwrap()),
        ["one", "two"]
    );
    assert_eq!(files(folder.path()).len(), 1);
}

#[tokio::test]
async fn a_damaged_file_is_set_aside_named_and_never_lost() {
    for damage in [&b""[..], b"{\"version\":1,\"user", b"{}", b"\xff\xfe"] {
        let folder = tempfile::tempdir().unwrap();
        let history = Json::new(folder.path());
        let (user, id) = (user("u"), id("s"));
        history
            .append(&user, &id, &turn("precious", moment(0)))
            .await
            .unwrap();
        let [file] = &files(folder.path())[..] else {
            panic!()
        };
        std::fs::write(file, damage).unwrap();
        let error = history
            .append(&user, &id, &turn("more", moment(1)))
            .await
            .unwrap_err();
        let [aside] = &files(folder.path())[..] else {
            panic!()
        };
        assert!(
            error.to_string().contains(aside.to_str().unwrap()),
            "{error}"
        );
        assert_eq!(std::fs::read(aside).unwrap(), damage);
        let told = history.state().degraded.unwrap();
        assert!(told.contains("damaged"), "{told}");
        // The conversation goes on without its past, which waits beside it.
        history
            .append(&user, &id, &turn("anew", moment(2)))
            .await
            .unwrap();
        assert_eq!(files(folder.path()).len(), 2);
    }
}

#[tokio::test]
async fn a_damaged_file_does_not_hide_the_others() {
    let folder = tempfile::tempdir().unwrap();
    let history = Json::new(folder.path());
    let user = user("u");
    for name in ["a", "b", "c"] {
        history
            .append(&user, &id(name), &turn(name, moment(0)))
            .await
            .unwrap();
    }
    std::fs::write(&files(folder.path())[1], b"[").unwrap();
    assert_eq!(history.list(&user, &everything()).await.unwrap().len(), 2);
    assert!(history.state().degraded.is_some());
}

/// Two processes, as far as files can tell: nothing but the folder is shared.
#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn two_processes_lose_nothing() {
    let folder = tempfile::tempdir().unwrap();
    let writers = (0..4).map(|n| {
        let history = Json::new(folder.path());
        tokio::spawn(async move {
            for turn_of in 0..5 {
                let said = turn(&format!("{n}/{turn_of}"), moment(0));
                history.append(&user("u"), &id("s"), &said).await.unwrap();
            }
        })
    });
    for writer in writers.collect::<Vec<_>>() {
        writer.await.unwrap();
    }
    let thread = Json::new(folder.path())
        .load(&user("u"), &id("s"))
        .await
        .unwrap()
        .unwrap();
    assert_eq!(thread.turns.len(), 20);
}

#[tokio::test]
async fn a_folder_that_cannot_be_written_is_told() {
    let folder = tempfile::tempdir().unwrap();
    let blocked = folder.path().join("file");
    std::fs::write(&blocked, b"").unwrap();
    let history = Json::new(&blocked);
    let told = history.check().await.degraded.unwrap();
    assert!(told.contains("json does not work"), "{told}");
}
