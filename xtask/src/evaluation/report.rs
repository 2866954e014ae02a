//! Runs and comparisons as files: JSON for programs, Markdown for reviews, HTML with drawings.

use std::path::{Path, PathBuf};

use minijinja::context;
use minijinja::value::{Serde, Value};
use serde::Serialize;

use super::plots::Plot;
use crate::checks::report::filled;
use crate::error::{Doing as _, Result};

const MARKDOWN: &str = include_str!("../../../templates/reports/evaluation.md");
const HTML: &str = include_str!("../../../templates/reports/evaluation.html");

/// What a report shows, whatever it is of.
#[derive(Debug, Default, Serialize)]
pub struct Page {
    pub(super) title: String,
    pub(super) facts: Vec<Fact>,
    pub(super) notes: Vec<String>,
    pub(super) plots: Vec<Plot>,
    pub(super) sections: Vec<Section>,
}

/// A line under the title.
#[derive(Debug, Serialize)]
pub(super) struct Fact {
    pub(super) name: String,
    pub(super) value: String,
}

/// A table.
#[derive(Debug, Default, Serialize)]
pub(super) struct Section {
    pub(super) title: String,
    pub(super) text: String,
    pub(super) head: Vec<String>,
    pub(super) rows: Vec<Vec<String>>,
}

/// What has a report.
pub trait Reported: Serialize {
    /// What it shows to people.
    fn page(&self) -> Page;
}

/// Writes a report into a folder in all its forms; gives the files.
pub fn write(of: &impl Reported, folder: &Path, name: &str) -> Result<Vec<PathBuf>> {
    std::fs::create_dir_all(folder).doing(format!("create {}", folder.display()))?;
    let json = serde_json::to_string_pretty(of).doing("write the report as JSON")? + "\n";
    let page = of.page();
    let values = || -> Value {
        context! { page => Value::from(Serde(&page)) }
    };
    let texts = [
        ("json", json),
        ("md", filled("evaluation.md", MARKDOWN, values())?),
        ("html", filled("evaluation.html", HTML, values())?),
    ];
    let mut files = Vec::new();
    for (ending, text) in texts {
        let path = folder.join(format!("{name}.{ending}"));
        std::fs::write(&path, text).doing(format!("write {}", path.display()))?;
        files.push(path);
    }
    Ok(files)
}
