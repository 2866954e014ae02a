//! The user pool.

use super::Rule;
use super::site::describe;
use crate::environment::SignUp;

const POOL: &str = "AWS::Cognito::UserPool";

pub(super) const RULES: &[Rule] = &[
    Rule {
        id: "users-sign-up",
        demands: "where users are invited, nobody signs up alone",
        reason: "an open pool lets strangers spend model calls and storage",
        check: |site| {
            let invited = site.environment.sign_up == SignUp::Invited;
            site.each(POOL, |pool| {
                let path = "AdminCreateUserConfig.AllowAdminCreateUserOnly";
                pool.unless(path, true).filter(|_| invited)
            })
        },
    },
    Rule {
        id: "users-password",
        demands: "passwords have at least twelve characters of three kinds",
        reason: "short passwords are guessed",
        check: |site| {
            site.each(POOL, |pool| {
                let path = "Policies.PasswordPolicy.MinimumLength";
                let length = pool.get(path);
                if length.as_u64().unwrap_or_default() < 12 {
                    return Some(describe(path, length));
                }
                ["RequireLowercase", "RequireUppercase", "RequireNumbers"]
                    .into_iter()
                    .find_map(|kind| pool.unless(&format!("Policies.PasswordPolicy.{kind}"), true))
            })
        },
    },
    Rule {
        id: "users-unguessable",
        demands: "a sign-in says the same for an unknown user and a wrong password",
        reason: "otherwise anybody can find out who is a user",
        check: |site| {
            site.each("AWS::Cognito::UserPoolClient", |client| {
                client.unless("PreventUserExistenceErrors", "ENABLED")
            })
        },
    },
    Rule {
        id: "users-protected",
        demands: "where the environment is protected, the user pool refuses deletion",
        reason: "users cannot be restored; there is no backup of a pool",
        check: |site| {
            let protected = site.environment.protection.deletion;
            site.each(POOL, |pool| {
                pool.unless("DeletionProtection", "ACTIVE")
                    .filter(|_| protected)
            })
        },
    },
];
