//! The data of the old app moved in by the real binary: dirty rows by name, killed at any moment,
//! taken back to the last row.

use std::collections::BTreeSet;
use std::path::Path;
use std::process::{Child, Stdio};
use std::time::{Duration, Instant};

use serde_json::{Value, json};
use sqlx::{Connection as _, PgConnection};
use testkit::old::{Expected, Old, Random};

use super::checkout::{Checkout, Run};
use super::clients::{Tls, connect};

const OWNER: &str = "11111111-2222-4333-8444-555555555555";

/// A local environment with a schema, and an old database beside it.
struct Move {
    checkout: Checkout,
    expected: Expected,
}

impl Move {
    fn of(old: &Old) -> Self {
        let mut checkout = Checkout::new();
        let migrations = Path::new(env!("CARGO_MANIFEST_DIR")).join("../migrations");
        std::os::unix::fs::symlink(migrations, checkout.path("migrations")).unwrap();
        checkout
            .run(&["db", "migrate", "--env", "local"])
            .expect_success();
        let expected = old.write(&checkout.path("collections.db"));
        Self { checkout, expected }
    }

    fn arguments(&self, more: &[&str]) -> Vec<String> {
        let file = self.checkout.path("collections.db");
        let file = file.to_str().unwrap();
        let fixed = ["import", "sqlite", file, "--env", "local", "--user", OWNER];
        fixed
            .iter()
            .chain(more)
            .map(|word| (*word).to_owned())
            .collect()
    }

    fn run(&mut self, more: &[&str]) -> Run {
        let arguments = self.arguments(more);
        let arguments: Vec<&str> = arguments.iter().map(String::as_str).collect();
        self.checkout.run(&arguments)
    }

    /// An import that says nothing and is not waited for.
    fn begin(&self) -> Child {
        let arguments = self.arguments(&[]);
        let arguments: Vec<&str> = arguments.iter().map(String::as_str).collect();
        let mut command = self.checkout.command(&arguments);
        let quiet = command.stdout(Stdio::null()).stderr(Stdio::null());
        quiet.spawn().unwrap()
    }

    fn import(&mut self, more: &[&str]) -> Value {
        let run = self.run(more);
        assert!(run.code <= 1, "{run:?}");
        serde_json::from_str(&run.stdout).unwrap()
    }

    fn roll_back(&mut self, id: &str) {
        let arguments = ["import", "rollback", id, "--env", "local"];
        self.checkout.run(&arguments).expect_success();
    }

    async fn database(&self) -> PgConnection {
        connect(&self.checkout, Tls::Verified, None).await.unwrap()
    }

    /// Every row, and the index.
    async fn state(&self) -> String {
        let mut database = self.database().await;
        let mut state = String::new();
        for table in [
            "items",
            "analyses",
            "embeddings",
            "imports",
            "import_changes",
        ] {
            let sql = format!(
                "SELECT count(*) || ' ' || coalesce(md5(string_agg(t::text, ',' ORDER BY t::text)), '')
                 FROM (SELECT to_jsonb(r) - 'begun_at' - 'finished_at' FROM {table} r) t"
            );
            let sum: String = sqlx::query_scalar(sqlx::AssertSqlSafe(sql))
                .fetch_one(&mut database)
                .await
                .unwrap();
            state += &format!("{table} {sum}\n");
        }
        let index: Option<String> = sqlx::query_scalar(
            "SELECT pg_get_indexdef(indexrelid) FROM pg_index
             WHERE indexrelid = to_regclass('idx_embeddings_vector') AND indisvalid",
        )
        .fetch_optional(&mut database)
        .await
        .unwrap();
        database.close().await.unwrap();
        state + &index.unwrap_or_default()
    }
}

/// How many rows an import has brought so far.
async fn stored(database: &mut PgConnection) -> u64 {
    let sql = "SELECT (SELECT count(*) FROM items) + (SELECT count(*) FROM analyses)
                    + (SELECT count(*) FROM embeddings)";
    let rows: i64 = sqlx::query_scalar(sql).fetch_one(database).await.unwrap();
    u64::try_from(rows).unwrap()
}

