//! AWS::SecretsManager. Generated from `stack/schemas` by `cargo xtask codegen`; not for editing.

use crate::cfn::macros::{record, resource};
use crate::cfn::rules::Rule::{MaxLength, MinLength};
use crate::cfn::value::List;

resource! {
    /// The resource type `AWS::SecretsManager::RotationSchedule`.
    RotationSchedule = "AWS::SecretsManager::RotationSchedule"
    required {
        secret_id: "SecretId" => String;
    }
    optional {
        external_secret_rotation_metadata: "ExternalSecretRotationMetadata" => List<ExternalSecretRotationMetadataItem>;
        external_secret_rotation_role_arn: "ExternalSecretRotationRoleArn" => String;
        hosted_rotation_lambda: "HostedRotationLambda" => HostedRotationLambda;
        rotate_immediately_on_update: "RotateImmediatelyOnUpdate" => bool;
        rotation_lambda_arn: "RotationLambdaARN" => String;
        rotation_rules: "RotationRules" => RotationRules;
    }
    attributes {
        id: "Id" => String;
    }
    create_only [
        "SecretId",
    ]
}

resource! {
    /// The resource type `AWS::SecretsManager::Secret`.
    Secret = "AWS::SecretsManager::Secret"
    required {}
    optional {
        description: "Description" => String [MaxLength(2048)];
        generate_secret_string: "GenerateSecretString" => GenerateSecretString;
        kms_key_id: "KmsKeyId" => String [MaxLength(2048)];
        name: "Name" => String [MaxLength(512)];
        replica_regions: "ReplicaRegions" => List<ReplicaRegion>;
        secret_string: "SecretString" => String [MinLength(1), MaxLength(65536)];
        tags: "Tags" => List<Tag>;
        r#type: "Type" => String [MaxLength(256)];
    }
    attributes {
        id: "Id" => String;
    }
    create_only [
        "Name",
    ]
}

record! {
    /// The record `ExternalSecretRotationMetadataItem`.
    ExternalSecretRotationMetadataItem
    required {
        key: "Key" => String;
        value: "Value" => String;
    }
    optional {}
}

record! {
    /// The record `GenerateSecretString`.
    GenerateSecretString
    required {}
    optional {
        exclude_characters: "ExcludeCharacters" => String;
        exclude_lowercase: "ExcludeLowercase" => bool;
        exclude_numbers: "ExcludeNumbers" => bool;
        exclude_punctuation: "ExcludePunctuation" => bool;
        exclude_uppercase: "ExcludeUppercase" => bool;
        generate_string_key: "GenerateStringKey" => String;
        include_space: "IncludeSpace" => bool;
        password_length: "PasswordLength" => i64;
        require_each_included_type: "RequireEachIncludedType" => bool;
        secret_string_template: "SecretStringTemplate" => String;
    }
}

record! {
    /// The record `HostedRotationLambda`.
    HostedRotationLambda
    required {
        rotation_type: "RotationType" => String;
    }
    optional {
        exclude_characters: "ExcludeCharacters" => String;
        kms_key_arn: "KmsKeyArn" => String;
        master_secret_arn: "MasterSecretArn" => String;
        master_secret_kms_key_arn: "MasterSecretKmsKeyArn" => String;
        rotation_lambda_name: "RotationLambdaName" => String;
        runtime: "Runtime" => String;
        superuser_secret_arn: "SuperuserSecretArn" => String;
        superuser_secret_kms_key_arn: "SuperuserSecretKmsKeyArn" => String;
        vpc_security_group_ids: "VpcSecurityGroupIds" => String;
        vpc_subnet_ids: "VpcSubnetIds" => String;
    }
}

record! {
    /// The record `ReplicaRegion`.
    ReplicaRegion
    required {
        region: "Region" => String;
    }
    optional {
        kms_key_id: "KmsKeyId" => String;
    }
}

record! {
    /// The record `RotationRules`.
    RotationRules
    required {}
    optional {
        automatically_after_days: "AutomaticallyAfterDays" => i64;
        duration: "Duration" => String;
        schedule_expression: "ScheduleExpression" => String;
    }
}

record! {
    /// The record `Tag`.
    Tag
    required {
        value: "Value" => String [MaxLength(256)];
        key: "Key" => String [MinLength(1), MaxLength(128)];
    }
    optional {}
}
