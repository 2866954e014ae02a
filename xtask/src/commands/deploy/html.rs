//! `--report`: one HTML file that needs nothing else. What happened, when, and what failed first.

use std::path::Path;

use minijinja::value::{Serde, Value};
use minijinja::{AutoEscape, Environment};
use serde::Serialize;
use time::OffsetDateTime;
use time::format_description::well_known::Rfc3339;

use crate::engine::timeline::{Bar, End, Timeline, in_words};
use crate::error::{Doing as _, Error, Result};

const TEMPLATE: &str = include_str!("../../../../templates/deploy-report.html");
/// Where bars begin and how far they reach, in units of the drawing.
const LEFT: f64 = 380.0;
const RIGHT: f64 = 990.0;
const ROW: usize = 18;
const TOP: usize = 24;
/// Names that are longer are cut; the whole of them shows on pointing.
const LONGEST: usize = 52;

/// Writes the report of a run that ended this way.
pub(super) fn write(
    path: &Path,
    environment: &str,
    line: &Timeline,
    ended: Result<&str, &Error>,
) -> Result<()> {
    let html = page(environment, line, ended)?;
    std::fs::write(path, html).doing(format!("write the report {}", path.display()))
}

fn page(environment: &str, line: &Timeline, ended: Result<&str, &Error>) -> Result<String> {
    let mut engine = Environment::new();
    engine.set_auto_escape_callback(|_| AutoEscape::Html);
    engine
        .add_template("deploy-report.html", TEMPLATE)
        .doing("read the template of the report")?;
    let template = engine
        .get_template("deploy-report.html")
        .doing("find the template of the report")?;
    let rows = rows(line);
    let slowest = line.slowest().map(|(stack, bar)| {
        let took = in_words(bar.took());
        format!("{stack} {}, {took}", bar.name)
    });
    let page = Page {
        environment,
        outcome: ended.unwrap_or("failed"),
        error: ended.err().map(Said::of),
        began: date(line.began),
        took: in_words(line.took),
        slowest,
        failures: failures(line),
        steps: line.steps.iter().map(Step::of).collect(),
        height: TOP + rows.len() * ROW + 4,
        marks: marks(line.took),
        rows,
        warnings: &line.warnings,
    };
    template
        .render(Value::from(Serde(&page)))
        .doing("fill the template of the report")
}

#[derive(Serialize)]
struct Page<'a> {
    environment: &'a str,
    outcome: &'a str,
    error: Option<Said>,
    began: String,
    took: String,
    slowest: Option<String>,
    failures: Vec<Failure<'a>>,
    steps: Vec<Step<'a>>,
    height: usize,
    marks: Vec<Mark>,
    rows: Vec<Row>,
    warnings: &'a [String],
}

#[derive(Serialize)]
struct Said {
    message: String,
    causes: Vec<String>,
    hints: Vec<String>,
}

impl Said {
    fn of(error: &Error) -> Self {
        Self {
            message: error.message().to_owned(),
            causes: error.causes(),
            hints: error.hints().to_vec(),
        }
    }
}

#[derive(Serialize)]
struct Step<'a> {
    name: &'a str,
    end: &'static str,
    took: String,
    detail: Option<&'a str>,
}

impl<'a> Step<'a> {
    fn of(bar: &'a Bar) -> Self {
        Self {
            name: &bar.name,
            end: word(bar.end),
            took: in_words(bar.took()),
            detail: bar.detail.as_deref(),
        }
    }
}

#[derive(Serialize)]
struct Failure<'a> {
    stack: &'a str,
    resource: &'a str,
    reason: &'a str,
}

fn failures(line: &Timeline) -> Vec<Failure<'_>> {
    let mut failed: Vec<(&str, &Bar)> = line
        .stacks
        .iter()
        .flat_map(|stack| stack.resources.iter().map(|bar| (stack.name.as_str(), bar)))
        .filter(|(_, bar)| bar.end == End::Failed)
        .collect();
    failed.sort_by_key(|(_, bar)| bar.to);
    failed
        .into_iter()
        .map(|(stack, bar)| Failure {
            stack,
            resource: &bar.name,
            reason: bar.detail.as_deref().unwrap_or("no reason given"),
        })
        .collect()
}

/// One bar of the drawing.
#[derive(Serialize)]
struct Row {
    kind: &'static str,
    label: String,
    title: String,
    indent: usize,
    y: usize,
    x: f64,
    width: f64,
    end: &'static str,
}

