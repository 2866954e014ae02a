//! AWS::IAM. Generated from `stack/schemas` by `cargo xtask codegen`; not for editing.

use serde_json::Value as Json;

use crate::cfn::macros::{record, resource};
use crate::cfn::rules::Rule::{
    Each, MaxItems, MaxLength, Maximum, MinItems, MinLength, Minimum, Pattern, Unique,
};
use crate::cfn::value::List;

resource! {
    /// The resource type `AWS::IAM::ManagedPolicy`.
    ManagedPolicy = "AWS::IAM::ManagedPolicy"
    required {
        policy_document: "PolicyDocument" => Json;
    }
    optional {
        description: "Description" => String [MaxLength(1000)];
        groups: "Groups" => List<String> [Unique];
        managed_policy_name: "ManagedPolicyName" => String;
        path: "Path" => String [MinLength(1), MaxLength(512), Pattern(r#"^((/[A-Za-z0-9\.,\+@=_-]+)*)/$"#)];
        roles: "Roles" => List<String> [Unique];
        users: "Users" => List<String> [Unique];
    }
    attributes {
        attachment_count: "AttachmentCount" => i64;
        create_date: "CreateDate" => String;
        default_version_id: "DefaultVersionId" => String;
        is_attachable: "IsAttachable" => bool;
        permissions_boundary_usage_count: "PermissionsBoundaryUsageCount" => i64;
        policy_arn: "PolicyArn" => String;
        policy_id: "PolicyId" => String;
        update_date: "UpdateDate" => String;
    }
    create_only [
        "Description",
        "ManagedPolicyName",
        "Path",
    ]
}

resource! {
    /// The resource type `AWS::IAM::OIDCProvider`.
    OIDCProvider = "AWS::IAM::OIDCProvider"
    required {}
    optional {
        client_id_list: "ClientIdList" => List<String> [Each(&[MinLength(1), MaxLength(255)])];
        tags: "Tags" => List<Tag> [MinItems(0), MaxItems(50)];
        thumbprint_list: "ThumbprintList" => List<String> [MaxItems(5), Each(&[MinLength(40), MaxLength(40), Pattern(r#"[0-9A-Fa-f]{40}"#)])];
        url: "Url" => String [MinLength(1), MaxLength(255)];
    }
    attributes {
        arn: "Arn" => String;
    }
    create_only [
        "Url",
    ]
}

resource! {
    /// The resource type `AWS::IAM::Role`.
    Role = "AWS::IAM::Role"
    required {
        assume_role_policy_document: "AssumeRolePolicyDocument" => Json;
    }
    optional {
        description: "Description" => String [MaxLength(1000), Pattern(r#"^[\u0009\u000A\u000D\u0020-\u007E\u00A1-\u00FF]*$"#)];
        managed_policy_arns: "ManagedPolicyArns" => List<String> [MinItems(0), Unique, Each(&[Pattern(r#"arn:(aws[a-zA-Z-]*)?:iam::(\d{12}|aws):policy/[a-zA-Z_0-9+=,.@\-_/]+"#)])];
        max_session_duration: "MaxSessionDuration" => i64 [Minimum(3600.0), Maximum(43200.0)];
        path: "Path" => String [MinLength(1), MaxLength(512), Pattern(r#"^(\u002F)|(\u002F[\u0021-\u007E]+\u002F)$"#)];
        permissions_boundary: "PermissionsBoundary" => String [MinLength(20), MaxLength(2048)];
        policies: "Policies" => List<Policy>;
        role_name: "RoleName" => String [MinLength(1), MaxLength(64), Pattern(r#"^[\w+=,.@-]+$"#)];
        tags: "Tags" => List<RoleTag> [MinItems(0), MaxItems(50)];
    }
    attributes {
        arn: "Arn" => String;
        role_id: "RoleId" => String;
    }
    create_only [
        "Path",
        "RoleName",
    ]
}

record! {
    /// The record `Policy`.
    Policy
    required {
        policy_name: "PolicyName" => String;
        policy_document: "PolicyDocument" => Json;
    }
    optional {}
}

record! {
    /// The record `RoleTag`.
    RoleTag
    required {
        key: "Key" => String [MinLength(1), MaxLength(128), Pattern(r#"^[\p{L}\p{Z}\p{N}_.:/=+\-@]+$"#)];
        value: "Value" => String [MaxLength(256), Pattern(r#"^[\p{L}\p{Z}\p{N}_.:/=+\-@]*$"#)];
    }
    optional {}
}

record! {
    /// The record `Tag`.
    Tag
    required {
        value: "Value" => String [MinLength(1), MaxLength(256), Pattern(r#"^[\p{L}\p{Z}\p{N}_.:/=+\-@]*$"#)];
        key: "Key" => String [MinLength(1), MaxLength(128), Pattern(r#"^[\p{L}\p{Z}\p{N}_.:/=+\-@]+$"#)];
    }
    optional {}
}
