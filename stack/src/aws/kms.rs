//! AWS::KMS. Generated from `stack/schemas` by `cargo xtask codegen`; not for editing.

use serde_json::Value as Json;

use crate::cfn::macros::{choice, record, resource};
use crate::cfn::rules::Rule::{MaxLength, Maximum, MinLength, Minimum, Unique};
use crate::cfn::value::List;

resource! {
    /// The resource type `AWS::KMS::Key`.
    Key = "AWS::KMS::Key"
    required {}
    optional {
        bypass_policy_lockout_safety_check: "BypassPolicyLockoutSafetyCheck" => bool;
        description: "Description" => String [MaxLength(8192)];
        enable_key_rotation: "EnableKeyRotation" => bool;
        enabled: "Enabled" => bool;
        key_policy: "KeyPolicy" => Json;
        key_spec: "KeySpec" => KeySpec;
        key_usage: "KeyUsage" => KeyUsage;
        multi_region: "MultiRegion" => bool;
        origin: "Origin" => Origin;
        pending_window_in_days: "PendingWindowInDays" => i64 [Minimum(7.0), Maximum(30.0)];
        rotation_period_in_days: "RotationPeriodInDays" => i64 [Minimum(90.0), Maximum(2560.0)];
        tags: "Tags" => List<Tag> [Unique];
    }
    attributes {
        arn: "Arn" => String;
        key_id: "KeyId" => String;
    }
    create_only []
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
    /// The choice `KeySpec`.
    KeySpec {
        SymmetricDefault = "SYMMETRIC_DEFAULT",
        Rsa2048 = "RSA_2048",
        Rsa3072 = "RSA_3072",
        Rsa4096 = "RSA_4096",
        EccNistP256 = "ECC_NIST_P256",
        EccNistP384 = "ECC_NIST_P384",
        EccNistP521 = "ECC_NIST_P521",
        EccSecgP256k1 = "ECC_SECG_P256K1",
        Hmac224 = "HMAC_224",
        Hmac256 = "HMAC_256",
        Hmac384 = "HMAC_384",
        Hmac512 = "HMAC_512",
        Sm2 = "SM2",
        MlDsa44 = "ML_DSA_44",
        MlDsa65 = "ML_DSA_65",
        MlDsa87 = "ML_DSA_87",
        EccNistEdwards25519 = "ECC_NIST_EDWARDS25519",
    }
}

choice! {
    /// The choice `KeyUsage`.
    KeyUsage {
        EncryptDecrypt = "ENCRYPT_DECRYPT",
        SignVerify = "SIGN_VERIFY",
        GenerateVerifyMac = "GENERATE_VERIFY_MAC",
        KeyAgreement = "KEY_AGREEMENT",
    }
}

choice! {
    /// The choice `Origin`.
    Origin {
        AwsKms = "AWS_KMS",
        External = "EXTERNAL",
    }
}
