//! Old data into a real PostgreSQL and a bucket in memory, and out again.

#![allow(clippy::unwrap_used)]

mod photographs;

use std::io::Write as _;
use std::path::PathBuf;

use async_trait::async_trait;
use collections_core::db::operate::moving::Import;
use collections_core::db::operate::{Request, handle};
use serde_json::{Value, json};
use sqlx::PgConnection;
use testkit::old::{Expected, Old, Random, vector};

use super::chroma::Chroma;
use super::rollback::rollback;
use super::run::{self, Job};
use super::sqlite::Sqlite;
use super::validate::validate;
use super::{Ids, Report, Source};
use crate::checks::report::{Case, Verdict};
use crate::database::Database;
use crate::error::{Doing as _, Kind, Result};
use crate::event::{Events, Recorder};

/// A database of the test's own.
struct Here(PgConnection);

#[async_trait(?Send)]
impl Database for Here {
    async fn ask(&mut self, request: Request) -> Result<Value> {
        // As it is on its way to a function.
        let sent = serde_json::to_string(&request).unwrap();
        let request = serde_json::from_str(&sent).unwrap();
        handle(&mut self.0, "dev", request).await.doing("ask")
    }
}

struct Bench {
    folder: tempfile::TempDir,
    here: Here,
    expected: Expected,
    _database: testkit::TestDatabase,
}

fn ids() -> Ids {
    Ids {
        user: "owner".parse().unwrap(),
        anew: false,
    }
}

fn events() -> Events {
    Recorder::pair().1
}

impl Bench {
    async fn of(old: &Old) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let expected = old.write(&folder.path().join("old.db"));
        let database = testkit::database().await;
        let connection = database.pool().acquire().await.unwrap().detach();
        Self {
            folder,
            here: Here(connection),
            expected,
            _database: database,
        }
    }

    fn path(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    fn sqlite(&self) -> Box<dyn Source> {
        Box::new(Sqlite::open(&self.path("old.db"), ids()).unwrap())
    }

    async fn import(&mut self, source: Box<dyn Source>) -> (Report, Import) {
        let surveyed = run::survey(source, ids(), &events()).await.unwrap();
        let import = surveyed.import.clone();
        let job = Job {
            environment: "dev",
            events: &events(),
            dry_run: false,
        };
        (surveyed.run(&mut self.here, &job).await.unwrap(), import)
    }

    async fn validate(&mut self, source: Box<dyn Source>) -> Vec<Case> {
        let surveyed = run::survey(source, ids(), &events()).await.unwrap();
        validate(surveyed, &mut self.here, &events()).await.unwrap()
    }

    async fn sql(&mut self, sql: &'static str) {
        sqlx::raw_sql(sql).execute(&mut self.here.0).await.unwrap();
    }

    async fn text(&mut self, sql: &'static str) -> String {
        sqlx::query_scalar(sql)
            .fetch_one(&mut self.here.0)
            .await
            .unwrap()
    }

    async fn state(&mut self) -> String {
        self.text(
            "SELECT concat((SELECT string_agg(t::text, E'\\n' ORDER BY id) FROM items t),
                 (SELECT string_agg(t.id, E'\\n' ORDER BY id) FROM analyses t),
                 (SELECT string_agg(t.id, E'\\n' ORDER BY id) FROM embeddings t))",
        )
        .await
    }

    /// The vectors of all items but those that the first database had.
    fn export(&self) -> PathBuf {
        let path = self.path("export.jsonl");
        let mut file = std::fs::File::create(&path).unwrap();
        let mut random = Random::new(5);
        let nobody = ("nobody".to_owned(), true);
        for (number, (item, _)) in self.expected.items.iter().chain([&nobody]).enumerate() {
            let line = json!({
                "id": format!("c-{number}"), "embedding": vector(&mut random),
                "document": "d", "metadata": { "item_id": item },
            });
            writeln!(file, "{line}").unwrap();
        }
        path
    }
}

fn failed(cases: &[Case]) -> Vec<String> {
    let failed = cases.iter().flat_map(|case| {
        let hops = case
            .hops
            .iter()
            .filter(|hop| hop.verdict == Verdict::Failed);
        hops.map(|hop| format!("{}: {}: {}", case.name, hop.name, hop.detail))
    });
    failed.collect()
}

