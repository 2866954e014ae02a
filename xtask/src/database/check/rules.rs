//! The rules. Each names what to do instead; `tests.rs` has a bad twin and a good one for each.

use sqlparser::ast::{
    AlterColumnOperation, AlterTableOperation, ColumnDef, ColumnOption, Expr, ObjectName,
    Statement as Ast, TableConstraint,
};

use super::file::{MigrationFile, Statement, table_name};

/// One rule.
pub struct Rule {
    /// Its name, for `-- allow <rule>: why`.
    pub id: &'static str,
    /// Why it is one.
    pub reason: &'static str,
    /// What to do instead.
    pub instead: &'static str,
    /// What is wrong with a statement, if anything is.
    pub check: fn(&MigrationFile, &Statement) -> Option<String>,
}

/// Every rule.
pub const RULES: &[Rule] = &[
    Rule {
        id: "readable",
        reason: "what is not understood cannot be judged",
        instead: "write it plainer, or allow it with a reason",
        check: |_, statement| {
            let known = statement.ast.is_some() || is_known_anyway(statement);
            (!known).then(|| format!("{} … is not understood", beginning(statement)))
        },
    },
    Rule {
        id: "drop-in-contract",
        reason: "the release before still reads it, and runs again after a rollback",
        instead: "drop it in a migration of a later release that says -- contract: why",
        check: |file, statement| {
            let what = dropped(file, statement)?;
            (!file.contract).then(|| format!("{what} is dropped"))
        },
    },
    Rule {
        id: "no-rename",
        reason: "the release before knows it by its old name",
        instead: "add the new one, write both, backfill, read the new one, drop the old one later",
        check: |file, statement| {
            let (_, operation) = in_use(file, statement)?.find(|(_, operation)| {
                use AlterTableOperation as Op;
                matches!(operation, Op::RenameColumn { .. } | Op::RenameTable { .. })
            })?;
            Some(format!("{operation}"))
        },
    },
    Rule {
        id: "no-rewrite",
        reason: "the whole table is written anew while nobody can read it",
        instead: "add a column of the new type, backfill it, read it, drop the old one later",
        check: rewrites,
    },
    Rule {
        id: "not-null-has-default",
        reason: "rows that are there have no value, and the release before writes none",
        instead: "give it a default, or let it be null",
        check: |file, statement| {
            let (_, column) = added(file, statement)?.find(|(_, column)| {
                let has = |wanted: fn(&ColumnOption) -> bool| {
                    column.options.iter().any(|option| wanted(&option.option))
                };
                let computed = |option: &ColumnOption| {
                    matches!(
                        option,
                        ColumnOption::Default(_) | ColumnOption::Generated { .. }
                    )
                };
                has(|option| matches!(option, ColumnOption::NotNull)) && !has(computed)
            })?;
            Some(format!(
                "{} may not be null and has no default",
                column.name
            ))
        },
    },
    Rule {
        id: "no-set-not-null",
        reason: "every row is read while nobody can write, and the release before writes nulls",
        instead: "ADD CONSTRAINT … CHECK (… IS NOT NULL) NOT VALID, then VALIDATE CONSTRAINT",
        check: |file, statement| {
            let (table, operation) = in_use(file, statement)?.find(|(_, operation)| {
                let op = AlterColumnOperation::SetNotNull;
                matches!(operation, AlterTableOperation::AlterColumn { op: found, .. } if *found == op)
            })?;
            Some(format!("{table}: {operation}"))
        },
    },
    Rule {
        id: "index-concurrently",
        reason: "nobody can write to the table while the index is built",
        instead: "CREATE INDEX CONCURRENTLY in a file of its own that begins with -- no-transaction",
        check: |file, statement| match statement.ast.as_ref()? {
            Ast::CreateIndex(index) if !index.concurrently => {
                let table = used(file, &index.table_name)?;
                Some(format!("{table} is locked against writing"))
            }
            _ => None,
        },
    },
    Rule {
        id: "concurrently-alone",
        reason: "it cannot run in a transaction, and what runs beside it is not undone with it",
        instead: "put it alone into a file that begins with -- no-transaction",
        check: |file, statement| {
            let concurrently = statement.words.iter().any(|word| word == "CONCURRENTLY");
            let alone = file.no_transaction && file.statements.len() == 1;
            (concurrently && !alone).then(|| "CONCURRENTLY beside others".to_owned())
        },
    },
    Rule {
        id: "no-transaction-alone",
        reason: "what fails half-way stays half done, and the next run begins at the beginning",
        instead: "one statement a file",
        check: |file, statement| {
            let first = file.statements.first().map(|first| first.line);
            let many = file.no_transaction && file.statements.len() > 1;
            (many && first == Some(statement.line))
                .then(|| format!("{} statements without a transaction", file.statements.len()))
        },
    },
    Rule {
        id: "constraint-not-valid",
        reason: "every row is read under a lock",
        instead: "ADD CONSTRAINT … NOT VALID, and VALIDATE CONSTRAINT in the next migration",
        check: |file, statement| {
            let (table, constraint) = in_use(file, statement)?.find_map(|(table, operation)| {
                let AlterTableOperation::AddConstraint {
                    constraint,
                    not_valid: false,
                } = operation
                else {
                    return None;
                };
                use TableConstraint::{Check, ForeignKey};
                matches!(constraint, ForeignKey(_) | Check(_)).then_some((table, constraint))
            })?;
            Some(format!("{table}: {constraint}"))
        },
    },
    Rule {
        id: "unique-using-index",
        reason: "its index is built while nobody can write",
        instead: "build a unique index concurrently, then ADD CONSTRAINT … UNIQUE USING INDEX",
        check: |file, statement| {
            let builds = |constraint: &TableConstraint| {
                use TableConstraint::{PrimaryKey, Unique};
                matches!(constraint, Unique(_) | PrimaryKey(_))
            };
            let (table, _) = in_use(file, statement)?.find(|(_, operation)| {
                matches!(operation, AlterTableOperation::AddConstraint { constraint, .. } if builds(constraint))
            })?;
            Some(format!("{table} gets a key whose index is not there"))
        },
    },
    Rule {
        id: "lock-timeout",
        reason: "while it waits for a long query, everybody else waits behind it",
        instead: "SET LOCAL lock_timeout = '5s' above it; a deploy tries again",
        check: |file, statement| {
            let table = locked(file, statement)?;
            (!statement.patient).then(|| format!("{table} is locked however long that takes"))
        },
    },
    Rule {
        id: "bounded-backfill",
        reason: "one transaction over a whole table holds its locks and doubles its size",
        instead: "backfill in batches by a WHERE, outside the migration where it is long",
        check: |file, statement| {
            let (table, bounded) = match statement.ast.as_ref()? {
                Ast::Update(update) => (
                    update.table.relation.to_string(),
                    update.selection.is_some(),
                ),
                Ast::Delete(delete) => (String::new(), delete.selection.is_some()),
                _ => return None,
            };
            let new = file.made.contains(&table.to_lowercase());
            (!bounded && !new).then(|| format!("all rows at once: {}", beginning(statement)))
        },
    },
    Rule {
        id: "no-table-lock",
        reason: "nobody can use the table until it ends",
        instead: "leave it to the server, or do it in a planned pause",
        check: |file, statement| {
            let hard = [
                &["TRUNCATE"][..],
                &["LOCK"],
                &["CLUSTER"],
                &["VACUUM", "FULL"],
            ];
            let reindex = statement.begins(&["REINDEX"])
                && !statement.words.iter().any(|word| word == "CONCURRENTLY");
            let found = reindex || hard.iter().any(|words| statement.begins(words));
            let made = statement
                .words
                .iter()
                .any(|word| file.made.contains(&word.to_lowercase()));
            (found && !made).then(|| beginning(statement))
        },
    },
];

