//! Statements with named parameters, run on PostgreSQL; rows as fields.

use axum::Json;
use serde_json::{Value, json};
use sqlx::postgres::{PgConnection, PgRow};
use sqlx::{AssertSqlSafe, Column, Row, TypeInfo};

use super::{Answer, MAX_ANSWER, Refusal};

pub(super) async fn run(connection: &mut PgConnection, request: &Value) -> Answer {
    let empty = Vec::new();
    let given = request["parameters"].as_array().unwrap_or(&empty);
    let sql = request["sql"].as_str().unwrap_or_default();
    let (sql, names) = positional(sql)?;
    // The test's own statements, with their values apart.
    let mut query = sqlx::query(AssertSqlSafe(sql));
    for name in names {
        let found = given
            .iter()
            .find(|parameter| parameter["name"] == name.as_str());
        let Some(parameter) = found else {
            let said = format!("Named parameter {name} has no value");
            return Err(Refusal::new("BadRequestException", said));
        };
        let value = &parameter["value"];
        query = if let Some(text) = value["stringValue"].as_str() {
            query.bind(text.to_owned())
        } else if let Some(number) = value["longValue"].as_i64() {
            query.bind(number)
        } else if value["isNull"] == true {
            query.bind(None::<String>)
        } else {
            return Err(Refusal::new("BadRequestException", format!("{value}")));
        };
    }
    let rows = query.fetch_all(connection).await.map_err(refused)?;
    let records = rows.iter().map(record).collect::<Result<Vec<_>, _>>()?;
    let answer = json!({"records": records, "numberOfRecordsUpdated": 0});
    if answer.to_string().len() > MAX_ANSWER {
        let said = "Database returned more than the allowed response size limit of 1 MiB";
        return Err(Refusal::new("UnsupportedResultException", said));
    }
    Ok(Json(answer))
}

/// `:name` becomes `$n`, anew at each place where it stands.
fn positional(sql: &str) -> Result<(String, Vec<String>), Refusal> {
    let (mut text, mut names) = (String::new(), Vec::<String>::new());
    let mut rest = sql;
    while let Some(at) = rest.find([':', '$']) {
        text.push_str(&rest[..at]);
        if rest[at..].starts_with("::") {
            text.push_str("::");
            rest = &rest[at + 2..];
            continue;
        }
        if rest[at..].starts_with('$') {
            let said = "positional parameters are not supported";
            return Err(Refusal::new("BadRequestException", said));
        }
        let name: String = rest[at + 1..]
            .chars()
            .take_while(|c| c.is_ascii_alphanumeric() || *c == '_')
            .collect();
        rest = &rest[at + 1 + name.len()..];
        let known = names.iter().position(|known| *known == name);
        let place = known.unwrap_or_else(|| {
            names.push(name);
            names.len() - 1
        });
        text.push_str(&format!("${}", place + 1));
    }
    text.push_str(rest);
    Ok((text, names))
}

fn record(row: &PgRow) -> Result<Value, Refusal> {
    let fields = row.columns().iter().map(|column| {
        let at = column.ordinal();
        Ok(match column.type_info().name() {
            "TEXT" | "VARCHAR" | "NAME" => {
                let text: Option<String> = row.try_get(at).map_err(refused)?;
                text.map_or(json!({"isNull": true}), |text| json!({"stringValue": text}))
            }
            "INT4" => {
                let number: i32 = row.try_get(at).map_err(refused)?;
                json!({"longValue": number})
            }
            "INT8" => {
                let number: i64 = row.try_get(at).map_err(refused)?;
                json!({"longValue": number})
            }
            "BOOL" => {
                let flag: bool = row.try_get(at).map_err(refused)?;
                json!({"booleanValue": flag})
            }
            other => {
                let said = format!("The result contains the unsupported data type {other}");
                return Err(Refusal::new("UnsupportedResultException", said));
            }
        })
    });
    fields.collect()
}

#[allow(
    clippy::needless_pass_by_value,
    reason = "it is what `map_err` hands over"
)]
pub(super) fn refused(error: sqlx::Error) -> Refusal {
    let said = match error.as_database_error() {
        Some(error) => {
            let state = error.code().unwrap_or_default();
            format!("ERROR: {}; SQLState: {state}", error.message())
        }
        None => error.to_string(),
    };
    Refusal::new("DatabaseErrorException", said)
}
