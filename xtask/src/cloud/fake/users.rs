//! Cognito, in memory. A token says whose it is, in place of being signed.

use async_trait::async_trait;

use super::{Fake, World};
use crate::cloud::users::{Tokens, User, Users};
use crate::cloud::{CloudError, CloudResult, Fault};
use crate::secret::Secret;

/// A user of the fake's only pool.
#[derive(Clone, Debug)]
pub(crate) struct FakeUser {
    pub(crate) user: User,
    pub(crate) password: Option<Secret>,
}

fn tokens(user: &User) -> Tokens {
    Tokens {
        id: Secret::new(format!("id of {}", user.id)),
        refresh: Some(Secret::new(format!("refresh of {}", user.email))),
        seconds: 3600,
    }
}

fn missing(call: &'static str, email: &str) -> CloudError {
    let message = format!("no user {email}");
    CloudError::new(call, Fault::NotFound, "UserNotFoundException", message)
}

impl World {
    fn fake_user(&mut self, call: &'static str, email: &str) -> CloudResult<&mut FakeUser> {
        self.users
            .get_mut(email)
            .ok_or_else(|| missing(call, email))
    }
}

#[async_trait]
impl Users for Fake {
    async fn user(&self, pool: &str, email: &str) -> CloudResult<Option<User>> {
        self.read_on("cognito-idp:AdminGetUser", pool, |world| {
            Ok(world.users.get(email).map(|found| found.user.clone()))
        })
        .await
    }

    async fn users(&self, pool: &str) -> CloudResult<Vec<User>> {
        self.read_on("cognito-idp:ListUsers", pool, |world| {
            let users = world.users.values();
            Ok(users.map(|found| found.user.clone()).collect())
        })
        .await
    }

    async fn create(&self, pool: &str, email: &str) -> CloudResult<User> {
        const CALL: &str = "cognito-idp:AdminCreateUser";
        self.write_on(CALL, pool, |world| {
            if world.users.contains_key(email) {
                let code = "UsernameExistsException";
                return Err(CloudError::new(CALL, Fault::Exists, code, email));
            }
            let user = User {
                id: format!("sub-{}", world.next()),
                email: email.to_owned(),
                status: "FORCE_CHANGE_PASSWORD".to_owned(),
                made: Some(world.time()),
            };
            let made = FakeUser {
                user: user.clone(),
                password: None,
            };
            world.users.insert(email.to_owned(), made);
            Ok(user)
        })
        .await
    }

    async fn set_password(&self, pool: &str, email: &str, password: &Secret) -> CloudResult<()> {
        const CALL: &str = "cognito-idp:AdminSetUserPassword";
        self.write_on(CALL, pool, |world| {
            if password.expose().len() < 12 {
                let code = "InvalidPasswordException";
                let message = "Password not long enough";
                return Err(CloudError::new(CALL, Fault::Invalid, code, message));
            }
            let found = world.fake_user(CALL, email)?;
            found.password = Some(password.clone());
            found.user.status = "CONFIRMED".to_owned();
            Ok(())
        })
        .await
    }

    async fn sign_in(
        &self,
        _client: &str,
        email: &str,
        password: &Secret,
    ) -> CloudResult<Option<Tokens>> {
        self.read("cognito-idp:InitiateAuth", |world| {
            let found = world.users.get(email);
            let found = found.filter(|found| found.password.as_ref() == Some(password));
            Ok(found.map(|found| tokens(&found.user)))
        })
        .await
    }

    async fn refresh(&self, _client: &str, refresh: &Secret) -> CloudResult<Option<Tokens>> {
        self.read("cognito-idp:InitiateAuth", |world| {
            let mut users = world.users.values().map(|found| &found.user);
            let said = refresh.expose();
            let found = users.find(|user| said == format!("refresh of {}", user.email));
            Ok(found.map(|user| Tokens {
                refresh: None,
                ..tokens(user)
            }))
        })
        .await
    }

    async fn remove(&self, pool: &str, email: &str) -> CloudResult<()> {
        self.write_on("cognito-idp:AdminDeleteUser", pool, |world| {
            world.users.remove(email);
            Ok(())
        })
        .await
    }
}