/// What the parser does not know, and we do: harmless, or judged by its words.
fn is_known_anyway(statement: &Statement) -> bool {
    let judged = [
        &["DROP", "INDEX"][..],
        &["REINDEX"],
        &["CLUSTER"],
        &["VACUUM"],
        &["LOCK"],
    ];
    // How a column is stored from now on; no row is touched.
    let storage = statement.begins(&["ALTER", "TABLE"]) && statement.has(&["SET", "STORAGE"]);
    let simple = !statement.words.iter().any(|word| word == ",");
    (storage && simple) || judged.iter().any(|words| statement.begins(words))
}

fn beginning(statement: &Statement) -> String {
    let first: Vec<&str> = statement.words.iter().take(5).map(String::as_str).collect();
    first.join(" ")
}

/// A table that others use: not one that this file makes.
fn used(file: &MigrationFile, name: &ObjectName) -> Option<String> {
    let name = table_name(name);
    (!file.made.contains(&name)).then_some(name)
}

/// The operations on a table that is in use.
fn in_use<'s>(
    file: &MigrationFile,
    statement: &'s Statement,
) -> Option<impl Iterator<Item = (String, &'s AlterTableOperation)>> {
    let Ast::AlterTable(alter) = statement.ast.as_ref()? else {
        return None;
    };
    let table = used(file, &alter.name)?;
    Some(
        alter
            .operations
            .iter()
            .map(move |operation| (table.clone(), operation)),
    )
}

