//! The services that speak JSON, told apart by a header.

use std::sync::{Arc, Mutex};

use axum::Json;
use axum::extract::State as Shared;
use axum::http::{HeaderMap, StatusCode};
use axum::response::{IntoResponse, Response};
use serde_json::{Value, json};

use super::{PutEvent, State, dynamodb};

pub(super) async fn call(
    Shared(state): Shared<Arc<Mutex<State>>>,
    headers: HeaderMap,
    body: String,
) -> Response {
    let request: Value = serde_json::from_str(&body).unwrap_or_default();
    let target = headers
        .get("x-amz-target")
        .and_then(|value| value.to_str().ok());
    let operation = target
        .and_then(|target| target.split('.').next_back())
        .unwrap_or_default();
    let state = &mut *state.lock().unwrap();
    if super::store::fails(state) {
        return (StatusCode::INTERNAL_SERVER_ERROR, Json(json!({}))).into_response();
    }
    let dynamodb = match operation {
        "PutItem" => Some(dynamodb::put_item(state, &request)),
        "GetItem" => Some(dynamodb::get_item(state, &request)),
        "Query" => Some(dynamodb::query(state, &request)),
        "BatchWriteItem" => Some(dynamodb::batch_write_item(state, &request)),
        _ => None,
    };
    match dynamodb {
        Some(Ok(answer)) => return Json(answer).into_response(),
        Some(Err(kind)) => {
            let error = json!({"__type": format!("com.amazonaws.dynamodb#{kind}")});
            return (StatusCode::BAD_REQUEST, Json(error)).into_response();
        }
        None => {}
    }
    let answer = match operation {
        "PutEvents" => Some(put_events(state, &request)),
        "GetParameters" => Some(get_parameters(state, &request)),
        "PutParameter" => {
            state
                .parameters
                .insert(text(&request, "Name"), text(&request, "Value"));
            Some(json!({"Version": 1}))
        }
        "DeleteParameter" => {
            state.parameters.remove(&text(&request, "Name"));
            Some(json!({}))
        }
        "GetSecretValue" => {
            state.secret_reads += 1;
            let secret = state.secrets.get(&text(&request, "SecretId"));
            secret.map(|value| json!({"SecretString": value, "Name": "database"}))
        }
        "Scan" => Some(scan(state, &request)),
        other => panic!("the fake does not know {other}"),
    };
    match answer {
        Some(answer) => Json(answer).into_response(),
        None => {
            let error = json!({"__type": "ResourceNotFoundException"});
            (StatusCode::BAD_REQUEST, Json(error)).into_response()
        }
    }
}

fn text(request: &Value, field: &str) -> String {
    request[field].as_str().unwrap_or_default().to_owned()
}

fn put_events(state: &mut State, request: &Value) -> Value {
    let refused = if state.refuse_events.is_empty() {
        Vec::new()
    } else {
        state.refuse_events.remove(0)
    };
    let mut results = Vec::new();
    for (at, entry) in request["Entries"]
        .as_array()
        .into_iter()
        .flatten()
        .enumerate()
    {
        if refused.contains(&at) {
            results.push(json!({"ErrorCode": "ThrottlingException", "ErrorMessage": "later"}));
            continue;
        }
        results.push(json!({"EventId": format!("event-{}", state.events.len())}));
        let mut detail: Value = serde_json::from_str(&text(entry, "Detail")).unwrap_or_default();
        let trace = entry["TraceHeader"].as_str().map(str::to_owned);
        // Said twice, as not every bus passes the header on.
        let told = detail
            .as_object_mut()
            .and_then(|detail| detail.remove("trace"));
        assert_eq!(told.as_ref().and_then(Value::as_str), trace.as_deref());
        state.events.push(PutEvent {
            detail_type: text(entry, "DetailType"),
            detail,
            trace,
        });
    }
    let failed = results
        .iter()
        .filter(|result| result.get("ErrorCode").is_some())
        .count();
    json!({"FailedEntryCount": failed, "Entries": results})
}

fn get_parameters(state: &State, request: &Value) -> Value {
    let names = request["Names"]
        .as_array()
        .into_iter()
        .flatten()
        .filter_map(Value::as_str);
    let (found, absent): (Vec<_>, Vec<_>) =
        names.partition(|name| state.parameters.contains_key(*name));
    let found: Vec<_> = found
        .iter()
        .map(|name| json!({"Name": name, "Value": state.parameters[*name], "Type": "SecureString"}))
        .collect();
    json!({"Parameters": found, "InvalidParameters": absent})
}

/// Two rows a page, so that paging is used.
fn scan(state: &State, request: &Value) -> Value {
    let from = request["ExclusiveStartKey"]["at"]["N"]
        .as_str()
        .map_or(0, |n| n.parse().unwrap());
    let page: Vec<_> = state.rows.iter().skip(from).take(2).collect();
    let mut answer = json!({"Items": page, "Count": page.len()});
    if from + 2 < state.rows.len() {
        answer["LastEvaluatedKey"] = json!({"at": {"N": (from + 2).to_string()}});
    }
    answer
}
