//! Every statement is bounded to one user: read from the sources and parsed.

mod bounds;

use std::path::{Path, PathBuf};

use bounds::complaints;
use collections_core::retrieval::STATEMENTS;

/// Statements that go over all users, each with its reason. Exact, so that none grows in silence.
const ACROSS_USERS: [(&str, &str); 1] = [(
    "SELECT DISTINCT user_id FROM conversations ORDER BY user_id",
    "moving history between back ends, by the ops function, at an operator's command",
)];

fn sources(folder: &Path) -> Vec<PathBuf> {
    let entries = std::fs::read_dir(folder)
        .unwrap()
        .map(|entry| entry.unwrap().path());
    entries
        .flat_map(|path| {
            if path.is_dir() {
                sources(&path)
            } else {
                vec![path]
            }
        })
        .collect()
}

/// The string literals of a source that are statements. Comments and characters are passed over:
/// a quotation mark in them begins nothing.
fn statements(source: &str) -> Vec<String> {
    let token =
        r##"//[^\n]*|'(?:\\.|[^'\\])'|r#"(?<raw>(?s:.*?))"#|"(?<text>(?:[^"\\]|\\(?s:.))*)""##;
    let token = regex::Regex::new(token).unwrap();
    let escaped = regex::Regex::new(r#"\\(["\\])"#).unwrap();
    let statement = regex::Regex::new(r"^\s*(SELECT|INSERT|UPDATE|DELETE|WITH)\s").unwrap();
    let found = token.captures_iter(source).filter_map(|literal| {
        let text = literal
            .name("text")
            .map(|text| escaped.replace_all(text.as_str(), "$1"));
        let raw = literal.name("raw").map(|text| text.as_str().into());
        Some(text.or(raw)?.into_owned())
    });
    found.filter(|text| statement.is_match(text)).collect()
}

/// What is wrong with the statements of a source. A part of a statement that is checked as a whole
/// is none of its own; the second is how many there are.
fn wrong(source: &str, whole: &[&str]) -> (Vec<String>, usize) {
    let found = statements(source);
    let count = found.len();
    let mut wrong = Vec::new();
    for sql in found {
        let is_known = ACROSS_USERS.iter().any(|(known, _)| *known == sql)
            || whole.iter().any(|whole| whole.contains(&sql));
        if !is_known {
            wrong.extend(complaints(&sql).iter().map(|why| format!("{why}: {sql}")));
        }
    }
    (wrong, count)
}

/// What an operator asks of a whole database; `only_ops_sees_every_user` holds who may.
const OF_OPERATORS: &str = "/db/operate/";

#[test]
fn every_statement_is_bounded_to_one_user() {
    let core = Path::new(env!("CARGO_MANIFEST_DIR")).join("src");
    for sql in STATEMENTS {
        assert_eq!(complaints(sql), Vec::<String>::new(), "{sql}");
    }
    for (folder, whole, least) in [("db", [].as_slice(), 30), ("retrieval", STATEMENTS, 6)] {
        let mut seen = 0;
        for path in sources(&core.join(folder)) {
            if path.to_string_lossy().contains(OF_OPERATORS) {
                continue;
            }
            let (wrong, count) = wrong(&std::fs::read_to_string(&path).unwrap(), whole);
            assert_eq!(wrong, Vec::<String>::new(), "{}", path.display());
            seen += count;
        }
        assert!(seen >= least, "only {seen} statements in {folder}");
    }
}

#[test]
fn statements_stand_in_db_and_retrieval_only() {
    let functions = Path::new(env!("CARGO_MANIFEST_DIR")).join("..");
    for folder in [
        "api",
        "image-processor",
        "analyzer",
        "embedder",
        "cleanup",
        "ops",
        "core",
    ] {
        for path in sources(&functions.join(folder).join("src")) {
            let text = path.to_string_lossy();
            if text.contains("/core/src/db/") || text.contains("/core/src/retrieval/") {
                continue;
            }
            let source = std::fs::read_to_string(&path).unwrap();
            assert!(statements(&source).is_empty(), "{text} holds SQL");
        }
    }
}

#[test]
fn only_ops_sees_every_user() {
    let functions = Path::new(env!("CARGO_MANIFEST_DIR")).join("..");
    let folders = ["api", "image-processor", "analyzer", "embedder", "cleanup"];
    for folder in folders.map(|folder| functions.join(folder).join("src")) {
        for path in sources(&folder) {
            let source = std::fs::read_to_string(&path).unwrap();
            assert!(!source.contains("operate"), "{}", path.display());
        }
    }
    // Within the core, migrations alone.
    for path in sources(&functions.join("core/src")) {
        let text = path.to_string_lossy().into_owned();
        let may = text.contains(OF_OPERATORS) || text.ends_with("/db/migrate.rs");
        let names = std::fs::read_to_string(&path)
            .unwrap()
            .contains("operate::");
        assert!(may || !names, "{text}");
    }
}

#[test]
fn the_check_sees_what_is_missing() {
    for sql in [
        "SELECT * FROM items",
        "SELECT * FROM items WHERE id = $1",
        "SELECT * FROM items i JOIN analyses a ON a.item_id = i.id WHERE i.user_id = $1",
        "SELECT 1 FROM items WHERE user_id = $1 AND EXISTS (SELECT 1 FROM analyses WHERE id = $2)",
        "SELECT * FROM items WHERE user_id = owner",
        "UPDATE items SET status = 'x' WHERE id = $1",
        "DELETE FROM embeddings WHERE item_id = $1",
        "INSERT INTO items (id) VALUES ($1)",
        "WITH a AS (SELECT * FROM items) SELECT * FROM a",
        // Said, but something else lets a row in.
        "SELECT * FROM items WHERE user_id = $1 OR true",
        "SELECT * FROM items WHERE id = $2 OR (user_id = $1 AND id = $3)",
        "SELECT * FROM items WHERE NOT (user_id = $1)",
        "SELECT * FROM items WHERE (user_id = $1) IS NOT NULL",
        "SELECT * FROM items WHERE user_id <> $1 AND user_id >= $1",
        "DELETE FROM items WHERE user_id = $1 OR $2",
        "UPDATE items SET status = 'x' WHERE coalesce(user_id = $1, true)",
        // Said of another table.
        "SELECT * FROM items WHERE id IN (SELECT item_id FROM analyses WHERE user_id = $1)",
        "DELETE FROM items WHERE EXISTS (SELECT 1 FROM analyses a WHERE a.user_id = $1)",
        "SELECT * FROM items, unnest($2) AS ids (user_id) WHERE user_id = $1",
        "SELECT * FROM items i LEFT JOIN analyses a ON i.user_id = $1 AND a.user_id = $1",
        "SELECT * FROM items i RIGHT JOIN analyses a ON a.user_id = $1 WHERE i.user_id = $1",
        "SELECT * FROM (items i JOIN analyses a ON a.id = i.id) WHERE i.user_id = $1",
        "UPDATE items SET status = 'x' FROM analyses a WHERE items.user_id = $1 AND a.id = items.id",
        "DELETE FROM items USING analyses a WHERE items.user_id = $1 AND a.id = items.id",
        // Said of one part only.
        "SELECT id FROM items WHERE user_id = $1 UNION ALL SELECT id FROM items",
        "SELECT id FROM items WHERE user_id = $1 AND id IN (SELECT id FROM items UNION SELECT $2)",
        "INSERT INTO analyses (user_id, item_id) SELECT $1, id FROM items",
        // Said of several users.
        "SELECT * FROM items i JOIN analyses a ON a.user_id = $2 WHERE i.user_id = $1",
        // A row that is there may be another's.
        "INSERT INTO embeddings (user_id, item_id) VALUES ($1, $2)
         ON CONFLICT (item_id) DO UPDATE SET created_at = now()",
        "INSERT INTO embeddings (user_id, item_id) VALUES ($1, $2)
         ON CONFLICT (item_id) DO UPDATE SET created_at = now()
         WHERE embeddings.user_id = $1 OR excluded.user_id = $1",
    ] {
        assert_eq!(complaints(sql).len(), 1, "{sql}: {:?}", complaints(sql));
    }
    for sql in [
        "SELECT * FROM items WHERE user_id = $1",
        "SELECT * FROM items WHERE (user_id = $1 AND id = $2) AND (id = $3 OR true)",
        "SELECT * FROM items i LEFT JOIN analyses a ON a.user_id = $1 WHERE i.user_id = $1",
        "SELECT * FROM items i JOIN analyses a ON a.user_id = $1 AND i.user_id = $1",
        "DELETE FROM items WHERE user_id = $1 AND id IN (SELECT id FROM items WHERE user_id = $1)",
    ] {
        assert_eq!(complaints(sql), Vec::<String>::new(), "{sql}");
    }
}

#[test]
fn statements_are_found_in_whatever_surrounds_them() {
    let hidden = "SELECT * FROM items WHERE id = '\\\\'";
    for source in [
        format!("query(\"{hidden}\")"),
        format!("let quote = '\"'; query(\"{hidden}\")"),
        format!("let quote = '\\\"'; query(\"{hidden}\")"),
        format!("// a \"quoted\" word, and a lone \"\nquery(\"{hidden}\")"),
        format!("let url = \"https://a.example\"; query(\"{hidden}\")"),
        format!("query(r#\"{hidden}\"#)"),
        format!("query(concat!(\"{hidden}\", \" LIMIT 1\"))"),
    ] {
        let (wrong, count) = wrong(&source, STATEMENTS);
        assert_eq!((wrong.len(), count), (1, 1), "{source}: {wrong:?}");
    }
    let part = "query(concat!(\"SELECT * FROM items\", \" WHERE user_id = $1\"))";
    let whole = ["SELECT * FROM items WHERE user_id = $1"];
    assert_eq!(wrong(part, &whole), (vec![], 1), "checked as a whole");
}
