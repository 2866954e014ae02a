//! The file against a database in memory; the SQL behind it is tested where it stands.

#![allow(clippy::unwrap_used)]

use std::collections::BTreeMap;

use async_trait::async_trait;
use collections_core::db::operate::{Imported, Page, Request, Row, TABLES};
use serde_json::{Value, json};

use super::{export, import, verify};
use crate::database::Database;
use crate::error::{Error, Result};
use crate::event::{Recorder, Step};

/// Rows by table and key; pages of two.
#[derive(Default)]
struct Memory {
    tables: BTreeMap<String, BTreeMap<String, Row>>,
    /// The largest number of rows that were asked to be stored at once.
    largest: usize,
    fails_at: Option<usize>,
}

#[async_trait(?Send)]
impl Database for Memory {
    async fn ask(&mut self, request: Request) -> Result<Value> {
        Ok(match request {
            Request::Export { table, after } => {
                let rows = self.tables.entry(table).or_default();
                let after = after.map(|row| key(&row));
                let left: Vec<Row> = rows
                    .iter()
                    .filter(|(key, _)| after.as_ref().is_none_or(|after| *key > after))
                    .map(|(_, row)| row.clone())
                    .collect();
                let more = left.len() > 2;
                let rows = left.into_iter().take(2).collect();
                serde_json::to_value(Page { rows, more }).unwrap()
            }
            Request::Import { table, rows, .. } => {
                if let Some(left) = &mut self.fails_at {
                    *left = left.checked_sub(1).ok_or_else(|| Error::failed("cut"))?;
                }
                self.largest = self.largest.max(rows.len());
                let there = self.tables.entry(table).or_default();
                let mut done = Imported::default();
                for row in rows {
                    match there.insert(key(&row), row) {
                        None => done.added += 1,
                        Some(_) => done.same += 1,
                    }
                }
                serde_json::to_value(done).unwrap()
            }
            other => panic!("not asked here: {other:?}"),
        })
    }
}

fn key(row: &Row) -> String {
    row["id"].as_str().unwrap().to_owned()
}

fn filled(rows: usize) -> Memory {
    let mut memory = Memory::default();
    for number in 0..rows {
        let row = json!({ "id": format!("{number:05}"), "text": "x".repeat(9_000) });
        let Value::Object(row) = row else {
            unreachable!()
        };
        let items = memory.tables.entry("items".to_owned()).or_default();
        items.insert(key(&row), row);
    }
    memory
}

fn step() -> Step {
    Recorder::pair().1.start("test")
}

async fn file(memory: &mut Memory) -> Vec<u8> {
    let mut out = Vec::new();
    export(memory, "dev", &mut out, &step()).await.unwrap();
    out
}

#[tokio::test]
async fn a_file_holds_every_row_and_puts_it_back_in_pieces() {
    let mut from = filled(1_001);
    let bytes = file(&mut from).await;
    let contents = verify(&bytes[..]).unwrap();
    assert_eq!(contents.tables.0["items"].rows, 1_001);
    assert_eq!(contents.tables.0.len(), TABLES.len());
    let mut to = Memory::default();
    let report = import(&mut to, &bytes[..], false, 1_001, &step())
        .await
        .unwrap();
    assert_eq!(to.tables["items"], from.tables["items"]);
    assert_eq!(report.0["items"].added, 1_001);
    // Two million bytes hold some two hundred of these rows.
    assert!((100..=500).contains(&to.largest), "{}", to.largest);
    let again = import(&mut to, &bytes[..], false, 1_001, &step())
        .await
        .unwrap();
    assert_eq!((again.0["items"].added, again.0["items"].same), (0, 1_001));
}

#[tokio::test]
async fn an_import_that_was_cut_goes_on_when_it_is_run_again() {
    let bytes = file(&mut filled(1_001)).await;
    let mut to = Memory {
        fails_at: Some(2),
        ..Memory::default()
    };
    let cut = import(&mut to, &bytes[..], false, 1_001, &step()).await;
    assert!(cut.is_err());
    let there = to.tables["items"].len() as u64;
    assert!(there > 0 && there < 1_001);
    to.fails_at = None;
    let report = import(&mut to, &bytes[..], false, 1_001, &step())
        .await
        .unwrap();
    assert_eq!(report.0["items"].added, 1_001 - there);
    assert_eq!(to.tables["items"].len(), 1_001);
}

#[tokio::test]
async fn a_file_that_was_cut_or_changed_is_refused_by_its_line_and_not_quoted() {
    let bytes = file(&mut filled(5)).await;
    let text = String::from_utf8(bytes).unwrap();
    let lines: Vec<&str> = text.split_inclusive('\n').collect();
    let without = |gone: usize| -> String {
        let kept = lines.iter().enumerate().filter(|(at, _)| *at != gone);
        kept.map(|(_, line)| *line).collect()
    };
    let last = lines.len() - 1;
    let cases = [
        (
            String::new(),
            "line 1 of the file is not the head of an export",
        ),
        (without(0), "line 1 of the file is not the head"),
        (
            without(2),
            "another count or checksum than the rows of items",
        ),
        (without(last), "is missing: the file has no end"),
        (
            text.replacen("00003", "00009", 1),
            "another count or checksum",
        ),
        (
            text.replacen("\"format\":1", "\"format\":9", 1),
            "names format 9",
        ),
        (
            text.replacen("{\"table\"", "{\"tab", 1),
            "line 2 of the file cannot be read",
        ),
        (format!("{text}{}", lines[1]), "comes after the end"),
    ];
    for (text, expected) in cases {
        let error = verify(text.as_bytes()).unwrap_err();
        assert!(error.message().contains(expected), "{error} for {expected}");
        assert!(!format!("{error:?}").contains("xxxx"));
    }
}

#[tokio::test]
async fn an_empty_database_gives_a_file_that_can_be_imported() {
    let bytes = file(&mut Memory::default()).await;
    let contents = verify(&bytes[..]).unwrap();
    assert!(contents.tables.0.values().all(|sum| sum.rows == 0));
    let mut to = Memory::default();
    let report = import(&mut to, &bytes[..], false, 0, &step())
        .await
        .unwrap();
    assert_eq!(report.0["items"], Imported::default());
}