#[tokio::test]
async fn vectors_from_chroma_join_items_that_are_there_and_leave_them_as_they_were() {
    let mut bench = Bench::of(&Old::clean(40)).await;
    let old = rusqlite::Connection::open(bench.path("old.db")).unwrap();
    old.execute_batch("DROP TABLE embeddings").unwrap();
    drop(old);
    let source = bench.sqlite();
    let (report, sqlite) = bench.import(source).await;
    assert!(report.notes[0].contains("Chroma directory"), "{report}");
    let before = bench.state().await;

    let export = bench.export();
    let chroma = || Box::new(Chroma::open(&export, None, "voyage-3.5-lite", ids()).unwrap());
    let (report, import) = bench.import(chroma()).await;
    assert_eq!((report.tables[0].found, report.tables[0].added), (41, 40));
    let refused = &report.refused[0];
    let made = ids().made(&["embedding", "nobody"]);
    assert_eq!(
        (refused.id.as_str(), report.refused.len()),
        (made.as_str(), 1)
    );
    assert_eq!(refused.reason, "its item nobody is not in the database");
    let status = "SELECT string_agg(DISTINCT status, ',') FROM items";
    assert_eq!(bench.text(status).await, "searchable");
    let source = "SELECT string_agg(DISTINCT embedding_source ->> 'migrated_from', ',')
                  FROM embeddings";
    assert_eq!(bench.text(source).await, "chromadb");
    let found = failed(&bench.validate(chroma()).await);
    assert_eq!(found.len(), 3, "only the item of nobody: {found:#?}");

    let (again, _) = bench.import(chroma()).await;
    assert_eq!((again.tables[0].added, again.tables[0].already), (0, 40));
    rollback(&mut bench.here, &import, &events()).await.unwrap();
    assert_eq!(bench.state().await, before);
    rollback(&mut bench.here, &sqlite, &events()).await.unwrap();
    let left = "SELECT concat((SELECT count(*) FROM items), (SELECT count(*) FROM imports))";
    assert_eq!(bench.text(left).await, "00");
}

#[tokio::test]
async fn a_validation_passes_when_all_is_well_and_names_each_row_that_is_not() {
    let mut bench = Bench::of(&Old {
        items: 400,
        seed: 11,
        dirty_every: 9,
    })
    .await;
    let source = bench.sqlite();
    bench.import(source).await;
    let source = bench.sqlite();
    assert_eq!(failed(&bench.validate(source).await), Vec::<String>::new());

    let id = |row: usize| {
        format!("SELECT item_id FROM embeddings ORDER BY item_id OFFSET {row} LIMIT 1")
    };
    for (row, spoil) in [
        (
            3,
            "UPDATE analyses SET raw_response = raw_response || '{\"headline\": \"x\"}' WHERE item_id = ($)",
        ),
        (
            5,
            "UPDATE embeddings SET embedding = subvector(embedding || embedding, 2, 1024)::halfvec(1024) WHERE item_id = ($)",
        ),
        (
            7,
            "UPDATE embeddings SET embedding_dimensions = 512 WHERE item_id = ($)",
        ),
        (9, "DELETE FROM embeddings WHERE item_id = ($)"),
        (11, "UPDATE items SET filename = 'other.jpg' WHERE id = ($)"),
        (
            13,
            "UPDATE items SET file_path = 'stranger/images/x.jpg' WHERE id = ($)",
        ),
    ] {
        let sql = spoil.replace('$', &id(row));
        let done = sqlx::query(sqlx::AssertSqlSafe(sql)).execute(&mut bench.here.0);
        assert_eq!(done.await.unwrap().rows_affected(), 1, "{spoil}");
    }
    let source = bench.sqlite();
    let found = failed(&bench.validate(source).await).join("\n");
    for expected in [
        "counts: embeddings: ",
        "checksums: items: source ",
        "checksums: analyses: source ",
        "another raw_response",
        "another embedding\n",
        "another embedding_dimensions",
        "it is missing",
        "another filename",
        "tenants: keys of images: 1 are not below the user's",
    ] {
        assert!(found.contains(expected), "{expected} is not in:\n{found}");
    }
}

