//! Cognito.

use std::collections::HashMap;
use std::time::SystemTime;

use async_trait::async_trait;
use aws_config::SdkConfig;
use aws_sdk_cognitoidentityprovider::Client;
use aws_sdk_cognitoidentityprovider::primitives::DateTime;
use aws_sdk_cognitoidentityprovider::types::{
    AttributeType, AuthFlowType, AuthenticationResultType, MessageActionType, UserType,
};

use super::call::{Caller, incomplete};
use crate::cloud::error::optional;
use crate::cloud::users::{Tokens, User, Users};
use crate::cloud::{CloudError, CloudResult, Fault};
use crate::secret::Secret;

const SIGN_IN: &str = "cognito-idp:InitiateAuth";
const CREATE: &str = "cognito-idp:AdminCreateUser";

pub(super) struct SdkUsers {
    client: Client,
    caller: Caller,
}

impl SdkUsers {
    pub(super) fn new(sdk: &SdkConfig, caller: Caller) -> Self {
        Self {
            client: Client::new(sdk),
            caller,
        }
    }

    async fn tokens(
        &self,
        client: &str,
        flow: &AuthFlowType,
        given: &[(&str, &str)],
    ) -> CloudResult<Option<Tokens>> {
        let given: HashMap<String, String> = given
            .iter()
            .map(|(name, value)| ((*name).to_owned(), (*value).to_owned()))
            .collect();
        let sign_in = || {
            let sign_in = self.client.initiate_auth().client_id(client);
            let sign_in = sign_in.auth_flow(flow.clone());
            sign_in.set_auth_parameters(Some(given.clone())).send()
        };
        match self.caller.call(SIGN_IN, sign_in).await {
            Ok(answer) => match answer.authentication_result {
                Some(result) => tokens(result).map(Some),
                None => Err(CloudError::new(
                    SIGN_IN,
                    Fault::Invalid,
                    "Challenge",
                    "Cognito asks for more than a password, such as a second factor",
                )),
            },
            Err(error) if is_refused(&error) => Ok(None),
            Err(error) => Err(error),
        }
    }
}

/// A wrong password, an unknown user and a spent token are told alike, on purpose.
fn is_refused(error: &CloudError) -> bool {
    matches!(
        error.code.as_str(),
        "NotAuthorizedException" | "UserNotFoundException"
    )
}

fn tokens(result: AuthenticationResultType) -> CloudResult<Tokens> {
    let id = result.id_token;
    let id = id.ok_or_else(|| incomplete(SIGN_IN, "id token"))?;
    Ok(Tokens {
        id: Secret::new(id),
        refresh: result.refresh_token.map(Secret::new),
        seconds: u64::try_from(result.expires_in).unwrap_or_default(),
    })
}

fn attribute(attributes: &[AttributeType], name: &str) -> Option<String> {
    let found = attributes.iter().find(|found| found.name() == name)?;
    found.value().map(str::to_owned)
}

fn time(told: Option<DateTime>) -> Option<SystemTime> {
    SystemTime::try_from(told?).ok()
}

fn user(found: &UserType) -> Option<User> {
    let attributes = found.attributes();
    Some(User {
        id: attribute(attributes, "sub")?,
        email: attribute(attributes, "email").or_else(|| found.username.clone())?,
        status: found.user_status()?.as_str().to_owned(),
        made: time(found.user_create_date),
    })
}

#[async_trait]
impl Users for SdkUsers {
    async fn user(&self, pool: &str, email: &str) -> CloudResult<Option<User>> {
        let get = || self.client.admin_get_user().user_pool_id(pool);
        let get = || get().username(email).send();
        let answer = self.caller.call("cognito-idp:AdminGetUser", get).await;
        Ok(optional(answer)?.and_then(|found| {
            let attributes = found.user_attributes();
            Some(User {
                id: attribute(attributes, "sub")?,
                email: attribute(attributes, "email").unwrap_or_else(|| email.to_owned()),
                status: found.user_status()?.as_str().to_owned(),
                made: time(found.user_create_date),
            })
        }))
    }

    async fn users(&self, pool: &str) -> CloudResult<Vec<User>> {
        let mut users = Vec::new();
        let mut next: Option<String> = None;
        loop {
            let list = || self.client.list_users().user_pool_id(pool);
            let list = || list().set_pagination_token(next.clone()).send();
            let page = self.caller.call("cognito-idp:ListUsers", list).await?;
            users.extend(page.users().iter().filter_map(user));
            next = page.pagination_token.filter(|token| !token.is_empty());
            if next.is_none() {
                return Ok(users);
            }
        }
    }

    async fn create(&self, pool: &str, email: &str) -> CloudResult<User> {
        let attribute = |name: &str, value: &str| {
            let built = AttributeType::builder().name(name).value(value).build();
            built.map_err(|error| {
                CloudError::new(CREATE, Fault::Invalid, "Attribute", error.to_string())
            })
        };
        let attributes = vec![
            attribute("email", email)?,
            attribute("email_verified", "true")?,
        ];
        let create = || {
            let create = self.client.admin_create_user().user_pool_id(pool);
            let create = create.message_action(MessageActionType::Suppress);
            let create = create.set_user_attributes(Some(attributes.clone()));
            create.username(email).send()
        };
        let answer = self.caller.call(CREATE, create).await?;
        let made = answer.user.as_ref().and_then(user);
        made.ok_or_else(|| incomplete(CREATE, "user"))
    }

    async fn set_password(&self, pool: &str, email: &str, password: &Secret) -> CloudResult<()> {
        let set = || {
            let set = self.client.admin_set_user_password().user_pool_id(pool);
            set.username(email)
                .password(password.expose())
                .permanent(true)
                .send()
        };
        self.caller
            .call("cognito-idp:AdminSetUserPassword", set)
            .await
            .map(drop)
    }

    async fn sign_in(
        &self,
        client: &str,
        email: &str,
        password: &Secret,
    ) -> CloudResult<Option<Tokens>> {
        let given = [("USERNAME", email), ("PASSWORD", password.expose())];
        self.tokens(client, &AuthFlowType::UserPasswordAuth, &given)
            .await
    }

    async fn refresh(&self, client: &str, refresh: &Secret) -> CloudResult<Option<Tokens>> {
        let given = [("REFRESH_TOKEN", refresh.expose())];
        self.tokens(client, &AuthFlowType::RefreshTokenAuth, &given)
            .await
    }

    async fn remove(&self, pool: &str, email: &str) -> CloudResult<()> {
        let remove = || self.client.admin_delete_user().user_pool_id(pool);
        let remove = || remove().username(email).send();
        let answer = self.caller.call("cognito-idp:AdminDeleteUser", remove);
        optional(answer.await).map(drop)
    }
}