/// The columns that are added to a table in use.
fn added<'s>(
    file: &MigrationFile,
    statement: &'s Statement,
) -> Option<impl Iterator<Item = (String, &'s ColumnDef)>> {
    let operations = in_use(file, statement)?;
    Some(operations.filter_map(|(table, operation)| match operation {
        AlterTableOperation::AddColumn { column_def, .. } => Some((table, column_def)),
        _ => None,
    }))
}

/// What a statement drops that the release before may use.
fn dropped(file: &MigrationFile, statement: &Statement) -> Option<String> {
    // An index that is gone makes queries slow, not wrong.
    if statement.begins(&["DROP"]) {
        let harmless = ["INDEX", "TRIGGER"];
        let kind = statement.words.get(1)?;
        return (!harmless.contains(&kind.as_str())).then(|| beginning(statement));
    }
    let (table, operation) = in_use(file, statement)?
        .find(|(_, operation)| matches!(operation, AlterTableOperation::DropColumn { .. }))?;
    Some(format!("{table}: {operation}"))
}

/// A column whose type changes, or whose default differs from row to row.
fn rewrites(file: &MigrationFile, statement: &Statement) -> Option<String> {
    let changed = in_use(file, statement)?.find_map(|(table, operation)| match operation {
        AlterTableOperation::AlterColumn {
            column_name,
            op: AlterColumnOperation::SetDataType { .. },
        } => Some(format!("{table}.{column_name} changes its type")),
        _ => None,
    });
    changed.or_else(|| {
        added(file, statement)?.find_map(|(table, column)| {
            column
                .options
                .iter()
                .find_map(|option| match &option.option {
                    ColumnOption::Default(value) if is_volatile(value) => Some(format!(
                        "{table}.{} has another default each time",
                        column.name
                    )),
                    ColumnOption::Generated {
                        generation_expr: Some(_),
                        ..
                    } => Some(format!("{table}.{} is computed for every row", column.name)),
                    _ => None,
                })
        })
    })
}

/// Calls that give the same to all rows of one statement; any other may not.
const STABLE: &[&str] = &[
    "now",
    "current_timestamp",
    "transaction_timestamp",
    "current_date",
];

fn is_volatile(value: &Expr) -> bool {
    match value {
        Expr::Function(call) => !STABLE.contains(&call.name.to_string().to_lowercase().as_str()),
        Expr::Cast { expr, .. } | Expr::Nested(expr) => is_volatile(expr),
        _ => false,
    }
}

/// A table in use that a statement locks against reading or writing, if only for a moment.
fn locked(file: &MigrationFile, statement: &Statement) -> Option<String> {
    match statement.ast.as_ref() {
        Some(Ast::AlterTable(alter)) => used(file, &alter.name),
        Some(Ast::CreateTrigger(trigger)) => used(file, &trigger.table_name),
        Some(Ast::Drop { names, .. }) if statement.begins(&["DROP", "TABLE"]) => {
            names.iter().find_map(|name| used(file, name))
        }
        None if statement.begins(&["ALTER", "TABLE"]) => {
            let name = statement.words.get(2)?.to_lowercase();
            (!file.made.contains(&name)).then_some(name)
        }
        _ => None,
    }
}
