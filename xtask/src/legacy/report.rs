//! What came of an import: counts by table, and every row that was refused.

use std::fmt;
use std::path::{Path, PathBuf};

use collections_core::db::operate::moving::{Import, Table, Why};
use minijinja::context;
use minijinja::value::{Serde, Value};
use serde::Serialize;
use time::OffsetDateTime;
use time::format_description::well_known::Rfc3339;

use super::source::{Refused, Survey};
use crate::checks::report::filled;
use crate::error::{Doing as _, Result};

const MARKDOWN: &str = include_str!("../../../templates/reports/import.md");
/// So many refused rows are shown; the files have all.
const SHOWN: usize = 20;

/// Rows of one table.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Rows {
    /// The table.
    pub table: &'static str,
    /// Rows of the source.
    pub found: u64,
    /// Rows that are new, or would be.
    pub added: u64,
    /// Rows that are there already.
    pub already: u64,
    /// Rows that are not moved.
    pub refused: u64,
}

/// An import, from its beginning to its end.
#[derive(Clone, Debug, Serialize)]
pub struct Report {
    /// The environment.
    pub environment: String,
    /// The import's id, which a rollback names.
    pub import: String,
    /// Whose the rows became.
    pub user_id: String,
    /// What kind of source it was.
    pub kind: &'static str,
    /// What it was called.
    pub source: String,
    /// Whether nothing was stored.
    pub dry_run: bool,
    /// Whether an earlier run had been cut off.
    pub resumed: bool,
    /// When it began.
    pub started: String,
    /// Seconds until the rows were in, with the reading before.
    pub seconds: f64,
    /// Seconds that the index over embeddings took then, where it had been set aside.
    pub index_seconds: Option<f64>,
    /// What became of the rows.
    pub tables: Vec<Rows>,
    /// What else there is to say.
    pub notes: Vec<String>,
    /// What was refused, and why.
    pub refused: Vec<Refused>,
    /// The files this report is in.
    pub files: Vec<PathBuf>,
}

impl Report {
    /// With what the survey found.
    pub fn new(environment: &str, import: &Import, survey: &Survey, dry_run: bool) -> Result<Self> {
        let tables = survey.found.iter().map(|(table, found)| Rows {
            table: table.name(),
            found: *found,
            added: 0,
            already: 0,
            refused: 0,
        });
        let mut report = Self::of_rows(environment, import, tables.collect(), dry_run)?;
        report.notes.clone_from(&survey.notes);
        report.refused.clone_from(&survey.refused);
        Ok(report)
    }

    /// With rows of these tables, and nothing said of them.
    pub fn of_rows(
        environment: &str,
        import: &Import,
        tables: Vec<Rows>,
        dry_run: bool,
    ) -> Result<Self> {
        Ok(Self {
            environment: environment.to_owned(),
            import: import.id.clone(),
            user_id: import.user_id.to_string(),
            kind: import.kind.name(),
            source: import.source.clone(),
            dry_run,
            resumed: false,
            started: OffsetDateTime::now_utc()
                .format(&Rfc3339)
                .doing("write the time")?,
            seconds: 0.0,
            index_seconds: None,
            tables,
            notes: Vec::new(),
            refused: Vec::new(),
            files: Vec::new(),
        })
    }

    /// Adds what became of a batch.
    pub fn add(&mut self, table: Table, added: u64, already: u64) {
        let mut tables = self.tables.iter_mut();
        if let Some(rows) = tables.find(|rows| rows.table == table.name()) {
            rows.added += added;
            rows.already += already;
        }
    }

    /// A row that the database did not take.
    pub fn leave(&mut self, table: Table, id: String, item: &str, why: Why) {
        let reason = match why {
            Why::Foreign => {
                "another user has a row of this id; --new-ids gives new ones".to_owned()
            }
            Why::NoItem => format!("its item {item} is not in the database"),
            Why::NoAnalysis => format!("its item {item} has no such analysis in the database"),
            Why::Taken => match table {
                Table::Embeddings => format!("its item {item} has an embedding already"),
                _ => format!("its item {item} has an analysis of this version already"),
            },
            Why::There => return self.add(table, 0, 1),
            Why::Refused(said) => format!("PostgreSQL does not take it: {said}"),
        };
        self.refused.push(Refused { table, id, reason });
    }

    /// Counts what was refused.
    pub fn close(&mut self) {
        self.refused.sort();
        for rows in &mut self.tables {
            let of = self.refused.iter();
            rows.refused = of.filter(|one| one.table.name() == rows.table).count() as u64;
        }
    }

    fn markdown(&self) -> Result<String> {
        let report = Value::from(Serde(self));
        filled("import.md", MARKDOWN, context! { report })
    }

    /// Writes Markdown and JSON into a folder.
    pub fn write(&mut self, folder: &Path) -> Result<()> {
        std::fs::create_dir_all(folder).doing(format!("create {}", folder.display()))?;
        let what = if self.dry_run { "dry-run" } else { "import" };
        let name = format!("{what}-{}-{}", self.kind, stamp(&self.started));
        let path = |ending: &str| folder.join(format!("{name}.{ending}"));
        self.files = ["md", "json"].map(path).to_vec();
        let json = serde_json::to_string_pretty(self).doing("write the report as JSON")? + "\n";
        for (ending, text) in [("md", self.markdown()?), ("json", json)] {
            let path = path(ending);
            std::fs::write(&path, text).doing(format!("write {}", path.display()))?;
        }
        Ok(())
    }
}

/// A time as part of a file's name.
pub fn stamp(time: &str) -> String {
    let digits = time.chars().take_while(|c| *c != '.');
    let digits: String = digits.filter(char::is_ascii_alphanumeric).collect();
    format!("{}Z", digits.trim_end_matches('Z'))
}

impl fmt::Display for Report {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (environment, source, user) = (&self.environment, &self.source, &self.user_id);
        let how = if self.dry_run {
            "would be added"
        } else {
            "added"
        };
        writeln!(
            f,
            "{environment}: {source} for {user}, import {}",
            self.import
        )?;
        for rows in &self.tables {
            writeln!(
                f,
                "  {:<11} {:>8} found, {:>8} {how}, {:>8} there already, {:>6} refused",
                rows.table, rows.found, rows.added, rows.already, rows.refused
            )?;
        }
        for note in &self.notes {
            writeln!(f, "note: {note}")?;
        }
        show_refused(f, &self.refused)?;
        show_files(f, &self.files)
    }
}

/// The first of what was refused; the files have all.
pub(super) fn show_refused(f: &mut fmt::Formatter<'_>, refused: &[Refused]) -> fmt::Result {
    for Refused { table, id, reason } in refused.iter().take(SHOWN) {
        writeln!(f, "refused: {} {id}: {reason}", table.name())?;
    }
    match refused.len().checked_sub(SHOWN) {
        None | Some(0) => Ok(()),
        Some(more) => writeln!(f, "refused: {more} more"),
    }
}

/// Where the report is.
pub(super) fn show_files(f: &mut fmt::Formatter<'_>, files: &[PathBuf]) -> fmt::Result {
    let mut files = files.iter();
    files.try_for_each(|file| writeln!(f, "report: {}", file.display()))
}
