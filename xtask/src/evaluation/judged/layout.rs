//! Judged sets of others. BEIR: `corpus.jsonl`, `queries.jsonl`, `qrels/test.tsv` with a heading.
//! TREC: `<DOC>` texts or tab-separated lines, `<top>` topics or tab-separated lines, qrels of four
//! columns. Which it is, is seen in the files.

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;

use serde_json::Value;

use super::topics::{documents, topics};
use super::{Judged, Query};
use crate::error::{Error, Result};

/// A document of a corpus.
#[derive(Clone, Debug, PartialEq)]
pub struct Document {
    /// Its name.
    pub id: String,
    /// Its title, where it has one.
    pub title: String,
    /// Its text.
    pub text: String,
}

/// A set that was read, and what of it is left out.
#[derive(Clone, Debug, PartialEq)]
pub struct Imported {
    /// What can be asked.
    pub judged: Judged,
    /// What is searched.
    pub documents: Vec<Document>,
    /// What a reader of the figures should know.
    pub notes: Vec<String>,
}

/// Reads a set. Queries without anything relevant are left out: that no answer is known does not
/// mean that there is none.
pub fn import(corpus: &Path, queries: &Path, qrels: &Path) -> Result<Imported> {
    let documents = read_corpus(corpus)?;
    let asked = read_queries(queries)?;
    let mut graded = read_qrels(qrels)?;
    let ids: BTreeSet<&str> = documents
        .iter()
        .map(|document| document.id.as_str())
        .collect();
    let mut notes = Vec::new();
    let mut kept = Vec::new();
    let all = asked.len();
    for (id, text) in asked {
        let grades: BTreeMap<String, i64> = graded.remove(&id).unwrap_or_default();
        if grades.values().any(|grade| *grade > 0) {
            kept.push(Query {
                id,
                text,
                kind: "all".to_owned(),
                split: None,
                grades,
            });
        }
    }
    if kept.len() < all {
        let without = all - kept.len();
        notes.push(format!(
            "{without} of {all} queries have nothing relevant and are left out"
        ));
    }
    if !graded.is_empty() {
        let many = graded.len();
        notes.push(format!("{many} judged queries are not among the queries"));
    }
    let judged = kept.iter().flat_map(|query| query.grades.keys());
    let absent: BTreeSet<&str> = judged
        .map(String::as_str)
        .filter(|id| !ids.contains(id))
        .collect();
    if !absent.is_empty() {
        let many = absent.len();
        notes.push(format!(
            "{many} judged documents are not in the corpus and cannot be found"
        ));
    }
    let judged = Judged {
        name: name(corpus),
        documents: documents
            .iter()
            .map(|document| document.id.clone())
            .collect(),
        queries: kept,
    };
    Ok(Imported {
        judged: judged.checked()?,
        documents,
        notes,
    })
}

/// A set is called like the folder it lies in.
fn name(corpus: &Path) -> String {
    let folder = corpus.canonicalize().ok();
    let folder = folder
        .as_deref()
        .and_then(Path::parent)
        .and_then(Path::file_name);
    let name = folder
        .unwrap_or(corpus.as_os_str())
        .to_string_lossy()
        .into_owned();
    let plain = |c: char| {
        if c.is_ascii_alphanumeric() {
            c.to_ascii_lowercase()
        } else {
            '-'
        }
    };
    name.chars().map(plain).collect()
}

fn text(path: &Path) -> Result<String> {
    let bytes = std::fs::read(path).map_err(|source| {
        Error::input(format!("could not read {}", path.display())).because(source)
    })?;
    // Old collections are not always UTF-8; what is not is shown as such.
    Ok(String::from_utf8_lossy(&bytes).into_owned())
}

fn wrong(path: &Path, line: usize, what: &str) -> Error {
    Error::input(format!("{}:{line}: {what}", path.display()))
        .hint("the layouts: docs/recipes/measure-search.md")
}

fn lines(text: &str) -> impl Iterator<Item = (usize, &str)> {
    let lines = text
        .lines()
        .zip(1..)
        .filter(|(line, _)| !line.trim().is_empty());
    lines.map(|(line, number)| (number, line))
}

