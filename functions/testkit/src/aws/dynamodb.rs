//! DynamoDB: one table with its index, as state. Nothing is removed when it expires: the real one
//! takes two days for that.

use serde_json::{Map, Value, json};

use super::State;

/// What an item may have, names included.
const MAX_ITEM: usize = 400 * 1024;

/// An answer, or the type of an error.
pub(super) type Answer = Result<Value, &'static str>;

pub(super) fn put_item(state: &mut State, request: &Value) -> Answer {
    let item = &request["Item"];
    for key in ["thread_id", "checkpoint_id", "user_id"] {
        item[key]["S"].as_str().ok_or("ValidationException")?;
    }
    item["last_activity"]["N"]
        .as_str()
        .ok_or("ValidationException")?;
    if size(item) > MAX_ITEM {
        return Err("ValidationException");
    }
    let same = |row: &Value| key_of(row) == key_of(item);
    let found = state.rows.iter().position(same);
    match request["ConditionExpression"].as_str() {
        None => {}
        Some("attribute_not_exists(thread_id)") if found.is_none() => {}
        Some("attribute_not_exists(thread_id)") => {
            return Err("ConditionalCheckFailedException");
        }
        Some(other) => panic!("the fake does not know the condition {other}"),
    }
    state.item_writes += 1;
    match found {
        Some(at) => state.rows[at] = item.clone(),
        None => state.rows.push(item.clone()),
    }
    Ok(json!({}))
}

pub(super) fn get_item(state: &State, request: &Value) -> Answer {
    let same = |row: &&Value| key_of(row) == key_of(&request["Key"]);
    Ok(match state.rows.iter().find(same) {
        Some(row) => json!({"Item": row}),
        None => json!({}),
    })
}

pub(super) fn batch_write_item(state: &mut State, request: &Value) -> Answer {
    let tables = request["RequestItems"].as_object();
    for write in tables.into_iter().flat_map(Map::values).flat_map(items) {
        let key = &write["DeleteRequest"]["Key"];
        assert!(key.is_object(), "the fake only removes in batches: {write}");
        state.rows.retain(|row| key_of(row) != key_of(key));
    }
    Ok(json!({"UnprocessedItems": {}}))
}

/// By table or index, in pages as asked for.
pub(super) fn query(state: &mut State, request: &Value) -> Answer {
    state.queries += 1;
    let (hash, order) = match request["IndexName"].as_str() {
        None => ("thread_id", "checkpoint_id"),
        Some("user_id-last_activity-index") => ("user_id", "last_activity"),
        Some(_) => return Err("ResourceNotFoundException"),
    };
    let values = &request["ExpressionAttributeValues"];
    let condition = request["KeyConditionExpression"].as_str().unwrap_or("");
    let (mut wanted, mut below) = (None, None);
    for part in condition.split(" AND ") {
        match part.split_whitespace().collect::<Vec<_>>()[..] {
            [name, "=", value] if name == hash => wanted = values[value]["S"].as_str(),
            [name, "<", value] if name == order => below = Some(sortable(&values[value])),
            _ => panic!("the fake does not know the condition {condition}"),
        }
    }
    let wanted = wanted.ok_or("ValidationException")?;
    let mut found: Vec<_> = state
        .rows
        .iter()
        .filter(|row| row[hash]["S"] == wanted)
        .filter(|row| {
            below
                .as_ref()
                .is_none_or(|below| sortable(&row[order]) < *below)
        })
        .collect();
    found.sort_by_cached_key(|row| (sortable(&row[order]), key_of(row)));
    if request["ScanIndexForward"] == false {
        found.reverse();
    }
    let from = request["ExclusiveStartKey"]["at"]["N"].as_str();
    let from = from.map_or(0, |n| n.parse().unwrap());
    let limit = request["Limit"].as_u64().unwrap_or(1000);
    let limit = usize::try_from(limit).unwrap();
    let page: Vec<_> = found.iter().skip(from).take(limit).collect();
    let page: Vec<_> = page.iter().map(|row| projected(row, request)).collect();
    let mut answer = json!({"Items": page, "Count": page.len()});
    if from + limit < found.len() {
        answer["LastEvaluatedKey"] = json!({"at": {"N": (from + limit).to_string()}});
    }
    Ok(answer)
}

fn items(value: &Value) -> impl Iterator<Item = &Value> {
    value.as_array().into_iter().flatten()
}

fn key_of(row: &Value) -> (String, String) {
    let text = |name: &str| row[name]["S"].as_str().unwrap_or_default().to_owned();
    (text("thread_id"), text("checkpoint_id"))
}

/// Texts as they are, numbers so that they compare as numbers.
fn sortable(value: &Value) -> String {
    match value["N"].as_str() {
        Some(number) => {
            let (whole, part) = number.split_once('.').unwrap_or((number, ""));
            format!("{whole:0>20}.{part:0<9}")
        }
        None => value["S"].as_str().unwrap_or_default().to_owned(),
    }
}

fn projected(row: &Value, request: &Value) -> Value {
    let Some(expression) = request["ProjectionExpression"].as_str() else {
        return row.clone();
    };
    let name = |part: &str| {
        let alias = request["ExpressionAttributeNames"][part].as_str();
        alias.unwrap_or(part).to_owned()
    };
    let names: Vec<_> = expression.split(", ").map(name).collect();
    let row = row.as_object().into_iter().flatten();
    row.filter(|(name, _)| names.contains(name))
        .map(|(name, value)| (name.clone(), value.clone()))
        .collect()
}

/// Names and values; bytes come as base64, a third longer.
fn size(item: &Value) -> usize {
    let attributes = item.as_object().into_iter().flatten();
    attributes
        .map(|(name, value)| {
            let bytes = value["B"].as_str().map_or(0, |text| text.len() / 4 * 3);
            let other = if bytes == 0 {
                value.to_string().len()
            } else {
                0
            };
            name.len() + bytes + other
        })
        .sum()
}
