//! What the checks of a run found, and the files it is written to.

use std::fmt;
use std::path::{Path, PathBuf};
use std::time::Duration;

use minijinja::syntax::SyntaxConfig;
use minijinja::value::{Serde, Value};
use minijinja::{Environment, context};
use serde::Serialize;

use crate::error::{Doing as _, Result};

const MARKDOWN: &str = include_str!("../../../templates/reports/checks.md");
const HTML: &str = include_str!("../../../templates/reports/checks.html");
const JUNIT: &str = include_str!("../../../templates/reports/checks.xml");

/// How a hop or a check ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Verdict {
    /// It works.
    Passed,
    /// It does not.
    Failed,
}

/// One hop of a check.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Hop {
    /// What it is.
    pub name: String,
    /// How it ended.
    pub verdict: Verdict,
    /// What was found, or what went wrong.
    pub detail: String,
    /// How long it took.
    pub millis: u64,
}

/// One check.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Case {
    /// Which command it belongs to.
    pub suite: String,
    /// Its name.
    pub name: String,
    /// What it proves.
    pub title: String,
    /// How it ended.
    pub verdict: Verdict,
    /// How far it came.
    pub hops: Vec<Hop>,
    /// What to do.
    pub fix: Vec<String>,
    /// How long it took, with its clean-up.
    pub millis: u64,
}

/// Checks that are not run in an environment.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct LeftOut {
    /// Which command they belong to.
    pub suite: String,
    /// Why.
    pub because: String,
}

/// A whole run.
#[derive(Clone, Debug, Serialize)]
pub struct Report {
    /// The command.
    pub command: String,
    /// The environment.
    pub environment: String,
    /// When it began.
    pub started: String,
    /// How many checks passed.
    pub passed: usize,
    /// How many there were.
    pub total: usize,
    /// How long it took.
    pub millis: u64,
    /// The checks, in their order.
    pub cases: Vec<Case>,
    /// What was not run here.
    pub left_out: Vec<LeftOut>,
    /// The files this report is in.
    pub files: Vec<PathBuf>,
}

impl Case {
    /// A check with what it found; it passed if every hop did, and there was one.
    pub fn of(
        suite: &str,
        name: String,
        title: String,
        hops: Vec<Hop>,
        fix: Vec<String>,
        millis: u64,
    ) -> Self {
        let whole = !hops.is_empty() && hops.iter().all(|hop| hop.verdict == Verdict::Passed);
        let verdict = if whole {
            Verdict::Passed
        } else {
            Verdict::Failed
        };
        Self {
            suite: suite.to_owned(),
            name,
            title,
            verdict,
            hops,
            fix,
            millis,
        }
    }

    /// The first hop that failed.
    pub fn failure(&self) -> Option<&Hop> {
        let mut hops = self.hops.iter();
        hops.find(|hop| hop.verdict == Verdict::Failed)
    }
}

/// A duration in whole milliseconds.
pub fn millis(time: Duration) -> u64 {
    u64::try_from(time.as_millis()).unwrap_or(u64::MAX)
}

impl Report {
    /// Counts what was found.
    pub fn new(command: &str, environment: &str, started: String, cases: Vec<Case>) -> Self {
        let passed = cases.iter().filter(|case| case.verdict == Verdict::Passed);
        Self {
            command: command.to_owned(),
            environment: environment.to_owned(),
            started,
            passed: passed.count(),
            total: cases.len(),
            millis: 0,
            cases,
            left_out: Vec::new(),
            files: Vec::new(),
        }
    }

    /// Names what was not run.
    #[must_use]
    pub fn without(mut self, left_out: impl IntoIterator<Item = LeftOut>) -> Self {
        self.left_out.extend(left_out);
        self
    }

    /// Whether every check passed, and there was one or a reason for none.
    pub fn is_green(&self) -> bool {
        (self.total > 0 || !self.left_out.is_empty()) && self.passed == self.total
    }