fn read_corpus(path: &Path) -> Result<Vec<Document>> {
    let text = text(path)?;
    let found = match text.trim_start().chars().next() {
        Some('{') => json_lines(path, &text)?,
        Some('<') => documents(&text),
        _ => tab_separated(path, &text)?,
    };
    let mut ids = BTreeSet::new();
    if let Some(twice) = found
        .iter()
        .find(|document| !ids.insert(document.id.as_str()))
    {
        let said = format!("{}: two documents are called {}", path.display(), twice.id);
        return Err(Error::input(said));
    }
    match found.is_empty() {
        true => Err(Error::input(format!(
            "{} holds no document",
            path.display()
        ))),
        false => Ok(found),
    }
}

fn json_lines(path: &Path, text: &str) -> Result<Vec<Document>> {
    let read = |(number, line): (usize, &str)| {
        let value: Value = serde_json::from_str(line)
            .map_err(|error| wrong(path, number, "no JSON").because(error))?;
        let field = |names: &[&str]| {
            let found = names.iter().find_map(|name| value.get(name));
            found.map(|found| {
                found
                    .as_str()
                    .map_or_else(|| found.to_string(), str::to_owned)
            })
        };
        let id = field(&["_id", "id", "docno", "doc_id", "query_id"]);
        let text = field(&["text", "contents", "body", "query"]);
        match (id, text) {
            (Some(id), Some(text)) => Ok(Document {
                id,
                title: field(&["title"]).unwrap_or_default(),
                text,
            }),
            _ => Err(wrong(path, number, "an object here has _id and text")),
        }
    };
    lines(text).map(read).collect()
}

fn tab_separated(path: &Path, text: &str) -> Result<Vec<Document>> {
    let read = |(number, line): (usize, &str)| match line.split_once('\t') {
        Some((id, text)) => Ok(Document {
            id: id.trim().to_owned(),
            title: String::new(),
            text: text.to_owned(),
        }),
        None => Err(wrong(
            path,
            number,
            "a line here is an id, a tab and a text",
        )),
    };
    lines(text).map(read).collect()
}

fn read_queries(path: &Path) -> Result<Vec<(String, String)>> {
    let text = text(path)?;
    let found = match text.trim_start().chars().next() {
        Some('<') => return Ok(topics(&text)),
        Some('{') => json_lines(path, &text)?,
        _ => tab_separated(path, &text)?,
    };
    Ok(found
        .into_iter()
        .map(|query| (query.id, query.text))
        .collect())
}

