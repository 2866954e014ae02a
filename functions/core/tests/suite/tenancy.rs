//! Every statement is bounded to one user: read from the sources and parsed.

use std::ops::ControlFlow;
use std::path::{Path, PathBuf};

use sqlparser::ast::{
    Expr, Insert, Query, SetExpr, Statement, TableFactor, TableWithJoins, Visit, Visitor,
};
use sqlparser::dialect::PostgreSqlDialect;
use sqlparser::parser::Parser;

const TENANT_TABLES: [&str; 9] = [
    "items",
    "analyses",
    "embeddings",
    "conversations",
    "chat_history",
    "chat_history_metadata",
    "work_claims",
    "imports",
    "import_changes",
];

/// Statements that go over all users, each with its reason. Exact, so that none grows in silence.
const ACROSS_USERS: [(&str, &str); 1] = [(
    "SELECT DISTINCT user_id FROM conversations ORDER BY user_id",
    "moving history between back ends, by the ops function, at an operator's command",
)];

/// Every table of a user in a statement must have `<table>.user_id = $n` next to it.
fn complaints(sql: &str) -> Vec<String> {
    let statements = match Parser::parse_sql(&PostgreSqlDialect {}, sql) {
        Ok(statements) => statements,
        Err(error) => return vec![format!("cannot be parsed: {error}")],
    };
    let mut check = Check::default();
    for statement in &statements {
        let _ = statement.visit(&mut check);
    }
    check.complaints
}

#[derive(Default)]
struct Check {
    complaints: Vec<String>,
}

impl Check {
    fn tables(&mut self, tables: &[TableWithJoins], filter: &str) {
        for table in tables.iter().flat_map(|t| {
            std::iter::once(&t.relation).chain(t.joins.iter().map(|join| &join.relation))
        }) {
            let TableFactor::Table { name, alias, .. } = table else {
                continue;
            };
            let name = name.to_string();
            if !TENANT_TABLES.contains(&name.as_str()) {
                continue;
            }
            let alone = tables.len() == 1 && tables[0].joins.is_empty();
            let known = alias
                .as_ref()
                .map_or(name.clone(), |alias| alias.name.to_string());
            let bounded = filter.contains(&format!("{known}.user_id = $"))
                || (alone && filter.contains("user_id = $"));
            if !bounded {
                self.complaints
                    .push(format!("{known} is not bounded by user_id in: {filter}"));
            }
        }
    }

    fn insert(&mut self, insert: &Insert) {
        if !insert
            .columns
            .iter()
            .any(|column| column.to_string() == "user_id")
        {
            self.complaints.push(format!("{insert} sets no user_id"));
        }
        if let Some(on) = &insert.on {
            let on = on.to_string();
            if on.contains("DO UPDATE") && !on.contains("user_id = $") && !on.contains("(item_id)")
            {
                self.complaints
                    .push(format!("{on} may update another user's row"));
            }
        }
    }
}

impl Visitor for Check {
    type Break = ();

    fn pre_visit_query(&mut self, query: &Query) -> ControlFlow<()> {
        if let SetExpr::Select(select) = query.body.as_ref() {
            let joins = select.from.iter().flat_map(|from| &from.joins);
            let on: String = joins.map(|join| format!(" {join}")).collect();
            let filter = select
                .selection
                .as_ref()
                .map(Expr::to_string)
                .unwrap_or_default();
            self.tables(&select.from, &format!("{filter}{on}"));
        }
        ControlFlow::Continue(())
    }

    fn pre_visit_statement(&mut self, statement: &Statement) -> ControlFlow<()> {
        match statement {
            Statement::Insert(insert) => self.insert(insert),
            Statement::Update(update) => {
                let filter = update
                    .selection
                    .as_ref()
                    .map(Expr::to_string)
                    .unwrap_or_default();
                self.tables(std::slice::from_ref(&update.table), &filter);
            }
            Statement::Delete(delete) => {
                let filter = delete
                    .selection
                    .as_ref()
                    .map(Expr::to_string)
                    .unwrap_or_default();
                let sqlparser::ast::FromTable::WithFromKeyword(from) = &delete.from else {
                    return ControlFlow::Continue(());
                };
                self.tables(from, &filter);
            }
            _ => {}
        }
        ControlFlow::Continue(())
    }
}

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

/// The string literals of a source that are statements.
fn statements(source: &str) -> Vec<String> {
    let literal = regex::Regex::new(r#""((?:[^"\\]|\\.)*)""#).unwrap();
    let statement = regex::Regex::new(r"^\s*(SELECT|INSERT|UPDATE|DELETE|WITH)\s").unwrap();
    let found = literal
        .captures_iter(source)
        .map(|captures| captures[1].replace("\\\"", "\""));
    found.filter(|text| statement.is_match(text)).collect()
}

/// What an operator asks of a whole database; `only_ops_sees_every_user` holds who may.
const OF_OPERATORS: &str = "/db/operate/";

#[test]
fn every_statement_is_bounded_to_one_user() {
    let core = Path::new(env!("CARGO_MANIFEST_DIR")).join("src");
    let mut seen = 0;
    for path in sources(&core.join("db")) {
        if path.to_string_lossy().contains(OF_OPERATORS) {
            continue;
        }
        for sql in statements(&std::fs::read_to_string(&path).unwrap()) {
            seen += 1;
            if ACROSS_USERS.iter().any(|(known, _)| *known == sql) {
                continue;
            }
            assert_eq!(
                complaints(&sql),
                Vec::<String>::new(),
                "{}: {sql}",
                path.display()
            );
        }
    }
    for sql in collections_core::retrieval::STATEMENTS {
        seen += 1;
        assert_eq!(complaints(sql), Vec::<String>::new(), "{sql}");
    }
    assert!(seen >= 30, "only {seen} statements were found");
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
    ] {
        assert_eq!(complaints(sql).len(), 1, "{sql}");
    }
    assert!(complaints("SELECT * FROM items WHERE user_id = $1").is_empty());
}