fn rows(line: &Timeline) -> Vec<Row> {
    let bars = line.stacks.iter().flat_map(|stack| {
        let resources = stack.resources.iter().map(|bar| ("resource", bar));
        [("stack", &stack.whole)].into_iter().chain(resources)
    });
    bars.enumerate()
        .map(|(index, (kind, bar))| Row {
            kind,
            label: short(&bar.name),
            title: format!("{}: {}, {}", bar.name, word(bar.end), in_words(bar.took())),
            indent: if kind == "stack" { 0 } else { 14 },
            y: TOP + index * ROW,
            x: place(bar.from, line.took),
            // What was too quick to see still happened.
            width: (place(bar.to, line.took) - place(bar.from, line.took)).max(2.0),
            end: word(bar.end),
        })
        .collect()
}

#[derive(Serialize)]
struct Mark {
    x: f64,
    label: String,
}

/// Five marks, from beginning to end.
fn marks(took: u64) -> Vec<Mark> {
    (0..=4)
        .map(|quarter| {
            let at = took * quarter / 4;
            Mark {
                x: place(at, took),
                label: in_words(at),
            }
        })
        .collect()
}

/// A tenth of a unit is finer than a screen.
#[allow(clippy::cast_precision_loss, reason = "a run takes hours, not aeons")]
fn place(at: u64, took: u64) -> f64 {
    let part = at as f64 / took.max(1) as f64;
    ((LEFT + part * (RIGHT - LEFT)) * 10.0).round() / 10.0
}

fn word(end: End) -> &'static str {
    match end {
        End::Done => "done",
        End::Skipped => "skipped",
        End::Failed => "failed",
        End::Open => "open",
    }
}

fn short(name: &str) -> String {
    if name.chars().count() <= LONGEST {
        return name.to_owned();
    }
    let cut: String = name.chars().take(LONGEST - 1).collect();
    format!("{cut}…")
}

fn date(millis: u64) -> String {
    let time = OffsetDateTime::from_unix_timestamp_nanos(i128::from(millis / 1000) * 1_000_000_000);
    time.ok()
        .and_then(|time| time.format(&Rfc3339).ok())
        .unwrap_or_default()
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;
    use crate::engine::timeline::StackBars;

    fn bar(name: &str, from: u64, to: u64, end: End, detail: Option<&str>) -> Bar {
        Bar {
            name: name.into(),
            from,
            to,
            end,
            detail: detail.map(str::to_owned),
        }
    }

    fn line() -> Timeline {
        Timeline {
            began: 1_795_257_936_123,
            took: 61_500,
            steps: vec![
                bar(
                    "build the functions",
                    0,
                    8000,
                    End::Done,
                    Some("6 functions"),
                ),
                bar("publish", 8000, 8000, End::Skipped, Some("all there")),
                bar("deploy Store-dev", 8000, 61_500, End::Open, None),
            ],
            stacks: vec![StackBars {
                name: "Store-dev".into(),
                whole: bar(
                    "Store-dev",
                    8500,
                    61_000,
                    End::Failed,
                    Some("UPDATE_ROLLBACK_COMPLETE"),
                ),
                resources: vec![
                    bar("Queue AWS::SQS::Queue", 9000, 9001, End::Done, None),
                    bar(
                        "Chats AWS::DynamoDB::Table",
                        9000,
                        60_000,
                        End::Failed,
                        Some("<b>&no luck</b>"),
                    ),
                ],
            }],
            warnings: vec!["storage.Queue was changed by hand".into()],
        }
    }

    #[test]
    fn a_failed_run_shows_what_went_wrong_first_and_escapes_what_others_wrote() {
        let error = Error::failed("Store-dev ended in UPDATE_ROLLBACK_COMPLETE")
            .because(anyhow::anyhow!("Chats: <script>alert(1)</script>"))
            .hint("correct the cause & deploy again");
        let html = page("dev", &line(), Err(&error)).unwrap();
        assert!(!html.contains("<script"), "{html}");
        insta::assert_snapshot!(html);
    }

    #[test]
    fn a_run_without_stacks_draws_nothing() {
        let html = page("dev", &Timeline::default(), Ok("no changes")).unwrap();
        assert!(!html.contains("<svg") && html.contains("dev: no changes"));
        assert!(!html.contains("What went wrong"));
    }
}