/// Three columns with a heading, or four without.
fn read_qrels(path: &Path) -> Result<BTreeMap<String, BTreeMap<String, i64>>> {
    let text = text(path)?;
    let mut graded: BTreeMap<String, BTreeMap<String, i64>> = BTreeMap::new();
    for (number, line) in lines(&text) {
        let columns: Vec<&str> = line.split_whitespace().collect();
        let (query, document, grade) = match columns.as_slice() {
            [query, _, document, grade] => (query, document, grade),
            [query, document, grade] if number == 1 && grade.parse::<f64>().is_err() => {
                let _heading = (query, document);
                continue;
            }
            [query, document, grade] => (query, document, grade),
            _ => return Err(wrong(path, number, "a judgment has three or four columns")),
        };
        let grade = grade
            .parse()
            .map_err(|_| wrong(path, number, &format!("{grade} is no grade")))?;
        let of_query = graded.entry((*query).to_owned()).or_default();
        if of_query
            .insert((*document).to_owned(), grade)
            .is_some_and(|was| was != grade)
        {
            return Err(wrong(
                path,
                number,
                &format!("{document} is judged twice for {query}"),
            ));
        }
    }
    Ok(graded)
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use std::path::PathBuf;

    use super::{Imported, import};
    use crate::error::Result;

    struct Files(tempfile::TempDir);

    impl Files {
        fn new(corpus: &str, queries: &str, qrels: &str) -> Self {
            let folder = tempfile::tempdir().unwrap();
            for (name, text) in [("corpus", corpus), ("queries", queries), ("qrels", qrels)] {
                std::fs::write(folder.path().join(name), text).unwrap();
            }
            Self(folder)
        }

        fn path(&self, name: &str) -> PathBuf {
            self.0.path().join(name)
        }

        fn import(&self) -> Result<Imported> {
            import(
                &self.path("corpus"),
                &self.path("queries"),
                &self.path("qrels"),
            )
        }
    }

    const BEIR: [&str; 3] = [
        "{\"_id\":\"d1\",\"title\":\"Cats\",\"text\":\"A cat purrs.\"}\n{\"_id\":\"d2\",\"title\":\"\",\"text\":\"A dog barks.\"}\n",
        "{\"_id\":\"q1\",\"text\":\"what purrs\",\"metadata\":{}}\n{\"_id\":\"q9\",\"text\":\"of another half\"}\n",
        "query-id\tcorpus-id\tscore\nq1\td1\t2\nq1\td7\t1\n",
    ];
    const TREC: [&str; 3] = [
        "<DOC>\n<DOCNO> d1 </DOCNO>\n<TITLE>Cats</TITLE>\n<TEXT>\nA cat purrs.\n</TEXT>\n</DOC>\n<DOC><DOCNO>d2</DOCNO><TEXT>A dog barks.</TEXT></DOC>",
        "<top>\n<num> Number: q1\n<title> what purrs\n\n<desc> Description:\nCats.\n</top>\n<top><num>Number: q9 <title>of another half</top>",
        "q1 0 d1 2\nq1 0 d7 1\n",
    ];
    const LINES: [&str; 3] = [
        "d1\tA cat purrs.\nd2\tA dog barks.\n",
        "q1\twhat purrs\nq9\tof another half\n",
        "q1 Q0 d1 2\nq1 Q0 d7 1\n",
    ];

    #[test]
    fn each_layout_gives_the_same_set() {
        for files in [BEIR, TREC, LINES] {
            let found = Files::new(files[0], files[1], files[2]).import().unwrap();
            let query = &found.judged.queries[0];
            assert_eq!(
                (query.id.as_str(), query.text.as_str()),
                ("q1", "what purrs")
            );
            assert_eq!(query.grades["d1"], 2);
            assert_eq!(found.judged.queries.len(), 1);
            assert_eq!(found.judged.documents, ["d1", "d2"]);
            assert_eq!(found.documents[0].text.trim(), "A cat purrs.");
            assert_eq!(
                found.notes,
                [
                    "1 of 2 queries have nothing relevant and are left out",
                    "1 judged documents are not in the corpus and cannot be found"
                ]
            );
        }
        let titled = Files::new(TREC[0], TREC[1], TREC[2]).import().unwrap();
        assert_eq!(titled.documents[0].title, "Cats");
    }

    #[test]
    fn what_cannot_be_read_is_named_with_its_line() {
        let [corpus, queries, qrels] = BEIR;
        for (files, said) in [
            (
                ["{\"text\":1}", queries, qrels],
                "corpus:1: an object here has _id",
            ),
            (["{\"_id\":\"d\"", queries, qrels], "corpus:1: no JSON"),
            (["no tab", queries, qrels], "corpus:1: a line here"),
            (["", queries, qrels], "holds no document"),
            (["d\ta\nd\tb", queries, qrels], "two documents are called d"),
            ([corpus, "q1\tab", qrels], "query q1 has 2 characters"),
            (
                [corpus, queries, "q1 0 d1 high"],
                "qrels:1: high is no grade",
            ),
            ([corpus, queries, "q1 d1"], "qrels:1: a judgment has"),
            (
                [corpus, queries, "q1 0 d1 1\nq1 0 d1 2"],
                "qrels:2: d1 is judged twice",
            ),
            ([corpus, queries, ""], "has no query to ask"),
        ] {
            let error = Files::new(files[0], files[1], files[2])
                .import()
                .unwrap_err();
            assert!(error.to_string().contains(said), "{said}: {error}");
        }
        let files = Files::new(corpus, queries, qrels);
        let error = import(
            &files.path("none"),
            &files.path("queries"),
            &files.path("qrels"),
        );
        assert!(error.unwrap_err().to_string().contains("could not read"));
    }
}