/// The counts of a column of the report, by table.
fn counts(report: &Value, what: &str) -> Vec<u64> {
    let tables = report["tables"].as_array().unwrap();
    tables
        .iter()
        .map(|table| table[what].as_u64().unwrap())
        .collect()
}

fn refused(report: &Value) -> BTreeSet<(String, String, String)> {
    let text = |value: &Value| value.as_str().unwrap().to_owned();
    let all = report["refused"].as_array().unwrap();
    all.iter()
        .map(|one| (text(&one["table"]), text(&one["id"]), text(&one["reason"])))
        .collect()
}

/// Each row that was spoiled is named, with its reason, and no other.
fn expect_refused(report: &Value, expected: &Expected) {
    let found = refused(report);
    for (table, id, why) in &expected.refused {
        let named = found.iter().find(|one| one.0 == *table && one.1 == *id);
        let named = named.unwrap_or_else(|| panic!("{table} {id} is not named: {why}"));
        assert!(named.2.contains(why), "{named:?}, expected: {why}");
    }
    assert_eq!(found.len(), expected.refused.len(), "{found:#?}");
}

fn looks_of(path: &Path) -> (Vec<u8>, std::time::SystemTime, usize) {
    let beside = path.parent().unwrap().read_dir().unwrap();
    let beside = beside.filter(|entry| {
        let name = entry.as_ref().unwrap().file_name();
        name.to_string_lossy().starts_with("collections.db")
    });
    let changed = path.metadata().unwrap().modified().unwrap();
    (std::fs::read(path).unwrap(), changed, beside.count())
}

#[tokio::test]
async fn old_rows_come_in_once_dirty_ones_are_named_and_all_of_it_can_be_taken_back() {
    let mut moving = Move::of(&Old {
        items: 720,
        seed: 7,
        dirty_every: 5,
    });
    let file = moving.checkout.path("collections.db");
    let before = (looks_of(&file), moving.state().await);

    let dry = moving.import(&["--dry-run"]);
    expect_refused(&dry, &moving.expected);
    assert_eq!(moving.state().await, before.1, "a dry run stored something");
    vectors_without_items_are_named_before_and_after(&mut moving, "is not in the database").await;

    let first = moving.import(&[]);
    let added = counts(&first, "added");
    expect_refused(&first, &moving.expected);
    the_planner_knows_the_tables(&moving, &added).await;
    assert_eq!(added, moving.expected.good);
    assert_eq!(counts(&dry, "added"), added, "a dry run says what will be");
    let state = moving.state().await;

    let again = moving.import(&[]);
    assert_eq!(counts(&again, "added"), [0, 0, 0]);
    assert_eq!(counts(&again, "already"), added);
    assert_eq!(moving.state().await, state, "twice is not once");
    assert_eq!(looks_of(&file), before.0, "the source was changed");

    rows_are_what_the_pipeline_would_have_made(&moving).await;
    vectors_without_items_are_named_before_and_after(&mut moving, "has an embedding already").await;
    what_stands_in_the_way_is_named(&mut moving).await;
    moving.roll_back(first["import"].as_str().unwrap());
    assert_eq!(moving.state().await, before.1, "a rollback is not exact");
}

