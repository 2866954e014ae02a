//! authenticated: a token opens the API, and nothing else does, at the gateway already.

use async_trait::async_trait;
use serde_json::{Value, json};

use crate::checks::target::Target;
use crate::checks::{Check, Stop, Trail, guest};
use crate::error::{Error, Result};

pub(super) struct Authenticated;

#[async_trait]
impl Check for Authenticated {
    fn name(&self) -> String {
        "authenticated".to_owned()
    }

    fn title(&self) -> String {
        "A token opens the API, and nothing else does".to_owned()
    }

    async fn run(&self, target: &Target, trail: &Trail) -> Result<(), Stop> {
        let fix = format!(
            "attach the authorizer to the $default route again: {}",
            target.command("deploy --only api")
        );
        trail
            .hop("no token", fix.clone(), refused(target, None))
            .await?;
        let forged = "eyJhbGciOiJub25lIn0.eyJzdWIiOiJub2JvZHkifQ.";
        trail
            .hop("forged token", fix, refused(target, Some(forged)))
            .await?;
        let guest = guest::welcome(target, trail, "authenticated").await?;
        let fix = "see gateway";
        let health = async {
            let token = guest.token.expose();
            target.get("/health", Some(token)).await?.expect(200)
        };
        trail.hop("/health", fix, health).await?;
        let fix = format!(
            "do COGNITO_ISSUER and the authorizer name the pool of this environment? {}",
            target.command("logs api")
        );
        let items = async {
            let token = guest.token.expose();
            let body = target.get("/items", Some(token)).await?.expect(200)?;
            match body.get("items") {
                Some(items) if *items == json!([]) => Ok(()),
                Some(Value::Array(found)) => Err(Error::failed(format!(
                    "a new user sees {} items of somebody else",
                    found.len()
                ))),
                _ => Err(Error::failed("the answer lists no items")),
            }
        };
        trail.hop("/items", fix, items).await?;
        trail.note("[]");
        Ok(())
    }
}

/// Refused, and by the gateway: the function refuses too, but then the authorizer is not there.
async fn refused(target: &Target, token: Option<&str>) -> Result<()> {
    let answer = target.get("/items", token).await?;
    match answer.status {
        401 | 403 if answer.content_type.contains("problem+json") => Err(Error::failed(
            "the function had to refuse what the gateway let through: no authorizer is attached",
        )),
        401 | 403 => Ok(()),
        status => Err(Error::failed(format!(
            "/items answers {status} in place of 401: {}",
            answer.words()
        ))),
    }
}
