//! Whether a statement stays with one user: read from its syntax tree, not from its text.

use std::collections::BTreeSet;
use std::ops::ControlFlow;

use sqlparser::ast::{
    BinaryOperator, Delete, Expr, FromTable, Insert, JoinConstraint, JoinOperator, ObjectName,
    OnConflictAction, OnInsert, Select, Statement, TableFactor, TableObject, TableWithJoins,
    Update, UpdateTableFromKind, Value, Visit, Visitor,
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

/// What is wrong with a statement. Of every table of users it must be true of each row that it
/// touches that `<table>.user_id = $n`: said in `WHERE`, or in the `ON` that the table is joined
/// by, as a condition beside which nothing else can let a row in. All with the same `$n`.
pub fn complaints(sql: &str) -> Vec<String> {
    let statements = match Parser::parse_sql(&PostgreSqlDialect {}, sql) {
        Ok(statements) => statements,
        Err(error) => return vec![format!("cannot be parsed: {error}")],
    };
    let mut check = Check::default();
    for statement in &statements {
        let _ = statement.visit(&mut check);
    }
    if check.named != check.judged {
        let (named, judged) = (check.named, check.judged);
        let odd = format!("names {named} tables of users, {judged} where they can be judged");
        check.complaints.push(odd);
    }
    if check.users.len() > 1 {
        let odd = format!("is bounded by several values: {:?}", check.users);
        check.complaints.push(odd);
    }
    check.complaints
}

#[derive(Default)]
struct Check {
    complaints: Vec<String>,
    /// How often tables of users are named, anywhere.
    named: usize,
    /// How many of these were looked at.
    judged: usize,
    /// The placeholders that stand for the user.
    users: BTreeSet<String>,
}

/// The tables that one part of a statement reads side by side.
#[derive(Default)]
struct Scope<'a> {
    tables: Vec<Table<'a>>,
    /// Derived tables and functions count too: beside them a bare column is nobody's for certain.
    factors: usize,
    /// True of every row that comes out.
    holds: Vec<&'a Expr>,
}

struct Table<'a> {
    name: String,
    alias: String,
    /// True of every row of it that comes out.
    holds: Vec<&'a Expr>,
}

impl<'a> Scope<'a> {
    fn of(tables: impl IntoIterator<Item = &'a TableWithJoins>, filter: Option<&'a Expr>) -> Self {
        let mut scope = Self::default();
        for table in tables {
            scope.add(table, &[]);
        }
        scope.holds.extend(filter.into_iter().flat_map(conjuncts));
        scope
    }

    fn add(&mut self, table: &'a TableWithJoins, holds: &[&'a Expr]) {
        self.factor(&table.relation, holds);
        for join in &table.joins {
            use JoinOperator as By;
            match &join.join_operator {
                By::Join(on) | By::Inner(on) | By::CrossJoin(on) => {
                    self.holds.extend(condition(on));
                    self.factor(&join.relation, holds);
                }
                // A row on the left stays whatever the condition says.
                By::Left(on) | By::LeftOuter(on) => {
                    let on = condition(on);
                    self.factor(&join.relation, &[holds, &on].concat());
                }
                _ => self.factor(&join.relation, &[]),
            }
        }
    }

    fn factor(&mut self, factor: &'a TableFactor, holds: &[&'a Expr]) {
        self.factors += 1;
        match factor {
            TableFactor::Table { name, alias, .. } => {
                let name = name.to_string();
                let alias = alias.as_ref().map(|alias| alias.name.to_string());
                self.tables.push(Table {
                    alias: alias.unwrap_or_else(|| name.clone()),
                    name,
                    holds: holds.to_vec(),
                });
            }
            TableFactor::NestedJoin {
                table_with_joins, ..
            } => self.add(table_with_joins, holds),
            // What is derived is a part of its own.
            _ => {}
        }
    }
}

fn condition(on: &JoinConstraint) -> Vec<&Expr> {
    match on {
        JoinConstraint::On(on) => conjuncts(on),
        _ => Vec::new(),
    }
}

/// What must all be true for the whole to be.
fn conjuncts(expr: &Expr) -> Vec<&Expr> {
    match expr {
        Expr::Nested(inner) => conjuncts(inner),
        Expr::BinaryOp {
            left,
            op: BinaryOperator::And,
            right,
        } => [conjuncts(left), conjuncts(right)].concat(),
        _ => vec![expr],
    }
}