/// What a dry run says of vectors is what becomes of them.
async fn vectors_without_items_are_named_before_and_after(moving: &mut Move, why: &str) {
    let before = moving.state().await;
    let item = &moving.expected.items.iter().find(|item| item.1).unwrap().0;
    let vector = vec![0.5; 1024];
    let lines = [item.as_str(), "nobody"].map(|id| {
        let line = json!({"id": id, "embedding": vector, "metadata": {"item_id": id}});
        line.to_string() + "\n"
    });
    let file = moving.checkout.path("export.jsonl");
    std::fs::write(&file, lines.concat()).unwrap();
    let file = file.to_str().unwrap();
    let import = ["import", "chroma", file, "--env", "local", "--user", OWNER];
    let dry = moving.checkout.run(&[&import[..], &["--dry-run"]].concat());
    let dry: Value = serde_json::from_str(&dry.stdout).unwrap();
    assert_eq!(moving.state().await, before);
    let done = moving.checkout.run(&import);
    let done: Value = serde_json::from_str(&done.stdout).unwrap();
    assert_eq!(refused(&dry), refused(&done));
    assert_eq!(refused(&dry).len(), 2, "{dry:#}");
    assert!(dry.to_string().contains(why), "{dry:#}");
    moving.roll_back(done["import"].as_str().unwrap());
    assert_eq!(moving.state().await, before);
}

/// A table that is taken for empty has each batch compared with all of its rows.
async fn the_planner_knows_the_tables(moving: &Move, added: &[u64]) {
    let mut database = moving.database().await;
    let known: Vec<(String, f32)> = sqlx::query_as(
        "SELECT relname::text, reltuples FROM pg_class WHERE oid = ANY (
             ARRAY['items', 'analyses', 'embeddings']::regclass[])",
    )
    .fetch_all(&mut database)
    .await
    .unwrap();
    database.close().await.unwrap();
    for (table, added) in ["items", "analyses", "embeddings"].into_iter().zip(added) {
        let (_, rows) = known.iter().find(|(name, _)| name == table).unwrap();
        let half = f64::from(u32::try_from(*added).unwrap()) / 2.0;
        assert!(f64::from(*rows) >= half, "{table}: {rows} of {added}");
    }
}

async fn rows_are_what_the_pipeline_would_have_made(moving: &Move) {
    let mut database = moving.database().await;
    let found: (i64, i64, i64) = sqlx::query_as(
        "SELECT count(*) FILTER (WHERE status = 'searchable'),
                count(*) FILTER (WHERE (object_sequencer IS NULL) = (status = 'uploaded')),
                count(*) FILTER (WHERE file_path LIKE user_id || '/images/' || id || '.%')
         FROM items",
    )
    .fetch_one(&mut database)
    .await
    .unwrap();
    let [items, _, embeddings] = moving
        .expected
        .good
        .map(|count| i64::try_from(count).unwrap());
    assert_eq!(found, (embeddings, items, items));
    let found: (bool, bool) = sqlx::query_as(
        "SELECT bool_and(jsonb_typeof(raw_response) = 'object' AND search_vector IS NOT NULL),
                (SELECT bool_and(embedding_source ->> 'migrated_from' = 'sqlite'
                     AND vector_dims(embedding) = 1024) FROM embeddings)
         FROM analyses",
    )
    .fetch_one(&mut database)
    .await
    .unwrap();
    assert_eq!(found, (true, true));
    database.close().await.unwrap();
}

/// Another user's rows under the same ids.
async fn what_stands_in_the_way_is_named(moving: &mut Move) {
    let before = moving.state().await;
    let other = ["--user", "99999999-2222-4333-8444-555555555555"];
    let mut arguments = moving.arguments(&[]);
    arguments.truncate(arguments.len() - 2);
    arguments.extend(other.map(str::to_owned));
    let arguments: Vec<&str> = arguments.iter().map(String::as_str).collect();
    let run = moving.checkout.run(&arguments);
    let report: Value = serde_json::from_str(&run.stdout).unwrap();
    assert_eq!(counts(&report, "added"), [0, 0, 0]);
    let (id, _) = &moving.expected.items[0];
    let named = refused(&report)
        .into_iter()
        .find(|one| one.1 == *id)
        .unwrap();
    assert!(named.2.contains("another user"), "{named:?}");
    moving.roll_back(report["import"].as_str().unwrap());
    assert_eq!(moving.state().await, before, "another user's rollback");

    let with_new_ids = [arguments.as_slice(), &["--new-ids"]].concat();
    let run = moving.checkout.run(&with_new_ids);
    let report: Value = serde_json::from_str(&run.stdout).unwrap();
    // Under a new id the slash of the old one does no harm.
    assert!(
        counts(&report, "added")[0] > moving.expected.good[0],
        "{report:#}"
    );
    moving.roll_back(report["import"].as_str().unwrap());
    assert_eq!(moving.state().await, before);
}

