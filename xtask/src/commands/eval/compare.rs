//! `eval compare`: two runs, or two search types of one, query by query.

use std::fmt;
use std::path::{Path, PathBuf};

use clap::ValueEnum as _;
use serde::Serialize;

use crate::context::Context;
use crate::error::{Doing as _, Error, Result};
use crate::evaluation::comparison::{Chosen, Comparison, between};
use crate::evaluation::run::{Run, SearchType};
use crate::evaluation::write;
use crate::report::Outcome;

/// Options of `eval compare`.
#[derive(clap::Args)]
pub struct Args {
    /// The JSON file of a run, with a search type behind a colon where one is meant:
    /// reports/eval-local-….json:vector
    a: String,
    /// The other one
    b: String,
    /// Where the reports go
    #[arg(long, value_name = "DIR")]
    out: Option<PathBuf>,
}

/// The comparisons and their files.
#[derive(Serialize)]
struct Compared {
    comparisons: Vec<Comparison>,
    files: Vec<PathBuf>,
}

/// Compares what was named; without search types, those that both runs have.
pub(super) fn run(ctx: &Context, args: &Args) -> Result<Outcome> {
    let (a, b) = (Named::read(&args.a)?, Named::read(&args.b)?);
    let folder = match &args.out {
        Some(folder) => std::path::absolute(folder).doing("find the current folder")?,
        None => ctx.path("reports"),
    };
    let mut comparisons = Vec::new();
    let mut files = Vec::new();
    for (one, other) in ways(&a, &b)? {
        let comparison = between(&a.chosen(one), &b.chosen(other))?;
        let name = format!("eval-compare-{}-{one}-{}-{other}", a.short(), b.short());
        files.extend(write(&comparison, &folder, &name)?);
        comparisons.push(comparison);
    }
    Outcome::of(&Compared { comparisons, files })
}

/// Which way of the first with which of the second.
fn ways(a: &Named, b: &Named) -> Result<Vec<(SearchType, SearchType)>> {
    if let (Some(one), Some(other)) = (a.way, b.way) {
        return Ok(vec![(one, other)]);
    }
    let there =
        |named: &Named, way: &SearchType| named.run.results_by_search_type.contains_key(way);
    let both = SearchType::value_variants()
        .iter()
        .filter(|way| there(a, way) && there(b, way));
    let wanted = a.way.or(b.way);
    let both = both.filter(|way| wanted.is_none_or(|wanted| wanted == **way));
    let both: Vec<_> = both.map(|way| (*way, *way)).collect();
    if both.is_empty() {
        return Err(Error::input("the two runs have no search type in common")
            .hint("name one of each: RUN.json:vector OTHER.json:hybrid"));
    }
    if a.path == b.path {
        return Err(
            Error::input("a run does not differ from itself").hint(format!(
                "name two search types: {0}:vector {0}:hybrid",
                a.path.display()
            )),
        );
    }
    Ok(both)
}

struct Named {
    path: PathBuf,
    run: Run,
    way: Option<SearchType>,
}

impl Named {
    /// A file, and behind its last colon a search type, if it is one.
    fn read(text: &str) -> Result<Self> {
        let way = text
            .rsplit_once(':')
            .and_then(|(path, way)| Some((path, SearchType::from_str(way, false).ok()?)));
        let (path, way) = match way {
            Some((path, way)) => (path, Some(way)),
            None => (text, None),
        };
        let path = PathBuf::from(path);
        Ok(Self {
            run: Run::read(&path)?,
            path,
            way,
        })
    }

    fn short(&self) -> String {
        self.run.run_id.chars().take(8).collect()
    }

    fn chosen(&self, way: SearchType) -> Chosen<'_> {
        let name = self.path.file_stem().unwrap_or_default().to_string_lossy();
        Chosen {
            label: format!("{name}:{way}"),
            run: &self.run,
            way,
        }
    }
}

impl fmt::Display for Compared {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for comparison in &self.comparisons {
            writeln!(f, "{comparison}")?;
        }
        let show = |path: &PathBuf| -> String { Path::display(path).to_string() };
        self.files
            .iter()
            .try_for_each(|path| writeln!(f, "  {}", show(path)))
    }
}
