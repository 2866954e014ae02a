//! AWS::RDS. Generated from `stack/schemas` by `cargo xtask codegen`; not for editing.

use serde_json::Value as Json;

use crate::cfn::macros::{choice, record, resource};
use crate::cfn::rules::Rule::{
    MaxItems, MaxLength, Maximum, MinItems, MinLength, Minimum, OneOf, Pattern, Unique,
};
use crate::cfn::value::List;

resource! {
    /// The resource type `AWS::RDS::DBCluster`.
    DBCluster = "AWS::RDS::DBCluster"
    required {}
    optional {
        allocated_storage: "AllocatedStorage" => i64;
        associated_roles: "AssociatedRoles" => List<DBClusterRole> [MinItems(0), MaxItems(15), Unique];
        auto_minor_version_upgrade: "AutoMinorVersionUpgrade" => bool;
        availability_zones: "AvailabilityZones" => List<String> [Unique];
        backtrack_window: "BacktrackWindow" => i64 [Minimum(0.0)];
        backup_retention_period: "BackupRetentionPeriod" => i64 [Minimum(1.0), Maximum(35.0)];
        cluster_scalability_type: "ClusterScalabilityType" => ClusterScalabilityType;
        copy_tags_to_snapshot: "CopyTagsToSnapshot" => bool;
        db_cluster_identifier: "DBClusterIdentifier" => String [MinLength(1), MaxLength(63), Pattern(r#"^[a-zA-Z]{1}(?:-?[a-zA-Z0-9]){0,62}$"#)];
        db_cluster_instance_class: "DBClusterInstanceClass" => String;
        db_cluster_parameter_group_name: "DBClusterParameterGroupName" => String;
        db_instance_parameter_group_name: "DBInstanceParameterGroupName" => String;
        db_subnet_group_name: "DBSubnetGroupName" => String;
        db_system_id: "DBSystemId" => String;
        database_insights_mode: "DatabaseInsightsMode" => DatabaseInsightsMode;
        database_name: "DatabaseName" => String;
        delete_automated_backups: "DeleteAutomatedBackups" => bool;
        deletion_protection: "DeletionProtection" => bool;
        domain: "Domain" => String;
        domain_iam_role_name: "DomainIAMRoleName" => String;
        enable_cloudwatch_logs_exports: "EnableCloudwatchLogsExports" => List<String> [Unique];
        enable_global_write_forwarding: "EnableGlobalWriteForwarding" => bool;
        enable_http_endpoint: "EnableHttpEndpoint" => bool;
        enable_iam_database_authentication: "EnableIAMDatabaseAuthentication" => bool;
        enable_local_write_forwarding: "EnableLocalWriteForwarding" => bool;
        engine: "Engine" => String;
        engine_lifecycle_support: "EngineLifecycleSupport" => String;
        engine_mode: "EngineMode" => String;
        engine_version: "EngineVersion" => String;
        global_cluster_identifier: "GlobalClusterIdentifier" => String [MaxLength(63), Pattern(r#"^$|^[a-zA-Z]{1}(?:-?[a-zA-Z0-9]){0,62}$"#)];
        iops: "Iops" => i64;
        kms_key_id: "KmsKeyId" => String;
        manage_master_user_password: "ManageMasterUserPassword" => bool;
        master_user_authentication_type: "MasterUserAuthenticationType" => MasterUserAuthenticationType;
        master_user_password: "MasterUserPassword" => String;
        master_user_secret: "MasterUserSecret" => MasterUserSecret;
        master_username: "MasterUsername" => String [MinLength(1), Pattern(r#"^[a-zA-Z]{1}[a-zA-Z0-9_]*$"#)];
        monitoring_interval: "MonitoringInterval" => i64;
        monitoring_role_arn: "MonitoringRoleArn" => String;
        network_type: "NetworkType" => String;
        performance_insights_enabled: "PerformanceInsightsEnabled" => bool;
        performance_insights_kms_key_id: "PerformanceInsightsKmsKeyId" => String;
        performance_insights_retention_period: "PerformanceInsightsRetentionPeriod" => i64;
        port: "Port" => i64;
        preferred_backup_window: "PreferredBackupWindow" => String;
        preferred_maintenance_window: "PreferredMaintenanceWindow" => String;
        publicly_accessible: "PubliclyAccessible" => bool;
        replication_source_identifier: "ReplicationSourceIdentifier" => String;
        restore_to_time: "RestoreToTime" => String;
        restore_type: "RestoreType" => String;
        scaling_configuration: "ScalingConfiguration" => ScalingConfiguration;
        serverless_v2_scaling_configuration: "ServerlessV2ScalingConfiguration" => ServerlessV2ScalingConfiguration;
        snapshot_identifier: "SnapshotIdentifier" => String;
        source_db_cluster_identifier: "SourceDBClusterIdentifier" => String;
        source_db_cluster_resource_id: "SourceDbClusterResourceId" => String;
        source_region: "SourceRegion" => String;
        storage_encrypted: "StorageEncrypted" => bool;
        storage_type: "StorageType" => String;
        tags: "Tags" => List<Tag> [MaxItems(50), Unique];
        use_latest_restorable_time: "UseLatestRestorableTime" => bool;
        vpc_security_group_ids: "VpcSecurityGroupIds" => List<String> [Unique];
    }
    attributes {
        db_cluster_arn: "DBClusterArn" => String;
        db_cluster_resource_id: "DBClusterResourceId" => String;
        endpoint_address: "Endpoint.Address" => String;
        endpoint_port: "Endpoint.Port" => String;
        master_user_secret_secret_arn: "MasterUserSecret.SecretArn" => String;
        read_endpoint_address: "ReadEndpoint.Address" => String;
        storage_encryption_type: "StorageEncryptionType" => String;
        storage_throughput: "StorageThroughput" => i64;
    }
    create_only [
        "ClusterScalabilityType",
        "DBClusterIdentifier",
        "DBSubnetGroupName",
        "DBSystemId",
        "DatabaseName",
        "EngineMode",
        "KmsKeyId",
        "PubliclyAccessible",
        "RestoreToTime",
        "RestoreType",
        "SnapshotIdentifier",
        "SourceDBClusterIdentifier",
        "SourceDbClusterResourceId",
        "SourceRegion",
        "StorageEncrypted",
        "UseLatestRestorableTime",
    ]
}

resource! {
    /// The resource type `AWS::RDS::DBClusterParameterGroup`.
    DBClusterParameterGroup = "AWS::RDS::DBClusterParameterGroup"
    required {
        description: "Description" => String;
        family: "Family" => String;
        parameters: "Parameters" => Json;
    }
    optional {
        db_cluster_parameter_group_name: "DBClusterParameterGroupName" => String [MinLength(1), Pattern(r#"^[a-zA-Z]{1}(?:-?[a-zA-Z0-9])*$"#)];
        tags: "Tags" => List<Tag> [MaxItems(50)];
    }
    attributes {}
    create_only [
        "DBClusterParameterGroupName",
        "Description",
        "Family",
    ]
}

resource! {
    /// The resource type `AWS::RDS::DBInstance`.
    DBInstance = "AWS::RDS::DBInstance"
    required {}
    optional {
        additional_storage_volumes: "AdditionalStorageVolumes" => List<AdditionalStorageVolume>;
        allocated_storage: "AllocatedStorage" => String [Pattern(r#"^[0-9]*$"#)];
        allow_major_version_upgrade: "AllowMajorVersionUpgrade" => bool;
        apply_immediately: "ApplyImmediately" => bool;
        associated_roles: "AssociatedRoles" => List<DBInstanceRole>;
        auto_minor_version_upgrade: "AutoMinorVersionUpgrade" => bool;
        automatic_backup_replication_kms_key_id: "AutomaticBackupReplicationKmsKeyId" => String;
        automatic_backup_replication_region: "AutomaticBackupReplicationRegion" => String;
        automatic_backup_replication_retention_period: "AutomaticBackupReplicationRetentionPeriod" => i64 [Minimum(1.0)];
        availability_zone: "AvailabilityZone" => String;
        backup_retention_period: "BackupRetentionPeriod" => i64 [Minimum(0.0)];
        backup_target: "BackupTarget" => String;
        ca_certificate_identifier: "CACertificateIdentifier" => String;
        certificate_rotation_restart: "CertificateRotationRestart" => bool;
        character_set_name: "CharacterSetName" => String;
        copy_tags_to_snapshot: "CopyTagsToSnapshot" => bool;
        custom_iam_instance_profile: "CustomIAMInstanceProfile" => String;
        db_cluster_identifier: "DBClusterIdentifier" => String;
        db_cluster_snapshot_identifier: "DBClusterSnapshotIdentifier" => String;
        db_instance_class: "DBInstanceClass" => String;
        db_instance_identifier: "DBInstanceIdentifier" => String [MinLength(1), MaxLength(63), Pattern(r#"^$|^[a-zA-Z]{1}(?:-?[a-zA-Z0-9]){0,62}$"#)];
        db_name: "DBName" => String;
        db_parameter_group_name: "DBParameterGroupName" => String;
        db_security_groups: "DBSecurityGroups" => List<String> [Unique];
        db_snapshot_identifier: "DBSnapshotIdentifier" => String;
        db_subnet_group_name: "DBSubnetGroupName" => String;
        db_system_id: "DBSystemId" => String;
        database_insights_mode: "DatabaseInsightsMode" => DatabaseInsightsMode;
        dedicated_log_volume: "DedicatedLogVolume" => bool;
        delete_automated_backups: "DeleteAutomatedBackups" => bool;
        deletion_protection: "DeletionProtection" => bool;
        domain: "Domain" => String;
        domain_auth_secret_arn: "DomainAuthSecretArn" => String;
        domain_dns_ips: "DomainDnsIps" => List<String>;
        domain_fqdn: "DomainFqdn" => String;
        domain_iam_role_name: "DomainIAMRoleName" => String;
        domain_ou: "DomainOu" => String;
        enable_cloudwatch_logs_exports: "EnableCloudwatchLogsExports" => List<String>;
        enable_iam_database_authentication: "EnableIAMDatabaseAuthentication" => bool;
        enable_performance_insights: "EnablePerformanceInsights" => bool;
        engine: "Engine" => String;
        engine_lifecycle_support: "EngineLifecycleSupport" => String;
        engine_version: "EngineVersion" => String;
        iops: "Iops" => i64;
        kms_key_id: "KmsKeyId" => String;
        license_model: "LicenseModel" => String;
        manage_master_user_password: "ManageMasterUserPassword" => bool;
        master_user_authentication_type: "MasterUserAuthenticationType" => MasterUserAuthenticationType;
        master_user_password: "MasterUserPassword" => String;
        master_user_secret: "MasterUserSecret" => MasterUserSecret;
        master_username: "MasterUsername" => String [MinLength(1), MaxLength(128), Pattern(r#"^[a-zA-Z][a-zA-Z0-9_]{0,127}$"#)];
        max_allocated_storage: "MaxAllocatedStorage" => i64;
        monitoring_interval: "MonitoringInterval" => i64;
        monitoring_role_arn: "MonitoringRoleArn" => String;
        multi_az: "MultiAZ" => bool;
        nchar_character_set_name: "NcharCharacterSetName" => String;
        network_type: "NetworkType" => String;
        option_group_name: "OptionGroupName" => String;
        performance_insights_kms_key_id: "PerformanceInsightsKMSKeyId" => String;
        performance_insights_retention_period: "PerformanceInsightsRetentionPeriod" => i64 [OneOf(&[7,31,62,93,124,155,186,217,248,279,310,341,372,403,434,465,496,527,558,589,620,651,682,713,731])];
        port: "Port" => String [Pattern(r#"^\d*$"#)];
        preferred_backup_window: "PreferredBackupWindow" => String;
        preferred_maintenance_window: "PreferredMaintenanceWindow" => String;
        processor_features: "ProcessorFeatures" => List<ProcessorFeature>;
        promotion_tier: "PromotionTier" => i64 [Minimum(0.0), Maximum(15.0)];
        publicly_accessible: "PubliclyAccessible" => bool;
        replica_mode: "ReplicaMode" => String;
        restore_time: "RestoreTime" => String;
        source_db_cluster_identifier: "SourceDBClusterIdentifier" => String;
        source_db_instance_automated_backups_arn: "SourceDBInstanceAutomatedBackupsArn" => String;
        source_db_instance_identifier: "SourceDBInstanceIdentifier" => String;
        source_dbi_resource_id: "SourceDbiResourceId" => String;
        source_region: "SourceRegion" => String;
        storage_encrypted: "StorageEncrypted" => bool;
        storage_throughput: "StorageThroughput" => i64;
        storage_type: "StorageType" => String;
        tags: "Tags" => List<Tag>;
        tde_credential_arn: "TdeCredentialArn" => String;
        tde_credential_password: "TdeCredentialPassword" => String;
        timezone: "Timezone" => String;
        use_default_processor_features: "UseDefaultProcessorFeatures" => bool;
        use_latest_restorable_time: "UseLatestRestorableTime" => bool;
        vpc_security_groups: "VPCSecurityGroups" => List<String> [Unique];
    }
    attributes {
        automatic_restart_time: "AutomaticRestartTime" => String;
        certificate_details_ca_identifier: "CertificateDetails.CAIdentifier" => String;
        certificate_details_valid_till: "CertificateDetails.ValidTill" => String;
        db_instance_arn: "DBInstanceArn" => String;
        db_instance_status: "DBInstanceStatus" => String;
        dbi_resource_id: "DbiResourceId" => String;
        endpoint_address: "Endpoint.Address" => String;
        endpoint_hosted_zone_id: "Endpoint.HostedZoneId" => String;
        endpoint_port: "Endpoint.Port" => String;
        instance_create_time: "InstanceCreateTime" => String;
        is_storage_config_upgrade_available: "IsStorageConfigUpgradeAvailable" => bool;
        latest_restorable_time: "LatestRestorableTime" => String;
        listener_endpoint_address: "ListenerEndpoint.Address" => String;
        listener_endpoint_hosted_zone_id: "ListenerEndpoint.HostedZoneId" => String;
        listener_endpoint_port: "ListenerEndpoint.Port" => String;
        master_user_secret_secret_arn: "MasterUserSecret.SecretArn" => String;
        percent_progress: "PercentProgress" => String;
        read_replica_db_cluster_identifiers: "ReadReplicaDBClusterIdentifiers" => List<String>;
        read_replica_db_instance_identifiers: "ReadReplicaDBInstanceIdentifiers" => List<String>;
        resume_full_automation_mode_time: "ResumeFullAutomationModeTime" => String;
        secondary_availability_zone: "SecondaryAvailabilityZone" => String;
        status_infos: "StatusInfos" => List<String>;
        storage_operation_percent_progress: "StorageOperationPercentProgress" => i64;
        storage_operation_status: "StorageOperationStatus" => String;
    }
    create_only [
        "BackupTarget",
        "CharacterSetName",
        "CustomIAMInstanceProfile",
        "DBClusterIdentifier",
        "DBInstanceIdentifier",
        "DBName",
        "DBSubnetGroupName",
        "DBSystemId",
        "KmsKeyId",
        "MasterUsername",
        "NcharCharacterSetName",
        "SourceRegion",
        "StorageEncrypted",
        "Timezone",
    ]
}

resource! {
    /// The resource type `AWS::RDS::DBParameterGroup`.
    DBParameterGroup = "AWS::RDS::DBParameterGroup"
    required {
        family: "Family" => String;
        description: "Description" => String;
    }
    optional {
        db_parameter_group_name: "DBParameterGroupName" => String [Pattern(r#"^[a-zA-Z]{1}(?:-?[a-zA-Z0-9])*$"#)];
        parameters: "Parameters" => Json;
        tags: "Tags" => List<Tag> [MaxItems(50)];
    }
    attributes {
        db_parameter_group_arn: "DBParameterGroupArn" => String;
    }
    create_only [
        "DBParameterGroupName",
        "Description",
        "Family",
    ]
}

resource! {
    /// The resource type `AWS::RDS::DBSubnetGroup`.
    DBSubnetGroup = "AWS::RDS::DBSubnetGroup"
    required {
        db_subnet_group_description: "DBSubnetGroupDescription" => String;
        subnet_ids: "SubnetIds" => List<String>;
    }
    optional {
        db_subnet_group_name: "DBSubnetGroupName" => String;
        tags: "Tags" => List<Tag> [MaxItems(50)];
    }
    attributes {
        db_subnet_group_arn: "DBSubnetGroupArn" => String;
    }
    create_only [
        "DBSubnetGroupName",
    ]
}

record! {
    /// The record `AdditionalStorageVolume`.
    AdditionalStorageVolume
    required {}
    optional {
        allocated_storage: "AllocatedStorage" => String [Pattern(r#"^[0-9]*$"#)];
        iops: "Iops" => i64;
        max_allocated_storage: "MaxAllocatedStorage" => i64;
        storage_operation_percent_progress: "StorageOperationPercentProgress" => i64;
        storage_operation_status: "StorageOperationStatus" => String;
        storage_throughput: "StorageThroughput" => i64;
        storage_type: "StorageType" => String;
        volume_name: "VolumeName" => String;
    }
}

record! {
    /// The record `CertificateDetails`.
    CertificateDetails
    required {}
    optional {
        ca_identifier: "CAIdentifier" => String;
        valid_till: "ValidTill" => String;
    }
}

record! {
    /// The record `DBClusterRole`.
    DBClusterRole
    required {
        role_arn: "RoleArn" => String [MinLength(20), MaxLength(2048), Pattern(r#"^arn:aws[a-z-]*:iam::[0-9]*:role/.*$"#)];
    }
    optional {
        feature_name: "FeatureName" => String;
    }
}

record! {
    /// The record `DBInstanceEndpoint`.
    DBInstanceEndpoint
    required {}
    optional {
        address: "Address" => String;
        hosted_zone_id: "HostedZoneId" => String;
        port: "Port" => String;
    }
}

record! {
    /// The record `DBInstanceRole`.
    DBInstanceRole
    required {
        feature_name: "FeatureName" => String;
        role_arn: "RoleArn" => String;
    }
    optional {}
}

record! {
    /// The record `DBInstanceStatusInfo`.
    DBInstanceStatusInfo
    required {}
    optional {
        message: "Message" => String;
        normal: "Normal" => bool;
        status: "Status" => String;
        status_type: "StatusType" => String;
    }
}

record! {
    /// The record `Endpoint`.
    Endpoint
    required {}
    optional {
        address: "Address" => String;
        port: "Port" => String;
    }
}

record! {
    /// The record `MasterUserSecret`.
    MasterUserSecret
    required {}
    optional {
        kms_key_id: "KmsKeyId" => String;
        secret_arn: "SecretArn" => String;
    }
}

record! {
    /// The record `ProcessorFeature`.
    ProcessorFeature
    required {}
    optional {
        name: "Name" => Name;
        value: "Value" => String;
    }
}

record! {
    /// The record `ReadEndpoint`.
    ReadEndpoint
    required {}
    optional {
        address: "Address" => String;
    }
}

record! {
    /// The record `ScalingConfiguration`.
    ScalingConfiguration
    required {}
    optional {
        auto_pause: "AutoPause" => bool;
        max_capacity: "MaxCapacity" => i64;
        min_capacity: "MinCapacity" => i64;
        seconds_before_timeout: "SecondsBeforeTimeout" => i64;
        seconds_until_auto_pause: "SecondsUntilAutoPause" => i64;
        timeout_action: "TimeoutAction" => String;
    }
}

record! {
    /// The record `ServerlessV2ScalingConfiguration`.
    ServerlessV2ScalingConfiguration
    required {}
    optional {
        max_capacity: "MaxCapacity" => f64;
        min_capacity: "MinCapacity" => f64;
        seconds_until_auto_pause: "SecondsUntilAutoPause" => i64;
    }
}

record! {
    /// The record `Tag`.
    Tag
    required {
        key: "Key" => String [MinLength(1), MaxLength(128)];
    }
    optional {
        value: "Value" => String [MaxLength(256)];
    }
}

choice! {
    /// The choice `ClusterScalabilityType`.
    ClusterScalabilityType {
        Limitless = "limitless",
        Standard = "standard",
    }
}

choice! {
    /// The choice `DatabaseInsightsMode`.
    DatabaseInsightsMode {
        Advanced = "advanced",
        Standard = "standard",
    }
}

choice! {
    /// The choice `MasterUserAuthenticationType`.
    MasterUserAuthenticationType {
        IamDbAuth = "iam-db-auth",
        Password = "password",
    }
}

choice! {
    /// The choice `Name`.
    Name {
        CoreCount = "coreCount",
        ThreadsPerCore = "threadsPerCore",
    }
}
