//! Runs and comparisons for people: the same tables on the terminal and in reports.

use std::fmt;

use super::comparison::{Comparison, Delta};
use super::estimate::{CONFIDENCE, Estimate, SAMPLES};
use super::metrics::Metric;
use super::paired::LEVEL;
use super::plots::{bars, differences, intervals};
use super::report::{Fact, Page, Reported, Section};
use super::run::{Results, Run};
use super::summary::{Percentiles, Summary};

/// Rows of worst queries, at most.
const WORST: usize = 15;

impl Reported for Run {
    fn page(&self) -> Page {
        let mut sections = vec![self.figures(), self.by_type(), self.timing()];
        if !self.comparison.is_empty() {
            sections.push(self.compared_ways());
        }
        sections.push(self.worst());
        Page {
            title: format!(
                "Search of {} on {}",
                self.config.set, self.config.environment
            ),
            facts: self.facts(),
            notes: self.config.notes.clone(),
            plots: vec![
                self.plot("NDCG at 10", Metric::Ndcg(10)),
                self.plot(
                    "Reciprocal rank of the first relevant result",
                    Metric::ReciprocalRank,
                ),
                self.plot("Queries without an answer, left empty", Metric::LeftEmpty),
                self.plot_times(),
            ],
            sections,
        }
    }
}

impl Run {
    fn facts(&self) -> Vec<Fact> {
        let config = &self.config;
        let share = CONFIDENCE * 100.0;
        vec![
            fact("run", &self.run_id),
            fact("when", &self.timestamp),
            fact("queries", format!("{} ({})", config.queries, config.split)),
            fact("items", config.items),
            fact("results asked for", config.top_k),
            fact(
                "intervals",
                format!("{share}%, bootstrap of {SAMPLES} samples over queries"),
            ),
        ]
    }

    fn ways(&self) -> impl Iterator<Item = (String, &Results)> {
        let ways = self.results_by_search_type.iter();
        ways.map(|(way, results)| (way.to_string(), results))
    }

    fn figures(&self) -> Section {
        let head = self.ways().map(|(way, _)| way);
        let rows = Metric::all().filter_map(|metric| {
            let cells: Vec<String> = self
                .ways()
                .map(|(_, of)| cell(of.summary.get(metric)))
                .collect();
            let is_there = cells.iter().any(|cell| cell != "-");
            is_there.then(|| [vec![metric.to_string()], cells].concat())
        });
        Section {
            title: "Figures".to_owned(),
            head: ["figure".to_owned()].into_iter().chain(head).collect(),
            rows: rows.collect(),
            ..Section::default()
        }
    }

    fn by_type(&self) -> Section {
        let mut rows = Vec::new();
        for (way, results) in self.ways() {
            for (kind, summary) in &results.by_query_type {
                let figures = Metric::MAIN.map(|metric| cell(summary.get(metric)));
                let queries = summary.queries.to_string();
                rows.push([vec![way.clone(), kind.clone(), queries], figures.to_vec()].concat());
            }
        }
        let head = ["search", "query type", "queries"]
            .map(str::to_owned)
            .into_iter();
        Section {
            title: "By query type".to_owned(),
            head: head
                .chain(Metric::MAIN.map(|metric| metric.to_string()))
                .collect(),
            rows,
            ..Section::default()
        }
    }

    fn timing(&self) -> Section {
        let row = |way: &str, what: &str, of: &Percentiles| {
            let times = [of.mean, of.p50, of.p90, of.p95, of.p99, of.max];
            let times = times.map(|time| format!("{time:.1}"));
            [vec![way.to_owned(), what.to_owned()], times.to_vec()].concat()
        };
        let rows = self.ways().flat_map(|(way, results)| {
            let timing = &results.timing;
            let mut rows = vec![
                row(&way, "answer, seen from here", &timing.client_ms),
                row(&way, "retrieval, as reported", &timing.retrieval_ms),
            ];
            for (kind, timing) in &results.timing_by_query_type {
                let what = format!("answer to {kind}");
                rows.push(row(&way, &what, &timing.client_ms));
            }
            rows
        });
        Section {
            title: "Milliseconds".to_owned(),
            text: "Each query was asked once before, so the API has its vector.".to_owned(),
            head: ["search", "what", "mean", "p50", "p90", "p95", "p99", "max"]
                .map(str::to_owned)
                .to_vec(),
            rows: rows.collect(),
        }
    }