/// The placeholder that a condition says the owner of a table's rows is.
fn user(expr: &Expr, alias: &str, alone: bool) -> Option<String> {
    let Expr::BinaryOp {
        left,
        op: BinaryOperator::Eq,
        right,
    } = expr
    else {
        return None;
    };
    let owner = match left.as_ref() {
        Expr::Identifier(column) => alone && column.value == "user_id",
        Expr::CompoundIdentifier(path) => {
            matches!(path.as_slice(), [of, column] if of.value == alias && column.value == "user_id")
        }
        _ => false,
    };
    match right.as_ref() {
        Expr::Value(value) if owner => match &value.value {
            Value::Placeholder(name) => Some(name.clone()),
            _ => None,
        },
        _ => None,
    }
}

impl Check {
    fn judge(&mut self, scope: &Scope<'_>) {
        let alone = scope.factors == 1;
        for table in &scope.tables {
            if !TENANT_TABLES.contains(&table.name.as_str()) {
                continue;
            }
            self.judged += 1;
            let mut holds = scope.holds.iter().chain(&table.holds);
            match holds.find_map(|expr| user(expr, &table.alias, alone)) {
                Some(user) => drop(self.users.insert(user)),
                None => {
                    let holds: Vec<_> = scope.holds.iter().map(ToString::to_string).collect();
                    self.complaints.push(format!(
                        "{} is not bounded by user_id in: {}",
                        table.alias,
                        holds.join(" AND ")
                    ));
                }
            }
        }
    }

    fn insert(&mut self, insert: &Insert) {
        let TableObject::TableName(name) = &insert.table else {
            return;
        };
        let name = name.to_string();
        if !TENANT_TABLES.contains(&name.as_str()) {
            return;
        }
        self.judged += 1;
        if !insert.columns.iter().any(|it| it.to_string() == "user_id") {
            self.complaints.push(format!("{insert} sets no user_id"));
        }
        let Some(OnInsert::OnConflict(conflict)) = &insert.on else {
            return;
        };
        if let OnConflictAction::DoUpdate(update) = &conflict.action {
            let alias = insert.table_alias.as_ref().map(|it| it.alias.to_string());
            let alias = alias.unwrap_or(name);
            let holds = update.selection.iter().flat_map(conjuncts);
            match holds.into_iter().find_map(|expr| user(expr, &alias, false)) {
                Some(user) => drop(self.users.insert(user)),
                None => {
                    let may = format!("{conflict} may update another user's row");
                    self.complaints.push(may);
                }
            }
        }
    }

    fn update(&mut self, update: &Update) {
        let others = match &update.from {
            Some(UpdateTableFromKind::BeforeSet(from) | UpdateTableFromKind::AfterSet(from)) => {
                from.as_slice()
            }
            None => &[],
        };
        let tables = std::iter::once(&update.table).chain(others);
        self.judge(&Scope::of(tables, update.selection.as_ref()));
    }

    fn delete(&mut self, delete: &Delete) {
        let (FromTable::WithFromKeyword(from) | FromTable::WithoutKeyword(from)) = &delete.from;
        let tables = from.iter().chain(delete.using.iter().flatten());
        self.judge(&Scope::of(tables, delete.selection.as_ref()));
    }
}

impl Visitor for Check {
    type Break = ();

    fn pre_visit_relation(&mut self, name: &ObjectName) -> ControlFlow<()> {
        let is_users = TENANT_TABLES.contains(&name.to_string().as_str());
        self.named += usize::from(is_users);
        ControlFlow::Continue(())
    }

    fn pre_visit_select(&mut self, select: &Select) -> ControlFlow<()> {
        self.judge(&Scope::of(&select.from, select.selection.as_ref()));
        ControlFlow::Continue(())
    }

    fn pre_visit_statement(&mut self, statement: &Statement) -> ControlFlow<()> {
        match statement {
            Statement::Insert(insert) => self.insert(insert),
            Statement::Update(update) => self.update(update),
            Statement::Delete(delete) => self.delete(delete),
            _ => {}
        }
        ControlFlow::Continue(())
    }
}
