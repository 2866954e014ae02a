//! AWS::ECR. Generated from `stack/schemas` by `cargo xtask codegen`; not for editing.

use serde_json::Value as Json;

use crate::cfn::macros::{choice, record, resource};
use crate::cfn::rules::Rule::{MaxItems, MaxLength, MinItems, MinLength, Pattern, Unique};
use crate::cfn::value::List;

resource! {
    /// The resource type `AWS::ECR::Repository`.
    Repository = "AWS::ECR::Repository"
    required {}
    optional {
        empty_on_delete: "EmptyOnDelete" => bool;
        encryption_configuration: "EncryptionConfiguration" => EncryptionConfiguration;
        image_scanning_configuration: "ImageScanningConfiguration" => ImageScanningConfiguration;
        image_tag_mutability: "ImageTagMutability" => ImageTagMutability;
        image_tag_mutability_exclusion_filters: "ImageTagMutabilityExclusionFilters" => List<ImageTagMutabilityExclusionFilter> [MinItems(1), MaxItems(5)];
        lifecycle_policy: "LifecyclePolicy" => LifecyclePolicy;
        repository_name: "RepositoryName" => String [MinLength(2), MaxLength(256)];
        repository_policy_text: "RepositoryPolicyText" => Json;
        tags: "Tags" => List<Tag> [MaxItems(50), Unique];
    }
    attributes {
        arn: "Arn" => String;
        repository_uri: "RepositoryUri" => String;
    }
    create_only [
        "EncryptionConfiguration",
        "EncryptionConfiguration.EncryptionType",
        "EncryptionConfiguration.KmsKey",
        "RepositoryName",
    ]
}

record! {
    /// The record `EncryptionConfiguration`.
    EncryptionConfiguration
    required {
        encryption_type: "EncryptionType" => EncryptionType;
    }
    optional {
        kms_key: "KmsKey" => String [MinLength(1), MaxLength(2048)];
    }
}

record! {
    /// The record `ImageScanningConfiguration`.
    ImageScanningConfiguration
    required {}
    optional {
        scan_on_push: "ScanOnPush" => bool;
    }
}

record! {
    /// The record `ImageTagMutabilityExclusionFilter`.
    ImageTagMutabilityExclusionFilter
    required {
        image_tag_mutability_exclusion_filter_type: "ImageTagMutabilityExclusionFilterType" => ImageTagMutabilityExclusionFilterType;
        image_tag_mutability_exclusion_filter_value: "ImageTagMutabilityExclusionFilterValue" => String [MinLength(1), MaxLength(128), Pattern(r#"^[0-9a-zA-Z._*-]{1,128}"#)];
    }
    optional {}
}

record! {
    /// The record `LifecyclePolicy`.
    LifecyclePolicy
    required {}
    optional {
        lifecycle_policy_text: "LifecyclePolicyText" => String [MinLength(100), MaxLength(30720)];
        registry_id: "RegistryId" => String [MinLength(12), MaxLength(12), Pattern(r#"^[0-9]{12}$"#)];
    }
}

record! {
    /// The record `Tag`.
    Tag
    required {
        value: "Value" => String [MinLength(1), MaxLength(255)];
        key: "Key" => String [MinLength(1), MaxLength(127)];
    }
    optional {}
}

choice! {
    /// The choice `EncryptionType`.
    EncryptionType {
        Aes256 = "AES256",
        Kms = "KMS",
        KmsDsse = "KMS_DSSE",
    }
}

choice! {
    /// The choice `ImageTagMutability`.
    ImageTagMutability {
        Mutable = "MUTABLE",
        Immutable = "IMMUTABLE",
        MutableWithExclusion = "MUTABLE_WITH_EXCLUSION",
        ImmutableWithExclusion = "IMMUTABLE_WITH_EXCLUSION",
    }
}

choice! {
    /// The choice `ImageTagMutabilityExclusionFilterType`.
    ImageTagMutabilityExclusionFilterType {
        Wildcard = "WILDCARD",
    }
}
