//! Databases as the Python original left them, of any size and with the dirt that real ones have.
//! The same description gives the same database, and says what of it nobody can take.

mod dirt;
mod random;
mod said;

use std::collections::BTreeSet;
use std::path::Path;

use rusqlite::{Connection, params};

pub use dirt::Dirt;
pub use random::Random;
pub use said::{DIMENSIONS, blob, described, vector};

const TABLES: &str = "
    CREATE TABLE items (id TEXT, filename TEXT, original_filename TEXT, file_path TEXT,
        file_size INTEGER, mime_type TEXT, created_at TEXT, updated_at TEXT);
    CREATE TABLE analyses (id TEXT, item_id TEXT, version INTEGER, category TEXT, summary TEXT,
        raw_response TEXT, provider_used TEXT, model_used TEXT, trace_id TEXT, created_at TEXT);
    CREATE TABLE embeddings (id TEXT, item_id TEXT, analysis_id TEXT, embedding BLOB,
        embedding_model TEXT, embedding_dimensions INTEGER, embedding_source TEXT, created_at TEXT)";

/// A database to be made.
#[derive(Clone, Copy, Debug)]
pub struct Old {
    /// How many items.
    pub items: u64,
    /// Another seed, another database.
    pub seed: u64,
    /// One item in so many is dirty, each in another way; 0 for none.
    pub dirty_every: u64,
}

/// What a reader must find in it.
#[derive(Debug, Default)]
pub struct Expected {
    /// Good items, analyses and embeddings.
    pub good: [u64; 3],
    /// Table and id of each row that cannot be taken, with a word of the reason.
    pub refused: BTreeSet<(&'static str, String, &'static str)>,
    /// Good items in their order, with whether something is said of each.
    pub items: Vec<(String, bool)>,
}

/// One item with what hangs on it.
struct Row<'r> {
    connection: &'r Connection,
    expected: &'r mut Expected,
    item: String,
    analysis: String,
    embedding: String,
    number: u64,
    random: Random,
}

impl Old {
    /// So many clean items.
    pub fn clean(items: u64) -> Self {
        Self {
            items,
            seed: 1,
            dirty_every: 0,
        }
    }

    /// Writes it to a file that is not there yet.
    pub fn write(&self, path: &Path) -> Expected {
        let mut connection = Connection::open(path).unwrap();
        connection
            .execute_batch("PRAGMA journal_mode = OFF; PRAGMA synchronous = OFF")
            .unwrap();
        let transaction = connection.transaction().unwrap();
        transaction.execute_batch(TABLES).unwrap();
        let mut expected = Expected::default();
        let mut random = Random::new(self.seed);
        let mut kinds = Dirt::ALL.iter().cycle();
        for number in 0..self.items {
            let row = Row {
                connection: &transaction,
                expected: &mut expected,
                item: random.uuid(),
                analysis: random.uuid(),
                embedding: random.uuid(),
                number,
                random: Random::new(self.seed ^ (number + 1).rotate_left(32)),
            };
            let is_dirty =
                self.dirty_every > 0 && number % self.dirty_every == self.dirty_every - 1;
            match kinds.next().filter(|_| is_dirty) {
                Some(dirt) => row.dirty(*dirt),
                None => row.clean(),
            }
        }
        transaction.commit().unwrap();
        expected
    }
}

impl Row<'_> {
    fn clean(mut self) {
        self.write_item();
        self.write_analysis();
        self.write_embedding();
        self.expected.good = self.expected.good.map(|count| count + 1);
        self.expected.items.push((self.item, true));
    }

    fn write_item(&self) {
        let (id, number) = (&self.item, self.number);
        self.connection
            .prepare("INSERT INTO items VALUES (?1, ?2, ?3, ?4, ?5, 'image/jpeg', ?6, ?6)")
            .unwrap()
            .execute(params![
                id,
                format!("{id}.jpg"),
                format!("IMG_{number:05}.jpg"),
                format!("data/images/{id}.jpg"),
                i64::try_from(10_000 + number).unwrap(),
                self.time(),
            ])
            .unwrap();
    }

    fn write_analysis(&mut self) {
        let (category, summary, raw) = described(&mut self.random);
        self.write_analysis_of(&category, &summary, &raw);
    }

    fn write_analysis_of(&self, category: &str, summary: &str, raw: &dyn rusqlite::ToSql) {
        self.connection
            .prepare(
                "INSERT INTO analyses VALUES
                     (?1, ?2, 1, ?3, ?4, ?5, 'anthropic', 'claude-sonnet-4-5', NULL, ?6)",
            )
            .unwrap()
            .execute(params![
                self.analysis,
                self.item,
                category,
                summary,
                raw,
                self.time()
            ])
            .unwrap();
    }

    fn write_embedding(&mut self) {
        let vector = vector(&mut self.random);
        self.write_embedding_of(&self.embedding, &blob(&vector));
    }

    fn write_embedding_of(&self, id: &str, embedding: &dyn rusqlite::ToSql) {
        self.connection
            .prepare(
                "INSERT INTO embeddings VALUES
                     (?1, ?2, ?3, ?4, 'voyage-3.5-lite', 1024, '{\"fields\":[\"summary\"]}', ?5)",
            )
            .unwrap()
            .execute(params![
                id,
                self.item,
                self.analysis,
                embedding,
                self.time()
            ])
            .unwrap();
    }

    /// One item a minute.
    fn time(&self) -> String {
        let (day, minute) = (self.number / 1440, self.number % 1440);
        let (month, day) = (day / 28 % 12 + 1, day % 28 + 1);
        format!(
            "2025-{month:02}-{day:02} {:02}:{:02}:07.000123",
            minute / 60,
            minute % 60
        )
    }
}
