//! Reports: as reviewed, readable by programs, and harmless whatever they quote.

use super::super::report::write;
use super::super::run::{Run, SearchType};
use super::{results, run};

fn report() -> Run {
    let mut run = run(&[
        (SearchType::Vector, results(3, 0)),
        (SearchType::Hybrid, results(12, 3)),
    ]);
    let results = run
        .results_by_search_type
        .get_mut(&SearchType::Vector)
        .unwrap();
    results.query_results[5].query_text = "<script>alert(1)</script> | `x`".to_owned();
    run
}

#[test]
fn a_report_is_as_reviewed_and_read_back_as_it_was() {
    let folder = tempfile::tempdir().unwrap();
    let run = report();
    let files = write(&run, folder.path(), "eval").unwrap();
    let read = Run::read(&files[0]).unwrap();
    // The last digit of a number may be another one.
    assert_eq!(
        (&read.config, read.to_string()),
        (&run.config, run.to_string())
    );
    insta::assert_snapshot!(std::fs::read_to_string(&files[1]).unwrap());
    insta::assert_snapshot!(run.to_string());
}

#[test]
fn a_page_needs_nothing_from_elsewhere_and_escapes_what_it_quotes() {
    let folder = tempfile::tempdir().unwrap();
    let files = write(&report(), folder.path(), "eval").unwrap();
    let html = std::fs::read_to_string(&files[2]).unwrap();
    for part in ["<script", "http://", "https://", "<b>note", "<link", "<img"] {
        assert!(!html.contains(part), "{part}");
    }
    assert!(html.contains("&lt;script&gt;") && html.matches("<svg").count() == 4);
    let markdown = std::fs::read_to_string(&files[1]).unwrap();
    // A backslash before it makes it text.
    assert!(
        !markdown.replace("\\<", "").contains("<script"),
        "{markdown}"
    );
}
