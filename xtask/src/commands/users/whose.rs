//! Whose things a command is about, when only an address is said, or nothing.

use collections_core::domain::UserId;

use super::kept::Kept;
use super::{TEST_USER, absent};
use crate::commands::standing::Standing;
use crate::context::Context;
use crate::engine::steps::output;
use crate::error::{Doing as _, Result};

/// The id of a user by address. Without one it is who signed in from here, if that was one alone;
/// else the test user.
pub(crate) async fn id_of(
    ctx: &Context,
    standing: &Standing,
    email: Option<&str>,
) -> Result<(String, UserId)> {
    let env = &standing.deployed.environment;
    let email = match email {
        Some(email) => email.to_owned(),
        None => alone(&Kept::read(ctx.root(), env)?),
    };
    let pool = output(&standing.deployed, "auth", "CognitoUserPoolId")?;
    let user = standing.opened.cloud.users.user(pool, &email).await?;
    let user = user.ok_or_else(|| absent(env, &email))?;
    let id = user.id.parse().doing("read the user's id")?;
    Ok((email, id))
}

fn alone(kept: &Kept) -> String {
    let mut emails = kept.0.keys();
    match (emails.next(), emails.next()) {
        (Some(email), None) => email.clone(),
        _ => TEST_USER.to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::commands::users::kept::Session;

    #[test]
    fn who_signed_in_alone_is_meant_else_the_test_user() {
        let kept = |emails: &[&str]| {
            let emails = emails.iter();
            Kept(
                emails
                    .map(|email| ((*email).to_owned(), Session::default()))
                    .collect(),
            )
        };
        assert_eq!(alone(&kept(&[])), TEST_USER);
        assert_eq!(alone(&kept(&["ann@example.com"])), "ann@example.com");
        let two = kept(&["ann@example.com", "bob@example.com"]);
        assert_eq!(alone(&two), TEST_USER);
    }
}