#[tokio::test]
async fn killed_twenty_times_an_import_ends_as_one_that_was_left_alone() {
    let mut moving = Move::of(&Old {
        items: 2_600,
        seed: 3,
        dirty_every: 20,
    });
    let alone = moving.import(&[]);
    let id = alone["import"].as_str().unwrap();
    let state = moving.state().await;
    let mut watching = moving.database().await;
    let all = stored(&mut watching).await;
    moving.roll_back(id);
    let mut random = Random::new(20);
    let mut on_the_way = 0;
    for _ in 0..20 {
        let mut from = stored(&mut watching).await;
        // Little is left to be killed in: begin anew.
        if from > all * 4 / 5 {
            moving.roll_back(id);
            from = 0;
        }
        let upto = from + random.below(all / 8);
        let mut child = moving.begin();
        while stored(&mut watching).await <= upto && child.try_wait().unwrap().is_none() {
            tokio::time::sleep(Duration::from_millis(1)).await;
        }
        // Between two statements as well as within one.
        tokio::time::sleep(Duration::from_millis(random.below(15))).await;
        // SIGKILL: nothing is tidied up.
        child.kill().unwrap();
        let died = child.wait().unwrap().code().is_none();
        on_the_way += usize::from(died && moving.state().await != state);
    }
    assert!(on_the_way >= 15, "only {on_the_way} kills were on the way");
    let last = moving.import(&[]);
    assert_eq!(
        refused(&last),
        refused(&alone),
        "a resumed run reports the same"
    );
    assert_eq!(moving.state().await, state);
}

/// Run by itself, on a machine that does nothing else; docs/BENCHMARKS.md has the command.
#[tokio::test]
#[ignore = "a benchmark: a hundred thousand items take minutes"]
async fn a_hundred_thousand_items_come_in_within_a_minute_and_200_mb() {
    let rows = std::env::var("IMPORT_ITEMS").map_or(100_000, |items| items.parse().unwrap());
    let mut moving = Move::of(&Old::clean(rows));
    let arguments = moving.arguments(&["--direct"]);
    let arguments: Vec<&str> = arguments.iter().map(String::as_str).collect();
    let mut command = moving.checkout.command(&arguments);
    let mut child = command
        .stdout(Stdio::piped())
        .stderr(Stdio::null())
        .spawn()
        .unwrap();
    let mut peak = 0;
    while child.try_wait().unwrap().is_none() {
        peak = peak_memory(child.id()).unwrap_or(peak);
        tokio::time::sleep(Duration::from_millis(50)).await;
    }
    let report: Value = serde_json::from_reader(child.stdout.take().unwrap()).unwrap();
    let (seconds, index) = (&report["seconds"], &report["index_seconds"]);
    println!("{rows} items: rows {seconds} s, index {index} s, at most {peak} kB of memory");
    assert_eq!(counts(&report, "added"), [rows; 3]);
    let begun = Instant::now();
    let file = moving.checkout.path("collections.db");
    let file = file.to_str().unwrap();
    let arguments = [
        "import", "validate", file, "--env", "local", "--user", OWNER,
    ];
    moving.checkout.run(&arguments).expect_success();
    println!("validated in {:.1?}", begun.elapsed());
    assert!(seconds.as_f64().unwrap() < 60.0, "{seconds} s");
    assert!(peak < 200_000, "{peak} kB");
}

/// The most memory that a process held so far, in kB.
fn peak_memory(pid: u32) -> Option<u64> {
    let status = std::fs::read_to_string(format!("/proc/{pid}/status")).ok()?;
    let line = status.lines().find(|line| line.starts_with("VmHWM:"))?;
    line.split_whitespace().nth(1)?.parse().ok()
}
