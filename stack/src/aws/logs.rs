//! AWS::Logs. Generated from `stack/schemas` by `cargo xtask codegen`; not for editing.

use serde_json::Value as Json;

use crate::cfn::macros::{choice, record, resource};
use crate::cfn::rules::Rule::{MaxLength, MinLength, OneOf, Unique};
use crate::cfn::value::List;

resource! {
    /// The resource type `AWS::Logs::LogGroup`.
    LogGroup = "AWS::Logs::LogGroup"
    required {}
    optional {
        bearer_token_authentication_enabled: "BearerTokenAuthenticationEnabled" => bool;
        data_protection_policy: "DataProtectionPolicy" => Json;
        deletion_protection_enabled: "DeletionProtectionEnabled" => bool;
        field_index_policies: "FieldIndexPolicies" => List<Json> [Unique];
        kms_key_id: "KmsKeyId" => String [MaxLength(256)];
        log_group_class: "LogGroupClass" => LogGroupClass;
        log_group_name: "LogGroupName" => String [MinLength(1), MaxLength(512)];
        resource_policy_document: "ResourcePolicyDocument" => Json;
        retention_in_days: "RetentionInDays" => i64 [OneOf(&[1,3,5,7,14,30,60,90,120,150,180,365,400,545,731,1096,1827,2192,2557,2922,3288,3653])];
        tags: "Tags" => List<Tag> [Unique];
    }
    attributes {
        arn: "Arn" => String;
    }
    create_only [
        "LogGroupName",
    ]
}

record! {
    /// The record `Tag`.
    Tag
    required {
        key: "Key" => String [MinLength(1), MaxLength(128)];
        value: "Value" => String [MaxLength(256)];
    }
    optional {}
}

choice! {
    /// The choice `LogGroupClass`.
    LogGroupClass {
        Standard = "STANDARD",
        InfrequentAccess = "INFREQUENT_ACCESS",
        Delivery = "DELIVERY",
    }
}
