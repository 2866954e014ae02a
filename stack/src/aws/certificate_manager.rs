//! AWS::CertificateManager. Generated from `stack/schemas` by `cargo xtask codegen`; not for editing.

use serde_json::Value as Json;

use crate::cfn::macros::{choice, record, resource};
use crate::cfn::rules::Rule::{MaxItems, MaxLength, MinItems, MinLength, Pattern};
use crate::cfn::value::List;

resource! {
    /// The resource type `AWS::CertificateManager::Certificate`.
    Certificate = "AWS::CertificateManager::Certificate"
    required {
        domain_name: "DomainName" => String;
    }
    optional {
        certificate_authority_arn: "CertificateAuthorityArn" => String;
        certificate_export: "CertificateExport" => CertificateExport;
        certificate_transparency_logging_preference: "CertificateTransparencyLoggingPreference" => CertificateTransparencyLoggingPreference;
        domain_validation_options: "DomainValidationOptions" => List<DomainValidationOption>;
        id: "Id" => Json;
        key_algorithm: "KeyAlgorithm" => String;
        subject_alternative_names: "SubjectAlternativeNames" => List<String>;
        tags: "Tags" => List<Tag> [MinItems(1), MaxItems(50)];
        validation_method: "ValidationMethod" => String;
    }
    attributes {
        certificate_arn: "CertificateArn" => String;
    }
    create_only [
        "CertificateAuthorityArn",
        "CertificateExport",
        "DomainName",
        "DomainValidationOptions",
        "KeyAlgorithm",
        "SubjectAlternativeNames",
    ]
}

record! {
    /// The record `DomainValidationOption`.
    DomainValidationOption
    required {}
    optional {
        domain_name: "DomainName" => String;
        hosted_zone_id: "HostedZoneId" => String;
        validation_domain: "ValidationDomain" => String;
    }
}

record! {
    /// The record `Tag`.
    Tag
    required {
        value: "Value" => String [MaxLength(256), Pattern(r#"^([\p{L}\p{Z}\p{N}_.:/=+\-@]*)$"#)];
        key: "Key" => String [MinLength(1), MaxLength(128), Pattern(r#"^([\p{L}\p{Z}\p{N}_.:/=+\-@]*)$"#)];
    }
    optional {}
}

choice! {
    /// The choice `CertificateExport`.
    CertificateExport {
        Enabled = "ENABLED",
        Disabled = "DISABLED",
    }
}

choice! {
    /// The choice `CertificateTransparencyLoggingPreference`.
    CertificateTransparencyLoggingPreference {
        Enabled = "ENABLED",
        Disabled = "DISABLED",
    }
}
