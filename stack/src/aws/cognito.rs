//! AWS::Cognito. Generated from `stack/schemas` by `cargo xtask codegen`; not for editing.

use crate::cfn::macros::{choice, record, resource};
use crate::cfn::rules::Rule::{
    Each, MaxItems, MaxLength, Maximum, MinItems, MinLength, Minimum, Pattern,
};
use crate::cfn::value::{List, Map};

resource! {
    /// The resource type `AWS::Cognito::UserPool`.
    UserPool = "AWS::Cognito::UserPool"
    required {}
    optional {
        account_recovery_setting: "AccountRecoverySetting" => AccountRecoverySetting;
        admin_create_user_config: "AdminCreateUserConfig" => AdminCreateUserConfig;
        alias_attributes: "AliasAttributes" => List<AliasAttributes>;
        auto_verified_attributes: "AutoVerifiedAttributes" => List<AutoVerifiedAttributes>;
        deletion_protection: "DeletionProtection" => DeletionProtection;
        device_configuration: "DeviceConfiguration" => DeviceConfiguration;
        email_authentication_message: "EmailAuthenticationMessage" => String [MinLength(6), MaxLength(20000)];
        email_authentication_subject: "EmailAuthenticationSubject" => String [MinLength(1), MaxLength(140)];
        email_configuration: "EmailConfiguration" => EmailConfiguration;
        email_verification_message: "EmailVerificationMessage" => String [MinLength(6), MaxLength(20000), Pattern(r#"^[\p{L}\p{M}\p{S}\p{N}\p{P}\s*]*\{####\}[\p{L}\p{M}\p{S}\p{N}\p{P}\s*]*$"#)];
        email_verification_subject: "EmailVerificationSubject" => String [MinLength(1), MaxLength(140), Pattern(r#"^[\p{L}\p{M}\p{S}\p{N}\p{P}\s]+$"#)];
        enabled_mfas: "EnabledMfas" => List<String>;
        issuer_configuration: "IssuerConfiguration" => IssuerConfiguration;
        key_configuration: "KeyConfiguration" => KeyConfiguration;
        lambda_config: "LambdaConfig" => LambdaConfig;
        mfa_configuration: "MfaConfiguration" => MfaConfiguration;
        policies: "Policies" => Policies;
        schema: "Schema" => List<SchemaAttribute> [MinItems(1), MaxItems(50)];
        sms_authentication_message: "SmsAuthenticationMessage" => String [MinLength(6), MaxLength(140), Pattern(r#"\{####\}"#)];
        sms_configuration: "SmsConfiguration" => SmsConfiguration;
        sms_verification_message: "SmsVerificationMessage" => String [MinLength(6), MaxLength(140), Pattern(r#"\{####\}"#)];
        user_attribute_update_settings: "UserAttributeUpdateSettings" => UserAttributeUpdateSettings;
        user_pool_add_ons: "UserPoolAddOns" => UserPoolAddOns;
        user_pool_name: "UserPoolName" => String [MinLength(1), MaxLength(128)];
        user_pool_tags: "UserPoolTags" => Map<String>;
        user_pool_tier: "UserPoolTier" => UserPoolTier;
        username_attributes: "UsernameAttributes" => List<UsernameAttributes>;
        username_configuration: "UsernameConfiguration" => UsernameConfiguration;
        verification_message_template: "VerificationMessageTemplate" => VerificationMessageTemplate;
        web_authn_factor_configuration: "WebAuthnFactorConfiguration" => WebAuthnFactorConfiguration;
        web_authn_relying_party_id: "WebAuthnRelyingPartyID" => String [MinLength(1), MaxLength(63)];
        web_authn_user_verification: "WebAuthnUserVerification" => String [MinLength(1), MaxLength(9)];
    }
    attributes {
        arn: "Arn" => String;
        provider_name: "ProviderName" => String;
        provider_url: "ProviderURL" => String;
        user_pool_id: "UserPoolId" => String;
    }
    create_only []
}

resource! {
    /// The resource type `AWS::Cognito::UserPoolClient`.
    UserPoolClient = "AWS::Cognito::UserPoolClient"
    required {
        user_pool_id: "UserPoolId" => String [MinLength(1), MaxLength(55), Pattern(r#"^[\w-]+_[0-9a-zA-Z]+$"#)];
    }
    optional {
        access_token_validity: "AccessTokenValidity" => i64 [Minimum(1.0), Maximum(86400.0)];
        allowed_o_auth_flows: "AllowedOAuthFlows" => List<AllowedOAuthFlows> [MinItems(0), MaxItems(3)];
        allowed_o_auth_flows_user_pool_client: "AllowedOAuthFlowsUserPoolClient" => bool;
        allowed_o_auth_scopes: "AllowedOAuthScopes" => List<String> [MinItems(0), MaxItems(50), Each(&[MinLength(1), MaxLength(256), Pattern(r#"^[\x21\x23-\x5B\x5D-\x7E]+$"#)])];
        analytics_configuration: "AnalyticsConfiguration" => AnalyticsConfiguration;
        auth_session_validity: "AuthSessionValidity" => i64 [Minimum(3.0), Maximum(15.0)];
        callback_ur_ls: "CallbackURLs" => List<String> [MinItems(0), MaxItems(100), Each(&[MinLength(1), MaxLength(1024), Pattern(r#"^[\p{L}\p{M}\p{S}\p{N}\p{P}]+$"#)])];
        client_name: "ClientName" => String [MinLength(1), MaxLength(128), Pattern(r#"^[\w\s+=,.@-]+$"#)];
        default_redirect_uri: "DefaultRedirectURI" => String [MinLength(1), MaxLength(1024), Pattern(r#"^[\p{L}\p{M}\p{S}\p{N}\p{P}]+$"#)];
        enable_propagate_additional_user_context_data: "EnablePropagateAdditionalUserContextData" => bool;
        enable_token_revocation: "EnableTokenRevocation" => bool;
        explicit_auth_flows: "ExplicitAuthFlows" => List<ExplicitAuthFlows>;
        generate_secret: "GenerateSecret" => bool;
        id_token_validity: "IdTokenValidity" => i64 [Minimum(1.0), Maximum(86400.0)];
        logout_ur_ls: "LogoutURLs" => List<String> [MinItems(0), MaxItems(100), Each(&[MinLength(1), MaxLength(1024), Pattern(r#"^[\p{L}\p{M}\p{S}\p{N}\p{P}]+$"#)])];
        prevent_user_existence_errors: "PreventUserExistenceErrors" => PreventUserExistenceErrors;
        read_attributes: "ReadAttributes" => List<String> [Each(&[MinLength(1), MaxLength(2048)])];
        refresh_token_rotation: "RefreshTokenRotation" => RefreshTokenRotation;
        refresh_token_validity: "RefreshTokenValidity" => i64 [Minimum(1.0), Maximum(315360000.0)];
        supported_identity_providers: "SupportedIdentityProviders" => List<String> [Each(&[MinLength(1), MaxLength(32), Pattern(r#"^[\p{L}\p{M}\p{S}\p{N}\p{P}\p{Z}]+$"#)])];
        token_validity_units: "TokenValidityUnits" => TokenValidityUnits;
        write_attributes: "WriteAttributes" => List<String> [Each(&[MinLength(1), MaxLength(2048)])];
    }
    attributes {
        client_id: "ClientId" => String;
        client_secret: "ClientSecret" => String;
        name: "Name" => String;
    }
    create_only [
        "GenerateSecret",
        "UserPoolId",
    ]
}

record! {
    /// The record `AccountRecoverySetting`.
    AccountRecoverySetting
    required {}
    optional {
        recovery_mechanisms: "RecoveryMechanisms" => List<RecoveryOption> [MinItems(1), MaxItems(2)];
    }
}

record! {
    /// The record `AdminCreateUserConfig`.
    AdminCreateUserConfig
    required {}
    optional {
        allow_admin_create_user_only: "AllowAdminCreateUserOnly" => bool;
        invite_message_template: "InviteMessageTemplate" => InviteMessageTemplate;
        unused_account_validity_days: "UnusedAccountValidityDays" => i64 [Minimum(0.0), Maximum(365.0)];
    }
}

record! {
    /// The record `AdvancedSecurityAdditionalFlows`.
    AdvancedSecurityAdditionalFlows
    required {}
    optional {
        custom_auth_mode: "CustomAuthMode" => CustomAuthMode;
    }
}

record! {
    /// The record `AnalyticsConfiguration`.
    AnalyticsConfiguration
    required {}
    optional {
        application_arn: "ApplicationArn" => String [MinLength(20), MaxLength(2048), Pattern(r#"^arn:[\w+=/,.@-]+:[\w+=/,.@-]+:([\w+=/,.@-]*)?:[0-9]+:[\w+=/,.@-]+(:[\w+=/,.@-]+)?(:[\w+=/,.@-]+)?$"#)];
        application_id: "ApplicationId" => String [Pattern(r#"^[0-9a-fA-F]+$"#)];
        external_id: "ExternalId" => String [MaxLength(131072)];
        role_arn: "RoleArn" => String [MinLength(20), MaxLength(2048), Pattern(r#"^arn:[\w+=/,.@-]+:[\w+=/,.@-]+:([\w+=/,.@-]*)?:[0-9]+:[\w+=/,.@-]+(:[\w+=/,.@-]+)?(:[\w+=/,.@-]+)?$"#)];
        user_data_shared: "UserDataShared" => bool;
    }
}

record! {
    /// The record `CustomEmailSender`.
    CustomEmailSender
    required {}
    optional {
        lambda_arn: "LambdaArn" => String [MinLength(20), MaxLength(2048), Pattern(r#"^arn:[\w+=/,.@-]+:[\w+=/,.@-]+:([\w+=/,.@-]*)?:[0-9]+:[\w+=/,.@-]+(:[\w+=/,.@-]+)?(:[\w+=/,.@-]+)?$"#)];
        lambda_version: "LambdaVersion" => LambdaVersion;
    }
}

record! {
    /// The record `CustomSMSSender`.
    CustomSMSSender
    required {}
    optional {
        lambda_arn: "LambdaArn" => String [MinLength(20), MaxLength(2048), Pattern(r#"^arn:[\w+=/,.@-]+:[\w+=/,.@-]+:([\w+=/,.@-]*)?:[0-9]+:[\w+=/,.@-]+(:[\w+=/,.@-]+)?(:[\w+=/,.@-]+)?$"#)];
        lambda_version: "LambdaVersion" => LambdaVersion;
    }
}

record! {
    /// The record `DeviceConfiguration`.
    DeviceConfiguration
    required {}
    optional {
        challenge_required_on_new_device: "ChallengeRequiredOnNewDevice" => bool;
        device_only_remembered_on_user_prompt: "DeviceOnlyRememberedOnUserPrompt" => bool;
    }
}

record! {
    /// The record `EmailConfiguration`.
    EmailConfiguration
    required {}
    optional {
        configuration_set: "ConfigurationSet" => String [MinLength(1), MaxLength(64), Pattern(r#"^[a-zA-Z0-9_-]+$"#)];
        email_sending_account: "EmailSendingAccount" => EmailSendingAccount;
        from: "From" => String [MaxLength(131072)];
        reply_to_email_address: "ReplyToEmailAddress" => String [Pattern(r#"^[\p{L}\p{M}\p{S}\p{N}\p{P}]+@[\p{L}\p{M}\p{S}\p{N}\p{P}]+$"#)];
        source_arn: "SourceArn" => String [MinLength(20), MaxLength(2048), Pattern(r#"^arn:[\w+=/,.@-]+:[\w+=/,.@-]+:([\w+=/,.@-]*)?:[0-9]+:[\w+=/,.@-]+(:[\w+=/,.@-]+)?(:[\w+=/,.@-]+)?$"#)];
    }
}

record! {
    /// The record `EumsSmsConfiguration`.
    EumsSmsConfiguration
    required {
        caller_arn: "CallerArn" => String [MinLength(20), MaxLength(2048), Pattern(r#"^arn:[\w+=/,.@-]+:[\w+=/,.@-]+:([\w+=/,.@-]*)?:[0-9]+:[\w+=/,.@-]+(:[\w+=/,.@-]+)?(:[\w+=/,.@-]+)?$"#)];
    }
    optional {
        configuration_set_name: "ConfigurationSetName" => String [MaxLength(131072)];
        external_id: "ExternalId" => String [MaxLength(131072)];
        in_entity_id: "InEntityId" => String [MaxLength(131072)];
        in_template_id: "InTemplateId" => String [MaxLength(131072)];
        origination_identity: "OriginationIdentity" => String [MaxLength(131072)];
        region: "Region" => String [MinLength(5), MaxLength(32)];
    }
}

record! {
    /// The record `InboundFederation`.
    InboundFederation
    required {}
    optional {
        lambda_arn: "LambdaArn" => String [MinLength(20), MaxLength(2048), Pattern(r#"^arn:[\w+=/,.@-]+:[\w+=/,.@-]+:([\w+=/,.@-]*)?:[0-9]+:[\w+=/,.@-]+(:[\w+=/,.@-]+)?(:[\w+=/,.@-]+)?$"#)];
        lambda_version: "LambdaVersion" => LambdaVersion;
    }
}

record! {
    /// The record `InviteMessageTemplate`.
    InviteMessageTemplate
    required {}
    optional {
        email_message: "EmailMessage" => String [MinLength(6), MaxLength(20000), Pattern(r#"^[\p{L}\p{M}\p{S}\p{N}\p{P}\s*]*$"#)];
        email_subject: "EmailSubject" => String [MinLength(1), MaxLength(140), Pattern(r#"^[\p{L}\p{M}\p{S}\p{N}\p{P}\s]+$"#)];
        sms_message: "SMSMessage" => String [MinLength(6), MaxLength(140), Pattern(r#"^(?s)"#)];
    }
}

record! {
    /// The record `IssuerConfiguration`.
    IssuerConfiguration
    required {}
    optional {
        r#type: "Type" => Type;
    }
}

record! {
    /// The record `KeyConfiguration`.
    KeyConfiguration
    required {}
    optional {
        key_type: "KeyType" => EncryptionKeyType;
        kms_key_arn: "KmsKeyArn" => String [MinLength(20), MaxLength(2048), Pattern(r#"arn:[\w+=/,.@-]+:[\w+=/,.@-]+:([\w+=/,.@-]*)?:[0-9]+:[\w+=/,.@-]+(:[\w+=/,.@-]+)?(:[\w+=/,.@-]+)?"#)];
    }
}

record! {
    /// The record `LambdaConfig`.
    LambdaConfig
    required {}
    optional {
        create_auth_challenge: "CreateAuthChallenge" => String [MinLength(20), MaxLength(2048), Pattern(r#"^arn:[\w+=/,.@-]+:[\w+=/,.@-]+:([\w+=/,.@-]*)?:[0-9]+:[\w+=/,.@-]+(:[\w+=/,.@-]+)?(:[\w+=/,.@-]+)?$"#)];
        custom_email_sender: "CustomEmailSender" => CustomEmailSender;
        custom_message: "CustomMessage" => String [MinLength(20), MaxLength(2048), Pattern(r#"^arn:[\w+=/,.@-]+:[\w+=/,.@-]+:([\w+=/,.@-]*)?:[0-9]+:[\w+=/,.@-]+(:[\w+=/,.@-]+)?(:[\w+=/,.@-]+)?$"#)];
        custom_sms_sender: "CustomSMSSender" => CustomSMSSender;
        define_auth_challenge: "DefineAuthChallenge" => String [MinLength(20), MaxLength(2048), Pattern(r#"^arn:[\w+=/,.@-]+:[\w+=/,.@-]+:([\w+=/,.@-]*)?:[0-9]+:[\w+=/,.@-]+(:[\w+=/,.@-]+)?(:[\w+=/,.@-]+)?$"#)];
        inbound_federation: "InboundFederation" => InboundFederation;
        kms_key_id: "KMSKeyID" => String [MinLength(20), MaxLength(2048), Pattern(r#"^arn:[\w+=/,.@-]+:[\w+=/,.@-]+:([\w+=/,.@-]*)?:[0-9]+:[\w+=/,.@-]+(:[\w+=/,.@-]+)?(:[\w+=/,.@-]+)?$"#)];
        post_authentication: "PostAuthentication" => String [MinLength(20), MaxLength(2048), Pattern(r#"^arn:[\w+=/,.@-]+:[\w+=/,.@-]+:([\w+=/,.@-]*)?:[0-9]+:[\w+=/,.@-]+(:[\w+=/,.@-]+)?(:[\w+=/,.@-]+)?$"#)];
        post_confirmation: "PostConfirmation" => String [MinLength(20), MaxLength(2048), Pattern(r#"^arn:[\w+=/,.@-]+:[\w+=/,.@-]+:([\w+=/,.@-]*)?:[0-9]+:[\w+=/,.@-]+(:[\w+=/,.@-]+)?(:[\w+=/,.@-]+)?$"#)];
        pre_authentication: "PreAuthentication" => String [MinLength(20), MaxLength(2048), Pattern(r#"^arn:[\w+=/,.@-]+:[\w+=/,.@-]+:([\w+=/,.@-]*)?:[0-9]+:[\w+=/,.@-]+(:[\w+=/,.@-]+)?(:[\w+=/,.@-]+)?$"#)];
        pre_sign_up: "PreSignUp" => String [MinLength(20), MaxLength(2048), Pattern(r#"^arn:[\w+=/,.@-]+:[\w+=/,.@-]+:([\w+=/,.@-]*)?:[0-9]+:[\w+=/,.@-]+(:[\w+=/,.@-]+)?(:[\w+=/,.@-]+)?$"#)];
        pre_token_generation: "PreTokenGeneration" => String [MinLength(20), MaxLength(2048), Pattern(r#"^arn:[\w+=/,.@-]+:[\w+=/,.@-]+:([\w+=/,.@-]*)?:[0-9]+:[\w+=/,.@-]+(:[\w+=/,.@-]+)?(:[\w+=/,.@-]+)?$"#)];
        pre_token_generation_config: "PreTokenGenerationConfig" => PreTokenGenerationConfig;
        user_migration: "UserMigration" => String [MinLength(20), MaxLength(2048), Pattern(r#"^arn:[\w+=/,.@-]+:[\w+=/,.@-]+:([\w+=/,.@-]*)?:[0-9]+:[\w+=/,.@-]+(:[\w+=/,.@-]+)?(:[\w+=/,.@-]+)?$"#)];
        verify_auth_challenge_response: "VerifyAuthChallengeResponse" => String [MinLength(20), MaxLength(2048), Pattern(r#"^arn:[\w+=/,.@-]+:[\w+=/,.@-]+:([\w+=/,.@-]*)?:[0-9]+:[\w+=/,.@-]+(:[\w+=/,.@-]+)?(:[\w+=/,.@-]+)?$"#)];
    }
}

record! {
    /// The record `NumberAttributeConstraints`.
    NumberAttributeConstraints
    required {}
    optional {
        max_value: "MaxValue" => String [MaxLength(131072)];
        min_value: "MinValue" => String [MaxLength(131072)];
    }
}

record! {
    /// The record `PasswordPolicy`.
    PasswordPolicy
    required {}
    optional {
        minimum_length: "MinimumLength" => i64 [Minimum(6.0), Maximum(99.0)];
        password_history_size: "PasswordHistorySize" => i64 [Minimum(0.0), Maximum(24.0)];
        require_lowercase: "RequireLowercase" => bool;
        require_numbers: "RequireNumbers" => bool;
        require_symbols: "RequireSymbols" => bool;
        require_uppercase: "RequireUppercase" => bool;
        temporary_password_validity_days: "TemporaryPasswordValidityDays" => i64 [Minimum(0.0), Maximum(365.0)];
    }
}

record! {
    /// The record `Policies`.
    Policies
    required {}
    optional {
        password_policy: "PasswordPolicy" => PasswordPolicy;
        sign_in_policy: "SignInPolicy" => SignInPolicy;
    }
}

record! {
    /// The record `PreTokenGenerationConfig`.
    PreTokenGenerationConfig
    required {}
    optional {
        lambda_arn: "LambdaArn" => String [MinLength(20), MaxLength(2048), Pattern(r#"^arn:[\w+=/,.@-]+:[\w+=/,.@-]+:([\w+=/,.@-]*)?:[0-9]+:[\w+=/,.@-]+(:[\w+=/,.@-]+)?(:[\w+=/,.@-]+)?$"#)];
        lambda_version: "LambdaVersion" => PreTokenGenerationConfigLambdaVersion;
    }
}

record! {
    /// The record `RecoveryOption`.
    RecoveryOption
    required {}
    optional {
        name: "Name" => Name;
        priority: "Priority" => i64 [Minimum(1.0), Maximum(2.0)];
    }
}

record! {
    /// The record `RefreshTokenRotation`.
    RefreshTokenRotation
    required {}
    optional {
        feature: "Feature" => Feature;
        retry_grace_period_seconds: "RetryGracePeriodSeconds" => i64 [Minimum(0.0), Maximum(60.0)];
    }
}

record! {
    /// The record `SchemaAttribute`.
    SchemaAttribute
    required {}
    optional {
        attribute_data_type: "AttributeDataType" => AttributeDataType;
        developer_only_attribute: "DeveloperOnlyAttribute" => bool;
        mutable: "Mutable" => bool;
        name: "Name" => String [MinLength(1), MaxLength(20), Pattern(r#"^[\p{L}\p{M}\p{S}\p{N}\p{P}]+$"#)];
        number_attribute_constraints: "NumberAttributeConstraints" => NumberAttributeConstraints;
        required: "Required" => bool;
        string_attribute_constraints: "StringAttributeConstraints" => StringAttributeConstraints;
    }
}

record! {
    /// The record `SignInPolicy`.
    SignInPolicy
    required {}
    optional {
        allowed_first_auth_factors: "AllowedFirstAuthFactors" => List<AllowedFirstAuthFactors> [MinItems(1), MaxItems(5)];
    }
}

record! {
    /// The record `SmsConfiguration`.
    SmsConfiguration
    required {}
    optional {
        eums_sms: "EumsSms" => EumsSmsConfiguration;
        external_id: "ExternalId" => String [MaxLength(131072)];
        sns_caller_arn: "SnsCallerArn" => String [MaxLength(2048), Pattern(r#"^(arn:[\w+=/,.@-]+:[\w+=/,.@-]+:([\w+=/,.@-]*)?:[0-9]+:[\w+=/,.@-]+(:[\w+=/,.@-]+)?(:[\w+=/,.@-]+)?)?$"#)];
        sns_region: "SnsRegion" => String [MinLength(5), MaxLength(32)];
    }
}

record! {
    /// The record `StringAttributeConstraints`.
    StringAttributeConstraints
    required {}
    optional {
        max_length: "MaxLength" => String [MaxLength(131072)];
        min_length: "MinLength" => String [MaxLength(131072)];
    }
}

record! {
    /// The record `TokenValidityUnits`.
    TokenValidityUnits
    required {}
    optional {
        access_token: "AccessToken" => AccessToken;
        id_token: "IdToken" => IdToken;
        refresh_token: "RefreshToken" => RefreshToken;
    }
}

record! {
    /// The record `UserAttributeUpdateSettings`.
    UserAttributeUpdateSettings
    required {
        attributes_require_verification_before_update: "AttributesRequireVerificationBeforeUpdate" => List<AttributesRequireVerificationBeforeUpdate>;
    }
    optional {}
}

record! {
    /// The record `UserPoolAddOns`.
    UserPoolAddOns
    required {}
    optional {
        advanced_security_additional_flows: "AdvancedSecurityAdditionalFlows" => AdvancedSecurityAdditionalFlows;
        advanced_security_mode: "AdvancedSecurityMode" => AdvancedSecurityMode;
    }
}

record! {
    /// The record `UsernameConfiguration`.
    UsernameConfiguration
    required {}
    optional {
        case_sensitive: "CaseSensitive" => bool;
    }
}

record! {
    /// The record `VerificationMessageTemplate`.
    VerificationMessageTemplate
    required {}
    optional {
        default_email_option: "DefaultEmailOption" => DefaultEmailOption;
        email_message: "EmailMessage" => String [MinLength(6), MaxLength(20000), Pattern(r#"^[\p{L}\p{M}\p{S}\p{N}\p{P}\s*]*\{####\}[\p{L}\p{M}\p{S}\p{N}\p{P}\s*]*$"#)];
        email_message_by_link: "EmailMessageByLink" => String [MinLength(6), MaxLength(20000), Pattern(r#"^[\p{L}\p{M}\p{S}\p{N}\p{P}\s*]*\{##[\p{L}\p{M}\p{S}\p{N}\p{P}\s*]*##\}[\p{L}\p{M}\p{S}\p{N}\p{P}\s*]*$"#)];
        email_subject: "EmailSubject" => String [MinLength(1), MaxLength(140), Pattern(r#"^[\p{L}\p{M}\p{S}\p{N}\p{P}\s]+$"#)];
        email_subject_by_link: "EmailSubjectByLink" => String [MinLength(1), MaxLength(140), Pattern(r#"^[\p{L}\p{M}\p{S}\p{N}\p{P}\s]+$"#)];
        sms_message: "SmsMessage" => String [MinLength(6), MaxLength(140), Pattern(r#"\{####\}"#)];
    }
}

choice! {
    /// The choice `AccessToken`.
    AccessToken {
        Days = "days",
        Hours = "hours",
        Minutes = "minutes",
        Seconds = "seconds",
    }
}

choice! {
    /// The choice `AdvancedSecurityMode`.
    AdvancedSecurityMode {
        Audit = "AUDIT",
        Enforced = "ENFORCED",
        Off = "OFF",
    }
}

choice! {
    /// The choice `AliasAttributes`.
    AliasAttributes {
        Email = "email",
        PhoneNumber = "phone_number",
        PreferredUsername = "preferred_username",
    }
}

choice! {
    /// The choice `AllowedFirstAuthFactors`.
    AllowedFirstAuthFactors {
        EmailOtp = "EMAIL_OTP",
        Password = "PASSWORD",
        SmsOtp = "SMS_OTP",
        SoftwareToken = "SOFTWARE_TOKEN",
        WebAuthn = "WEB_AUTHN",
    }
}

choice! {
    /// The choice `AllowedOAuthFlows`.
    AllowedOAuthFlows {
        ClientCredentials = "client_credentials",
        Code = "code",
        Implicit = "implicit",
    }
}

choice! {
    /// The choice `AttributeDataType`.
    AttributeDataType {
        Boolean = "Boolean",
        DateTime = "DateTime",
        Number = "Number",
        String = "String",
    }
}

choice! {
    /// The choice `AttributesRequireVerificationBeforeUpdate`.
    AttributesRequireVerificationBeforeUpdate {
        Email = "email",
        PhoneNumber = "phone_number",
    }
}

choice! {
    /// The choice `AutoVerifiedAttributes`.
    AutoVerifiedAttributes {
        Email = "email",
        PhoneNumber = "phone_number",
    }
}

choice! {
    /// The choice `CustomAuthMode`.
    CustomAuthMode {
        Audit = "AUDIT",
        Enforced = "ENFORCED",
    }
}

choice! {
    /// The choice `DefaultEmailOption`.
    DefaultEmailOption {
        ConfirmWithCode = "CONFIRM_WITH_CODE",
        ConfirmWithLink = "CONFIRM_WITH_LINK",
    }
}

choice! {
    /// The choice `DeletionProtection`.
    DeletionProtection {
        Active = "ACTIVE",
        Inactive = "INACTIVE",
    }
}

choice! {
    /// The choice `EmailSendingAccount`.
    EmailSendingAccount {
        CognitoDefault = "COGNITO_DEFAULT",
        Developer = "DEVELOPER",
    }
}

choice! {
    /// The choice `EncryptionKeyType`.
    EncryptionKeyType {
        AwsOwnedKey = "AWS_OWNED_KEY",
        CustomerManagedKey = "CUSTOMER_MANAGED_KEY",
    }
}

choice! {
    /// The choice `ExplicitAuthFlows`.
    ExplicitAuthFlows {
        AdminNoSrpAuth = "ADMIN_NO_SRP_AUTH",
        AllowAdminUserPasswordAuth = "ALLOW_ADMIN_USER_PASSWORD_AUTH",
        AllowCustomAuth = "ALLOW_CUSTOM_AUTH",
        AllowRefreshTokenAuth = "ALLOW_REFRESH_TOKEN_AUTH",
        AllowUserAuth = "ALLOW_USER_AUTH",
        AllowUserPasswordAuth = "ALLOW_USER_PASSWORD_AUTH",
        AllowUserSrpAuth = "ALLOW_USER_SRP_AUTH",
        CustomAuthFlowOnly = "CUSTOM_AUTH_FLOW_ONLY",
        UserPasswordAuth = "USER_PASSWORD_AUTH",
    }
}

choice! {
    /// The choice `Feature`.
    Feature {
        Enabled = "ENABLED",
        Disabled = "DISABLED",
    }
}

choice! {
    /// The choice `IdToken`.
    IdToken {
        Days = "days",
        Hours = "hours",
        Minutes = "minutes",
        Seconds = "seconds",
    }
}

choice! {
    /// The choice `LambdaVersion`.
    LambdaVersion {
        V1_0 = "V1_0",
    }
}

choice! {
    /// The choice `MfaConfiguration`.
    MfaConfiguration {
        Off = "OFF",
        On = "ON",
        Optional = "OPTIONAL",
    }
}

choice! {
    /// The choice `Name`.
    Name {
        AdminOnly = "admin_only",
        VerifiedEmail = "verified_email",
        VerifiedPhoneNumber = "verified_phone_number",
    }
}

choice! {
    /// The choice `PreTokenGenerationConfigLambdaVersion`.
    PreTokenGenerationConfigLambdaVersion {
        V1_0 = "V1_0",
        V2_0 = "V2_0",
        V3_0 = "V3_0",
    }
}

choice! {
    /// The choice `PreventUserExistenceErrors`.
    PreventUserExistenceErrors {
        Enabled = "ENABLED",
        Legacy = "LEGACY",
    }
}

choice! {
    /// The choice `RefreshToken`.
    RefreshToken {
        Days = "days",
        Hours = "hours",
        Minutes = "minutes",
        Seconds = "seconds",
    }
}

choice! {
    /// The choice `Type`.
    Type {
        Original = "ORIGINAL",
        Updated = "UPDATED",
    }
}

choice! {
    /// The choice `UserPoolTier`.
    UserPoolTier {
        Lite = "LITE",
        Essentials = "ESSENTIALS",
        Plus = "PLUS",
    }
}

choice! {
    /// The choice `UsernameAttributes`.
    UsernameAttributes {
        Email = "email",
        PhoneNumber = "phone_number",
    }
}

choice! {
    /// The choice `WebAuthnFactorConfiguration`.
    WebAuthnFactorConfiguration {
        SingleFactor = "SINGLE_FACTOR",
        MultiFactorWithUserVerification = "MULTI_FACTOR_WITH_USER_VERIFICATION",
    }
}