    fn compared_ways(&self) -> Section {
        let rows = self.comparison.iter().flat_map(|pair| {
            let deltas = pair.deltas.iter();
            deltas.map(move |(metric, delta)| {
                let names = vec![pair.a.clone(), pair.b.clone(), metric.to_string()];
                [names, delta.cells()].concat()
            })
        });
        Section {
            title: "Search types beside each other".to_owned(),
            text: format!("{} {}", verdicts(), agreements(&self.comparison)),
            head: [
                "first",
                "second",
                "figure",
                "of first",
                "of second",
                "difference",
                "p",
                "better",
            ]
            .map(str::to_owned)
            .to_vec(),
            rows: rows.collect(),
        }
    }

    /// What to look at first when figures are to rise.
    fn worst(&self) -> Section {
        let mut rows = Vec::new();
        for (way, results) in self.ways() {
            for result in &results.query_results {
                let figure = result.metrics.get(&Metric::Ndcg(10));
                let figure = figure.or_else(|| result.metrics.get(&Metric::LeftEmpty));
                let Some(value) = figure.filter(|value| **value < 0.9) else {
                    continue;
                };
                let text = format!("{} {}", result.query_id, result.query_text);
                let first: Vec<String> = result.ranking().into_iter().take(3).collect();
                rows.push((
                    *value,
                    vec![way.clone(), text, format!("{value:.3}"), first.join(" ")],
                ));
            }
        }
        rows.sort_by(|a, b| a.0.total_cmp(&b.0).then_with(|| a.1.cmp(&b.1)));
        Section {
            title: "Worst queries".to_owned(),
            text: "By NDCG at 10, or by whether nothing was found where nothing answers."
                .to_owned(),
            head: ["search", "query", "figure", "found first"]
                .map(str::to_owned)
                .to_vec(),
            rows: rows.into_iter().take(WORST).map(|row| row.1).collect(),
        }
    }

    fn plot(&self, title: &str, metric: Metric) -> super::plots::Plot {
        let mut rows = Vec::new();
        let mut row = |name: String, summary: &Summary| {
            rows.extend(summary.get(metric).map(|estimate| (name, estimate)));
        };
        for (way, results) in self.ways() {
            row(way.clone(), &results.summary);
            for (kind, summary) in &results.by_query_type {
                row(format!("{way}, {kind}"), summary);
            }
        }
        intervals(title, &rows)
    }

    fn plot_times(&self) -> super::plots::Plot {
        let rows = self.ways().flat_map(|(way, results)| {
            let times = results.timing.client_ms;
            [
                (format!("{way}, p50"), times.p50),
                (format!("{way}, p95"), times.p95),
            ]
        });
        bars("Milliseconds until the answer", &rows.collect::<Vec<_>>())
    }
}