    /// Writes Markdown, JSON and HTML into a folder, under names with the time in them.
    pub fn write(&mut self, folder: &Path, name: &str, stamp: &str) -> Result<()> {
        std::fs::create_dir_all(folder).doing(format!("create {}", folder.display()))?;
        let path = |ending: &str| folder.join(format!("{name}-{stamp}.{ending}"));
        self.files = ["md", "json", "html"].map(path).to_vec();
        let json = serde_json::to_string_pretty(self).doing("write the report as JSON")? + "\n";
        let texts = [
            ("md", self.rendered("checks.md", MARKDOWN)?),
            ("json", json),
            ("html", self.rendered("checks.html", HTML)?),
        ];
        for (ending, text) in texts {
            let path = path(ending);
            std::fs::write(&path, text).doing(format!("write {}", path.display()))?;
        }
        Ok(())
    }

    /// Writes JUnit's XML for a CI pipeline.
    pub fn write_junit(&self, path: &Path) -> Result<()> {
        let text = self.rendered("checks.xml", JUNIT)?;
        std::fs::write(path, text).doing(format!("write {}", path.display()))
    }

    fn rendered(&self, name: &str, template: &str) -> Result<String> {
        let report = Value::from(Serde(self));
        filled(name, template, context! { report })
    }
}

/// Fills a template of a report. The ending of its name decides what is escaped.
pub fn filled(name: &str, template: &str, values: Value) -> Result<String> {
    let mut templates = Environment::new();
    let syntax = SyntaxConfig::builder()
        .trim_blocks(true)
        .lstrip_blocks(true)
        .keep_trailing_newline(true)
        .build()
        .doing("set the syntax of templates")?;
    templates.set_syntax(syntax);
    templates.add_filter("seconds", |millis: u64| seconds(millis));
    templates.add_filter("cell", |text: String| cell(&text));
    templates
        .add_template(name, template)
        .doing(format!("read the template {name}"))?;
    let template = templates.get_template(name);
    let text = template.and_then(|template| template.render(values));
    text.doing(format!("fill the template {name}"))
}

fn seconds(millis: u64) -> String {
    format!("{}.{:03}", millis / 1000, millis % 1000)
}

/// Text in a cell of a Markdown table: one line, nothing that would end the cell or mark up.
fn cell(text: &str) -> String {
    let line = text.split_whitespace().collect::<Vec<_>>().join(" ");
    line.chars()
        .flat_map(|c| {
            let escaped = matches!(c, '|' | '`' | '*' | '_' | '<' | '[' | '\\');
            escaped.then_some('\\').into_iter().chain([c])
        })
        .collect()
}

impl fmt::Display for Report {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for case in &self.cases {
            let word = match case.verdict {
                Verdict::Passed => "ok  ",
                Verdict::Failed => "FAIL",
            };
            let (suite, name, time) = (&case.suite, &case.name, seconds(case.millis));
            writeln!(f, "{word} {suite:<10} {name:<28} {time} s")?;
            if let Some(hop) = case.failure() {
                let reached = case
                    .hops
                    .iter()
                    .take_while(|hop| hop.verdict == Verdict::Passed);
                let reached: Vec<&str> = reached.map(|hop| hop.name.as_str()).collect();
                if !reached.is_empty() {
                    writeln!(f, "       works: {}", reached.join(", "))?;
                }
                writeln!(f, "       fails: {}: {}", hop.name, hop.detail)?;
                for fix in &case.fix {
                    writeln!(f, "       fix:   {fix}")?;
                }
            }
        }
        for LeftOut { suite, because } in &self.left_out {
            writeln!(f, "--   {suite:<10} not run here, because {because}")?;
        }
        writeln!(f, "{}/{} passed", self.passed, self.total)?;
        self.files
            .iter()
            .try_for_each(|path| writeln!(f, "  {}", path.display()))
    }
}
