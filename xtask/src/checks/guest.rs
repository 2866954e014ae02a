//! A user for the time of a check: made, signed in, and removed at its end.

use base64::Engine as _;
use base64::prelude::BASE64_URL_SAFE_NO_PAD;
use serde_json::Value;

use super::target::Target;
use super::{Stop, Trail};
use crate::cloud::users::{Tokens, User};
use crate::error::{Error, Result};
use crate::secret::Secret;

/// Somebody who is signed in.
#[derive(Clone, Debug)]
pub struct Guest {
    /// The `sub`.
    pub id: String,
    /// For the API.
    pub token: Secret,
}

/// What the address of every guest begins and ends with; no mail ever reaches it.
const PREFIX: &str = "check-";
const DOMAIN: &str = "@collections.invalid";

/// Whether this is the address of somebody who was made for a check.
pub fn is_guest(email: &str) -> bool {
    email.starts_with(PREFIX) && email.ends_with(DOMAIN)
}

/// Makes a user and signs in, hop by hop.
pub async fn welcome(target: &Target, trail: &Trail, purpose: &str) -> Result<Guest, Stop> {
    let email = format!("{PREFIX}{purpose}-{}{DOMAIN}", uuid::Uuid::new_v4());
    let password = Secret::password();
    let users = &target.cloud.users;
    let fix = target.command("deploy --only auth");
    let pool = trail
        .hop("user pool", fix.clone(), async {
            let pool = target.output("auth", "CognitoUserPoolId")?;
            Ok((
                pool.to_owned(),
                target.output("auth", "CognitoClientId")?.to_owned(),
            ))
        })
        .await;
    let (pool, client) = pool?;
    let (cleaner, whose, whom) = (users.clone(), pool.clone(), email.clone());
    trail.clean_up(format!("user {email}"), async move {
        Ok(cleaner.remove(&whose, &whom).await?)
    });
    let user = trail
        .hop("sign up", fix.clone(), async {
            Ok(users.create(&pool, &email).await?)
        })
        .await?;
    let confirmed = async {
        users.set_password(&pool, &email, &password).await?;
        match users.user(&pool, &email).await? {
            Some(User { status, .. }) if status == "CONFIRMED" => Ok(()),
            Some(User { status, .. }) => Err(Error::failed(format!("the user is {status}"))),
            None => Err(Error::failed("the user that was made is not there")),
        }
    };
    trail.hop("confirm", fix.clone(), confirmed).await?;
    let signed_in = async {
        let tokens = users.sign_in(&client, &email, &password).await?;
        tokens.ok_or_else(|| Error::failed("the password that was just set is not taken"))
    };
    let tokens: Tokens = trail.hop("sign in", fix.clone(), signed_in).await?;
    let said = sub(&tokens.id).unwrap_or_default();
    let otherwise = "the token names another user than the one who signed in";
    trail
        .expect("sub claim", fix, said == user.id, otherwise)
        .await?;
    Ok(Guest {
        id: user.id,
        token: tokens.id,
    })
}

/// The `sub` that a token claims. Its signature is for the API to check.
fn sub(token: &Secret) -> Option<String> {
    let payload = token.expose().split('.').nth(1)?;
    let payload = BASE64_URL_SAFE_NO_PAD.decode(payload).ok()?;
    let claims: Value = serde_json::from_slice(&payload).ok()?;
    claims.get("sub")?.as_str().map(str::to_owned)
}
