//! Lambda, in memory.

use async_trait::async_trait;
use serde_json::{Value, json};

use super::Fake;
use crate::cloud::functions::{
    Answer, CodeAt, FunctionVersion, Functions, LATEST, Readiness, Variables,
};
use crate::cloud::{CloudError, CloudResult, Fault};

fn invalid(call: &'static str) -> impl Fn(String) -> CloudError {
    move |reason| {
        CloudError::new(
            call,
            Fault::Invalid,
            "InvalidParameterValueException",
            reason,
        )
    }
}

#[async_trait]
impl Functions for Fake {
    async fn aliased(&self, function: &str, alias: &str) -> CloudResult<Option<FunctionVersion>> {
        self.read_on("lambda:GetFunctionConfiguration", function, |world| {
            let found = world.functions.get(function).and_then(|function| {
                if alias == LATEST {
                    return function.latest();
                }
                let version = function.aliases.get(alias)?;
                function
                    .versions
                    .iter()
                    .find(|(known, _)| known.version == *version)
                    .map(|(version, _)| version.clone())
            });
            Ok(found)
        })
        .await
    }

    async fn variables(&self, function: &str, alias: &str) -> CloudResult<Option<Variables>> {
        self.read_on("lambda:GetFunctionConfiguration", function, |world| {
            let function = world.functions.get(function);
            let function = function.filter(|function| function.aliases.contains_key(alias));
            Ok(function.map(|function| {
                let variables = &function.configuration["Environment"]["Variables"];
                serde_json::from_value(variables.clone()).unwrap_or_default()
            }))
        })
        .await
    }

    async fn versions(&self, function: &str) -> CloudResult<Vec<FunctionVersion>> {
        self.read_on("lambda:ListVersionsByFunction", function, |world| {
            let function = world.functions.get(function);
            let versions =
                function.map(|function| function.versions.iter().map(|(v, _)| v.clone()));
            Ok(versions.into_iter().flatten().collect())
        })
        .await
    }

    async fn update_code(&self, function: &str, code: &CodeAt) -> CloudResult<String> {
        const CALL: &str = "lambda:UpdateFunctionCode";
        self.write_on(CALL, function, |world| {
            let hash = world.code(code).map_err(invalid(CALL))?;
            let function = world.functions.get_mut(function);
            let function = function.ok_or_else(|| invalid(CALL)("no such function".into()))?;
            function.code_sha256.clone_from(&hash);
            Ok(hash)
        })
        .await
    }

    async fn readiness(&self, function: &str, at: &str) -> CloudResult<Readiness> {
        self.read_on("lambda:GetFunctionConfiguration", function, |world| {
            let version = (function.to_owned(), at.to_owned());
            let Some(looks) = world.pending.get_mut(&version) else {
                return Ok(Readiness::Ready);
            };
            *looks -= 1;
            if *looks == 0 {
                world.pending.remove(&version);
            }
            Ok(Readiness::Pending)
        })
        .await
    }

    async fn publish(&self, function: &str, revision: &str, code: &str) -> CloudResult<String> {
        const CALL: &str = "lambda:PublishVersion";
        self.write_on(CALL, function, |world| {
            let current = world
                .functions
                .get(function)
                .map(|function| function.code_sha256.as_str());
            if current != Some(code) {
                return Err(invalid(CALL)("the code is another by now".into()));
            }
            let published = world.publish(function, revision).map_err(invalid(CALL))?;
            if world.slow_versions > 0 {
                let version = (function.to_owned(), published.clone());
                world.pending.insert(version, world.slow_versions);
            }
            Ok(published)
        })
        .await
    }

    async fn invoke(&self, function: &str, at: &str, payload: &Value) -> CloudResult<Answer> {
        const CALL: &str = "lambda:Invoke";
        // Whether this changes anything is the function's business.
        self.read_on(CALL, function, |world| {
            let scripted = (function.to_owned(), payload.to_string());
            if let Some(answer) = world.answers.get(&scripted) {
                return Ok(answer.clone());
            }
            let known = world.functions.get(function);
            let code = known.and_then(|function| function.code_at(at));
            match (code, payload.pointer("/migrate/dry_run")) {
                (Some(code), Some(dry_run)) => Ok(world.migrate(&code, *dry_run == true)),
                (Some(code), None) => {
                    world.asked.push(payload.clone());
                    let answer = Answer::Value(json!({ "code": code }));
                    Ok(world.next_answers.pop_front().unwrap_or(answer))
                }
                (None, _) => Err(CloudError::new(
                    CALL,
                    Fault::NotFound,
                    "ResourceNotFoundException",
                    function,
                )),
            }
        })
        .await
    }

    async fn move_alias(&self, function: &str, alias: &str, version: &str) -> CloudResult<()> {
        const CALL: &str = "lambda:UpdateAlias";
        self.write_on(CALL, function, |world| {
            let to = (function.to_owned(), version.to_owned());
            if world.pending.contains_key(&to) {
                let met = format!("{function} met version {version} before it could run");
                world.history.push(met);
            }
            if let Some(reason) = world.stubborn.get(function) {
                return Err(invalid(CALL)(reason.clone()));
            }
            world.alias(function, alias, version).map_err(invalid(CALL))
        })
        .await
    }
}
