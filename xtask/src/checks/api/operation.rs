//! One operation of the API: who may call it, what it answers, and that it keeps its description.

use std::sync::Arc;

use async_trait::async_trait;
use contract::routes;
use serde_json::{Value, json};

use super::{World, calls, shape};
use crate::checks::target::Target;
use crate::checks::{Check, Stop, Trail};
use crate::error::{Doing as _, Error, Result};

const METHODS: [&str; 5] = ["get", "post", "put", "patch", "delete"];
const FORGED: &str = "eyJhbGciOiJub25lIn0.eyJzdWIiOiJub2JvZHkifQ.";

/// An operation as the document describes it.
pub(super) struct Operation {
    world: Arc<World>,
    method: String,
    path: String,
    description: Value,
}

/// Every operation of the document.
pub(super) fn all(world: &Arc<World>) -> Vec<Operation> {
    let paths = world.document.get("paths").and_then(Value::as_object);
    let mut operations = Vec::new();
    for (path, entry) in paths.into_iter().flatten() {
        for method in METHODS {
            if let Some(description) = entry.get(method) {
                operations.push(Operation {
                    world: world.clone(),
                    method: method.to_ascii_uppercase(),
                    path: path.clone(),
                    description: description.clone(),
                });
            }
        }
    }
    operations
}

impl Operation {
    fn key(&self) -> String {
        format!("{} {}", self.method, self.path)
    }

    fn is_public(&self) -> bool {
        let key = self.key();
        let mut public = routes::PUBLIC.iter().chain(routes::DESCRIPTION);
        public.any(|route| *route == key)
    }

    /// Without a valid token there is no way in.
    async fn refuses(&self, target: &Target, token: Option<&str>) -> Result<()> {
        let path = calls::filled(&self.world, &self.path);
        let method = self
            .method
            .parse::<reqwest::Method>()
            .doing("read the method")?;
        let request = target.http.request(method, format!("{}{path}", target.api));
        let request = match token {
            Some(token) => request.bearer_auth(token),
            None => request,
        };
        let answer = crate::checks::target::answered(request).await?;
        match answer.status {
            401 => Ok(()),
            status => Err(Error::failed(format!(
                "it answers {status} in place of 401: {}",
                answer.words()
            ))),
        }
    }

    async fn keeps_its_description(&self, expected: u16) -> Result<()> {
        let answer = calls::call(&self.world, &self.method, &self.path).await?;
        let content_type = answer.content_type.clone();
        let body = answer.expect(expected)?;
        let told = self.description.pointer(&format!("/responses/{expected}"));
        let told = told
            .ok_or_else(|| Error::failed(format!("its description knows no answer {expected}")))?;
        let told = shape::resolved(&self.world.document, told);
        match told.pointer("/content/application~1json/schema") {
            Some(schema) => shape::check(&self.world.document, schema, &body, "answer"),
            None if content_type.contains("json") => Err(Error::failed("JSON, and not described")),
            None => Ok(()),
        }
    }

    async fn hides_from_another(&self) -> Result<()> {
        let path = calls::filled(&self.world, &self.path);
        let body = calls::body(&self.method, &self.path);
        let answer = self
            .world
            .bob
            .send(&self.method, &path, body.as_ref())
            .await?;
        let absent = self.path.replace("{id}", "no-such-id");
        let absent = absent.replace("{filename}", "no-such-id.png");
        let nothing = self
            .world
            .bob
            .send(&self.method, &absent, body.as_ref())
            .await?;
        match (answer.status, nothing.status) {
            (404, 404) if answer.body == nothing.body => Ok(()),
            (404, 404) => Err(Error::failed(
                "what is somebody else's and what is not there differ",
            )),
            (status, _) => Err(Error::failed(format!(
                "another user gets {status} in place of 404"
            ))),
        }
    }

    async fn refuses_what_it_does_not_know(&self) -> Result<()> {
        let path = calls::filled(&self.world, &self.path);
        let mut body = calls::body(&self.method, &self.path).unwrap_or_else(|| json!({}));
        if let Some(fields) = body.as_object_mut() {
            fields.insert("no_such_field".to_owned(), json!("somebody-else"));
        }
        let answer = self
            .world
            .ann
            .send(&self.method, &path, Some(&body))
            .await?;
        match answer.status {
            400 | 422 => Ok(()),
            status => Err(Error::failed(format!(
                "a field that does not exist gets {status} in place of 400"
            ))),
        }
    }
}

#[async_trait]
impl Check for Operation {
    fn name(&self) -> String {
        self.key()
    }

    fn title(&self) -> String {
        let summary = self.description.get("summary").and_then(Value::as_str);
        summary.unwrap_or("Not described").to_owned()
    }

    async fn run(&self, target: &Target, trail: &Trail) -> Result<(), Stop> {
        let known = async {
            let expected = calls::expected(&self.method, &self.path);
            expected.ok_or_else(|| Error::failed("nothing calls it, so nothing is known of it"))
        };
        let fix = "say how it is called: xtask/src/checks/api/calls.rs";
        let expected = trail.hop("has a call", fix, known).await?;
        let logs = target.command("logs api");
        if !self.is_public() {
            let fix = target.command("deploy --only api");
            let none = self.refuses(target, None);
            trail.hop("no token", fix.clone(), none).await?;
            let forged = self.refuses(target, Some(FORGED));
            trail.hop("forged token", fix, forged).await?;
        }
        let kept = self.keeps_its_description(expected.status);
        trail
            .hop("answers as described", logs.clone(), kept)
            .await?;
        trail.note(expected.status);
        if expected.is_owned {
            let hides = self.hides_from_another();
            trail.hop("another user", logs.clone(), hides).await?;
        }
        if expected.takes_json {
            let refuses = self.refuses_what_it_does_not_know();
            trail.hop("unknown field", logs, refuses).await?;
        }
        Ok(())
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;
    use crate::checks::client::Client;
    use crate::checks::report::Verdict;
    use crate::checks::tests::target;
    use crate::cloud::fake::Fake;
    use crate::secret::Secret;

    #[tokio::test]
    async fn an_operation_that_nothing_calls_fails_its_check() {
        let target = target(&Fake::new());
        let somebody = || Client::new(&target, &Secret::new("token"));
        let document = json!({ "paths": { "/tomorrow": { "get": { "summary": "New" } } } });
        let world = Arc::new(World {
            document,
            ann: somebody(),
            bob: somebody(),
            item: String::new(),
            analysis: String::new(),
            session: String::new(),
        });
        let operations = all(&world);
        let [operation] = operations.as_slice() else {
            panic!("not one operation");
        };
        assert_eq!(operation.name(), "GET /tomorrow");
        let trail = Trail::default();
        operation.run(&target, &trail).await.unwrap_err();
        let (hops, fix) = trail.told();
        assert_eq!(hops[0].verdict, Verdict::Failed, "{hops:?}");
        assert!(fix[0].contains("calls.rs"), "{fix:?}");
    }
}
