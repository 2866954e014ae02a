//! Who the users are: a Cognito pool and the client the console signs in with.

use crate::aws::cognito::{
    AccessToken, AccountRecoverySetting, AdminCreateUserConfig, AutoVerifiedAttributes,
    DeletionProtection, ExplicitAuthFlows, IdToken, MfaConfiguration, Name, PasswordPolicy,
    Policies, PreventUserExistenceErrors, RecoveryOption, RefreshToken, TokenValidityUnits,
    UserPool, UserPoolClient, UsernameAttributes, UsernameConfiguration,
};
use crate::cfn::{Deletion, Output, Template, concat, pseudo};
use crate::environment::{Environment, SignUp};
use crate::naming;

/// What the stacks above need of the user pool.
pub struct Auth {
    /// The pool.
    pub user_pool: Output,
    /// The app client; tokens name it as their audience.
    pub client: Output,
    /// Whom tokens come from.
    pub issuer: Output,
}

/// The template.
pub fn build(environment: &Environment) -> (Template, Auth) {
    let mut template = Template::new("auth", naming::stack("Auth", environment), "The users.");
    let recovery = RecoveryOption::new().name(Name::VerifiedEmail).priority(1);
    let protection = match environment.protection.deletion {
        true => DeletionProtection::Active,
        false => DeletionProtection::Inactive,
    };
    let pool = template.add(
        "Users",
        UserPool::new()
            .user_pool_name(naming::resource(environment, "users"))
            .username_attributes([UsernameAttributes::Email])
            .username_configuration(UsernameConfiguration::new().case_sensitive(false))
            .auto_verified_attributes([AutoVerifiedAttributes::Email])
            .account_recovery_setting(AccountRecoverySetting::new().recovery_mechanisms([recovery]))
            .admin_create_user_config(
                AdminCreateUserConfig::new()
                    .allow_admin_create_user_only(environment.sign_up == SignUp::Invited),
            )
            .policies(Policies::new().password_policy(password_policy()))
            .mfa_configuration(MfaConfiguration::Optional)
            .enabled_mfas(["SOFTWARE_TOKEN_MFA"])
            .deletion_protection(protection),
    );
    template.keep(&pool, Deletion::Retain);
    let client = template.add(
        "Console",
        UserPoolClient::new(&pool)
            .client_name(naming::resource(environment, "console"))
            .explicit_auth_flows([
                ExplicitAuthFlows::AllowUserPasswordAuth,
                ExplicitAuthFlows::AllowUserSrpAuth,
                ExplicitAuthFlows::AllowRefreshTokenAuth,
            ])
            .prevent_user_existence_errors(PreventUserExistenceErrors::Enabled)
            .enable_token_revocation(true)
            .access_token_validity(1)
            .id_token_validity(1)
            .refresh_token_validity(30)
            .token_validity_units(
                TokenValidityUnits::new()
                    .access_token(AccessToken::Hours)
                    .id_token(IdToken::Hours)
                    .refresh_token(RefreshToken::Days),
            ),
    );
    let issuer = concat([
        "https://cognito-idp.".into(),
        pseudo::region(),
        ".amazonaws.com/".into(),
        pool.reference(),
    ]);
    let auth = Auth {
        user_pool: template.output("CognitoUserPoolId", &pool),
        client: template.output("CognitoClientId", &client),
        issuer: template.output("CognitoIssuer", issuer),
    };
    (template, auth)
}

fn password_policy() -> PasswordPolicy {
    PasswordPolicy::new()
        .minimum_length(12)
        .require_lowercase(true)
        .require_uppercase(true)
        .require_numbers(true)
        .require_symbols(false)
        .temporary_password_validity_days(3)
}