impl Reported for Comparison {
    fn page(&self) -> Page {
        let by_query: Vec<(String, f64)> = self
            .by_query
            .iter()
            .map(|(id, of)| (id.clone(), *of))
            .collect();
        let head = [
            "figure",
            "of first",
            "of second",
            "difference",
            "p",
            "better",
        ];
        let mut rows: Vec<_> = (self.deltas.iter())
            .map(|(metric, delta)| [vec![metric.to_string()], delta.cells()].concat())
            .collect();
        if let Some(delta) = &self.client_ms {
            rows.push([vec!["milliseconds".to_owned()], delta.cells()].concat());
        }
        let by_type = self.by_query_type.iter().flat_map(|(kind, deltas)| {
            let names = move |metric: &Metric| vec![kind.clone(), metric.to_string()];
            let row =
                move |(metric, delta): (&Metric, &Delta)| [names(metric), delta.cells()].concat();
            deltas.iter().map(row)
        });
        Page {
            title: format!("{} and {}", self.a, self.b),
            facts: vec![
                fact("first", &self.a),
                fact("second", &self.b),
                fact("queries", self.queries),
                fact("agreement", agreements(std::slice::from_ref(self))),
            ],
            notes: Vec::new(),
            plots: vec![differences(
                "NDCG at 10, second above first, by query",
                &by_query,
            )],
            sections: vec![
                Section {
                    title: "All queries".to_owned(),
                    text: verdicts(),
                    head: head.map(str::to_owned).to_vec(),
                    rows,
                },
                Section {
                    title: "By query type".to_owned(),
                    text: verdicts(),
                    head: ["query type"]
                        .into_iter()
                        .chain(head)
                        .map(str::to_owned)
                        .collect(),
                    rows: by_type.collect(),
                },
            ],
        }
    }
}

impl Delta {
    fn cells(&self) -> Vec<String> {
        let winner = self.winner.as_deref().unwrap_or("no difference shown");
        vec![
            format!("{:.3}", self.a),
            format!("{:.3}", self.b),
            signed(&self.difference),
            format!("{:.3}", self.p),
            winner.to_owned(),
        ]
    }
}

fn fact(name: &str, value: impl fmt::Display) -> Fact {
    Fact {
        name: name.to_owned(),
        value: value.to_string(),
    }
}

fn verdicts() -> String {
    format!(
        "One is called better where a paired randomisation test gives p < {LEVEL}, corrected for \
         the number of lines in this table that belong together (Holm)."
    )
}

fn agreements(pairs: &[Comparison]) -> String {
    let pair = |pair: &Comparison| {
        let of = &pair.agreement;
        format!(
            "{} and {} agree on the first result in {:.0}% of the queries; Jaccard at 3 {:.2}, at 5 {:.2}.",
            pair.a,
            pair.b,
            of.rank_1 * 100.0,
            of.jaccard_3,
            of.jaccard_5
        )
    };
    pairs.iter().map(pair).collect::<Vec<_>>().join(" ")
}

fn cell(estimate: Option<Estimate>) -> String {
    let text = |of: Estimate| format!("{:.3} ({:.3} to {:.3})", of.value, of.low, of.high);
    estimate.map_or_else(|| "-".to_owned(), text)
}

fn signed(of: &Estimate) -> String {
    format!("{:+.3} ({:+.3} to {:+.3})", of.value, of.low, of.high)
}

/// A table for the terminal.
fn table(f: &mut fmt::Formatter<'_>, section: &Section) -> fmt::Result {
    let mut table = comfy_table::Table::new();
    table.load_style(comfy_table::presets::NOTHING);
    table.set_header(&section.head);
    table.add_rows(&section.rows);
    writeln!(f, "{}", table.trim_fmt())
}

impl fmt::Display for Run {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let config = &self.config;
        let (set, environment, split) = (&config.set, &config.environment, &config.split);
        writeln!(
            f,
            "{set} on {environment}: {} queries ({split})",
            config.queries
        )?;
        for note in &config.notes {
            writeln!(f, "note: {note}")?;
        }
        table(f, &self.figures())?;
        writeln!(f)?;
        table(f, &self.timing())?;
        self.comparison
            .iter()
            .try_for_each(|pair| write!(f, "\n{pair}"))
    }
}

impl fmt::Display for Comparison {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(f, "{} and {}, {} queries", self.a, self.b, self.queries)?;
        let page = self.page();
        let tables = page.sections.iter().take(1);
        tables
            .into_iter()
            .try_for_each(|section| table(f, section))?;
        writeln!(f, "{}", agreements(std::slice::from_ref(self)))
    }
}
