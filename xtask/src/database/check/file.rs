//! A migration taken apart: its statements, what their comments allow, what the file is.

use std::collections::BTreeSet;

use sqlparser::ast::{ObjectName, Statement as Ast};
use sqlparser::dialect::PostgreSqlDialect;
use sqlparser::parser::Parser;
use sqlparser::tokenizer::{Token, TokenWithSpan, Tokenizer, Whitespace};

use crate::error::{Error, Result};

/// A migration.
#[derive(Debug)]
pub struct MigrationFile {
    /// Its name.
    pub name: String,
    /// Its number.
    pub version: i64,
    /// sqlx runs it outside a transaction.
    pub no_transaction: bool,
    /// It ends what an earlier release began, and says so.
    pub contract: bool,
    /// The tables it makes: nobody uses them yet.
    pub made: BTreeSet<String>,
    /// Its statements, in order.
    pub statements: Vec<Statement>,
}

/// One statement.
#[derive(Debug)]
pub struct Statement {
    /// The line it begins in.
    pub line: u64,
    /// Its words in capitals, and its other signs; no comments.
    pub words: Vec<String>,
    /// What the parser makes of it; it does not know all that PostgreSQL does.
    pub ast: Option<Ast>,
    /// The waiting for locks is bounded when it runs.
    pub patient: bool,
    allowed: BTreeSet<String>,
}

impl Statement {
    /// Whether a comment above it allows what a rule forbids, with a reason.
    pub fn allows(&self, rule: &str) -> bool {
        self.allowed.contains(rule)
    }

    /// Whether its words begin so.
    pub fn begins(&self, words: &[&str]) -> bool {
        self.words.len() >= words.len() && self.words.iter().zip(words).all(|(a, b)| a == b)
    }

    /// Whether these words follow each other somewhere in it.
    pub fn has(&self, words: &[&str]) -> bool {
        self.words
            .windows(words.len())
            .any(|window| window.iter().zip(words).all(|(a, b)| a == b))
    }
}

impl MigrationFile {
    /// Takes a file apart.
    pub fn parse(name: &str, text: &str) -> Result<Self> {
        let version = name
            .split('_')
            .next()
            .and_then(|number| number.parse().ok());
        let version = version.ok_or_else(|| {
            Error::input(format!("{name} is no name of a migration"))
                .hint("a name is a number, _ and what it does: 0002_add_tags.sql")
        })?;
        let tokens = Tokenizer::new(&PostgreSqlDialect {}, text)
            .tokenize_with_location()
            .map_err(|error| Error::input(format!("{name} cannot be read: {error}")))?;
        let mut statements = Vec::new();
        let mut patient = false;
        for part in tokens.split(|token| token.token == Token::SemiColon) {
            if let Some(statement) = statement(part, patient) {
                patient |= bounds_waiting(&statement);
                statements.push(statement);
            }
        }
        Ok(Self {
            name: name.to_owned(),
            version,
            // sqlx looks at the very beginning of the file.
            no_transaction: text.starts_with("-- no-transaction"),
            contract: text.lines().any(|line| says(line, "contract")),
            made: statements.iter().filter_map(made).collect(),
            statements,
        })
    }
}

/// `-- <word>: reason`, with a reason.
fn says(line: &str, word: &str) -> bool {
    let rest = line.trim().strip_prefix("--");
    let rest = rest.and_then(|rest| rest.trim().strip_prefix(word)?.strip_prefix(':'));
    rest.is_some_and(|reason| !reason.trim().is_empty())
}

fn statement(tokens: &[TokenWithSpan], patient: bool) -> Option<Statement> {
    let first = tokens
        .iter()
        .find(|token| !matches!(token.token, Token::Whitespace(_)))?;
    let words = tokens.iter().filter_map(|token| match &token.token {
        Token::Whitespace(_) => None,
        Token::Word(word) => Some(word.value.to_uppercase()),
        other => Some(other.to_string()),
    });
    let comments = tokens.iter().filter_map(|token| match &token.token {
        Token::Whitespace(Whitespace::SingleLineComment { comment, .. }) => Some(comment.as_str()),
        _ => None,
    });
    let ast = Parser::new(&PostgreSqlDialect {})
        .with_tokens_with_locations(tokens.to_vec())
        .parse_statements();
    Some(Statement {
        line: first.span.start.line,
        words: words.collect(),
        ast: ast.ok().and_then(|mut parsed| parsed.pop()),
        patient,
        allowed: comments.filter_map(allowed).collect(),
    })
}

/// `allow <rule>: reason`.
fn allowed(comment: &str) -> Option<String> {
    let (rule, reason) = comment.trim().strip_prefix("allow ")?.split_once(':')?;
    (!reason.trim().is_empty()).then(|| rule.trim().to_owned())
}

fn bounds_waiting(statement: &Statement) -> bool {
    statement.begins(&["SET"]) && statement.words.iter().any(|word| word == "LOCK_TIMEOUT")
}

fn made(statement: &Statement) -> Option<String> {
    match statement.ast.as_ref()? {
        Ast::CreateTable(table) => Some(table_name(&table.name)),
        _ => None,
    }
}

/// A table's name without its schema, in small letters.
pub(super) fn table_name(name: &ObjectName) -> String {
    let last = name.0.last().map(ToString::to_string).unwrap_or_default();
    last.trim_matches('"').to_lowercase()
}
