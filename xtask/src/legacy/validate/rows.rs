//! Every row of the source against the row that is stored.

use std::collections::BTreeMap;

use collections_core::db::operate::Request;
use collections_core::db::operate::moving::{Compared, Differs, Import, Moving, Table};
use tokio::sync::mpsc;

use super::{SUITE, verdict};
use crate::checks::report::{Case, Hop};
use crate::database::{Database, ask};
use crate::error::{Doing as _, Error, Result};
use crate::event::{Step, Unit};
use crate::legacy::source::{Source, Survey};

/// So many different rows are named in the report.
const NAMED: usize = 100;

/// What was found of a table.
#[derive(Debug, Default)]
struct OfTable {
    source: i64,
    stored: i64,
    differs: Vec<Differs>,
    missing: u64,
    foreign: u64,
}

/// What was found of all rows.
#[derive(Debug, Default)]
pub(super) struct Rows(BTreeMap<Table, OfTable>);

pub(super) async fn compare(
    mut source: Box<dyn Source>,
    survey: Survey,
    import: &Import,
    database: &mut dyn Database,
    step: &Step,
) -> Result<(Box<dyn Source>, Survey, Rows)> {
    let (to, mut from) = mpsc::channel(2);
    let total = survey.found.keys().map(|table| survey.good(*table)).sum();
    let mut rows = Rows::default();
    for table in survey.found.keys() {
        rows.0.insert(*table, OfTable::default());
    }
    let reading = tokio::task::spawn_blocking(move || {
        source.send(&survey, &mut |batch, _| {
            let sent = to.blocking_send(batch);
            sent.map_err(|_| Error::interrupted("nobody waits for the rows any more"))
        })?;
        Ok::<_, Error>((source, survey))
    });
    let mut done = 0;
    while let Some(batch) = from.recv().await {
        done += batch.len() as u64;
        let table = batch.table();
        let compare = Moving::Compare {
            import: import.clone(),
            batch,
        };
        let compared: Compared = ask(database, Request::Moving(compare)).await?;
        rows.0.entry(table).or_default().add(compared);
        step.progress(done, Some(total), Unit::Items);
    }
    let (source, survey) = reading.await.doing("read the source")??;
    Ok((source, survey, rows))
}

impl OfTable {
    fn add(&mut self, compared: Compared) {
        self.source ^= compared.source;
        self.stored ^= compared.stored;
        for one in compared.differs {
            self.foreign += u64::from(one.foreign);
            self.missing += u64::from(!one.foreign && one.columns.is_empty());
            if self.differs.len() < NAMED {
                self.differs.push(one);
            }
        }
    }

    fn named(&self, column: &str) -> u64 {
        let differs = self.differs.iter();
        differs
            .filter(|one| one.columns.iter().any(|name| name == column))
            .count() as u64
    }
}

impl Rows {
    pub(super) fn cases(&self, survey: &Survey, millis: u64) -> Vec<Case> {
        vec![
            self.counts(survey, millis),
            self.checksums(),
            self.shapes(),
            self.tenants(),
        ]
    }

    fn counts(&self, survey: &Survey, millis: u64) -> Case {
        let hops = self.0.iter().map(|(table, of)| {
            let wanted = survey.good(*table);
            let there = wanted.saturating_sub(of.missing + of.foreign);
            Hop {
                name: table.name().to_owned(),
                verdict: verdict(there == wanted),
                detail: format!("{there} of {wanted} rows are there"),
                millis: 0,
            }
        });
        case(
            "counts",
            "every good row of the source is there",
            hops.collect(),
            millis,
        )
    }

    fn checksums(&self) -> Case {
        let mut hops = Vec::new();
        for (table, of) in &self.0 {
            let (source, stored) = (of.source, of.stored);
            hops.push(Hop {
                name: table.name().to_owned(),
                verdict: verdict(source == stored),
                detail: format!("source {source:016x}, stored {stored:016x}"),
                millis: 0,
            });
            hops.extend(of.differs.iter().map(|one| Hop {
                name: format!("{} {}", table.name(), one.id),
                verdict: verdict(false),
                detail: said(one),
                millis: 0,
            }));
        }
        case("checksums", "every row is as the source has it", hops, 0)
    }

    fn shapes(&self) -> Case {
        let checks = [
            (
                Table::Analyses,
                "raw_response",
                "analyses are JSON objects as in the source",
            ),
            (
                Table::Embeddings,
                "embedding",
                "vectors are those of the source, rounded",
            ),
            (
                Table::Embeddings,
                "embedding_dimensions",
                "dimensions are told as they are",
            ),
        ];
        let hops = checks.iter().filter_map(|(table, column, what)| {
            let wrong = self.0.get(table)?.named(column);
            Some(Hop {
                name: (*what).to_owned(),
                verdict: verdict(wrong == 0),
                detail: format!("{wrong} rows otherwise"),
                millis: 0,
            })
        });
        case(
            "shapes",
            "JSON is JSON, and vectors have their dimensions",
            hops.collect(),
            0,
        )
    }

    fn tenants(&self) -> Case {
        let mut hops: Vec<Hop> = self
            .0
            .iter()
            .map(|(table, of)| Hop {
                name: table.name().to_owned(),
                verdict: verdict(of.foreign == 0),
                detail: format!("{} rows are another user's", of.foreign),
                millis: 0,
            })
            .collect();
        if let Some(items) = self.0.get(&Table::Items) {
            let elsewhere = items.named("file_path");
            hops.push(Hop {
                name: "keys of images".to_owned(),
                verdict: verdict(elsewhere == 0),
                detail: format!("{elsewhere} are not below the user's"),
                millis: 0,
            });
        }
        case("tenants", "every row is the user's", hops, 0)
    }
}

fn said(one: &Differs) -> String {
    match (one.foreign, one.columns.as_slice()) {
        (true, _) => "another user has it".to_owned(),
        (false, []) => "it is missing".to_owned(),
        (false, columns) => format!("another {}", columns.join(", ")),
    }
}

fn case(name: &str, title: &str, hops: Vec<Hop>, millis: u64) -> Case {
    let fix = vec![
        "the same import again brings what is missing; what differs was changed since".to_owned(),
    ];
    Case::of(SUITE, name.to_owned(), title.to_owned(), hops, fix, millis)
}