#[tokio::test]
async fn vectors_that_lost_their_meaning_fail_the_search() {
    let mut bench = Bench::of(&Old::clean(120)).await;
    let source = bench.sqlite();
    bench.import(source).await;
    bench
        .sql(
            "UPDATE embeddings e SET embedding = o.embedding
             FROM (SELECT id, row_number() OVER (ORDER BY id) AS place FROM embeddings) p
                 JOIN (SELECT embedding, row_number() OVER (ORDER BY id DESC) AS place
                       FROM embeddings) o USING (place)
             WHERE p.id = e.id",
        )
        .await;
    let source = bench.sqlite();
    let found = failed(&bench.validate(source).await);
    assert!(
        found.iter().any(|one| one.starts_with("neighbours: mean")),
        "{found:#?}"
    );
}

/// An item that was worked on since stays, and the report says so.
#[tokio::test]
async fn a_rollback_leaves_what_came_later() {
    let mut bench = Bench::of(&Old::clean(10)).await;
    let source = bench.sqlite();
    let (_, import) = bench.import(source).await;
    bench
        .sql(
            "INSERT INTO analyses (id, item_id, user_id, version, raw_response)
             SELECT 'later', id, user_id, 2, '{}' FROM items ORDER BY id LIMIT 1",
        )
        .await;
    let undone = rollback(&mut bench.here, &import, &events()).await.unwrap();
    assert_eq!(
        (undone.items, undone.analyses, undone.kept.len()),
        (9, 10, 1)
    );
    assert_eq!(
        bench.text("SELECT string_agg(id, ',') FROM analyses").await,
        "later"
    );
    bench.sql("DELETE FROM analyses").await;
    let undone = rollback(&mut bench.here, &import, &events()).await.unwrap();
    assert_eq!((undone.items, undone.kept.len()), (1, 0));
}

#[test]
fn what_cannot_be_opened_says_why_and_what_to_do() {
    let folder = tempfile::tempdir().unwrap();
    let path = |name: &str| folder.path().join(name);
    Old::clean(2).write(&path("good #1 ?.db"));
    Sqlite::open(&path("good #1 ?.db"), ids()).unwrap();
    let made = |name: &str, sql: &str| {
        let connection = rusqlite::Connection::open(path(name)).unwrap();
        connection.execute_batch(sql).unwrap();
        connection
    };
    std::fs::write(path("text.db"), "no database").unwrap();
    made("empty.db", "CREATE TABLE other (id)");
    made(
        "narrow.db",
        "CREATE TABLE items (id TEXT); CREATE TABLE analyses (id TEXT)",
    );
    Old::clean(2).write(&path("locked.db"));
    let locked = made("locked.db", "BEGIN EXCLUSIVE");
    Old::clean(2).write(&path("wal.db"));
    let wal = made(
        "wal.db",
        "PRAGMA journal_mode = WAL; INSERT INTO items (id) VALUES ('x')",
    );
    Old::clean(200).write(&path("damaged.db"));
    let mut bytes = std::fs::read(path("damaged.db")).unwrap();
    bytes[4096..8192].fill(0x55);
    std::fs::write(path("damaged.db"), bytes).unwrap();
    for (name, kind, said, hint) in [
        ("absent.db", Kind::Input, "could not read", ""),
        (".", Kind::Input, "is a folder", "import chroma"),
        (
            "text.db",
            Kind::Input,
            "is no SQLite database",
            "collections.db",
        ),
        (
            "empty.db",
            Kind::Input,
            "has no table items",
            "collections.db",
        ),
        ("narrow.db", Kind::Input, "items of ", "it has: id"),
        ("locked.db", Kind::Conflict, "is in use", "stop the old app"),
        (
            "wal.db",
            Kind::Conflict,
            "write-ahead log beside it",
            "wal_checkpoint",
        ),
    ] {
        let error = Sqlite::open(&path(name), ids()).err().unwrap();
        let hints = error.hints().join(" ");
        assert_eq!(error.kind(), kind, "{name}: {error}");
        assert!(error.message().contains(said), "{name}: {error}");
        assert!(hints.contains(hint), "{name}: {hints}");
    }
    let damaged = Sqlite::open(&path("damaged.db"), ids());
    let error = damaged
        .and_then(|mut source| source.survey())
        .err()
        .unwrap();
    assert_eq!(error.kind(), Kind::Input, "{error}");
    drop((locked, wal));
}
