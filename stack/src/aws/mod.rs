//! Typed resources, one file per service. Generated from `stack/schemas` by `cargo xtask codegen`; not for editing.

pub mod api_gateway_v2;
pub mod budgets;
pub mod certificate_manager;
pub mod cloud_watch;
pub mod cognito;
pub mod dynamo_db;
pub mod ec2;
pub mod ecr;
pub mod events;
pub mod iam;
pub mod lambda;
pub mod logs;
pub mod rds;
pub mod route53;
pub mod s3;
pub mod sns;
pub mod sqs;
pub mod secrets_manager;

use crate::cfn::resource::TypeInfo;

/// What the schemas say of each type, sorted by name.
pub const TYPES: &[TypeInfo] = &[
    TypeInfo {
        name: "AWS::ApiGatewayV2::Api",
        create_only: &[
            "ProtocolType",
        ],
        write_only: &[
            "BasePath",
            "Body",
            "BodyS3Location",
            "BodyS3Location.Bucket",
            "BodyS3Location.Etag",
            "BodyS3Location.Key",
            "BodyS3Location.Version",
            "CredentialsArn",
            "DisableSchemaValidation",
            "FailOnWarnings",
            "RouteKey",
            "Target",
        ],
    },
    TypeInfo {
        name: "AWS::ApiGatewayV2::ApiMapping",
        create_only: &[
            "DomainName",
        ],
        write_only: &[],
    },
    TypeInfo {
        name: "AWS::ApiGatewayV2::Authorizer",
        create_only: &[
            "ApiId",
        ],
        write_only: &[
            "AuthorizerCredentialsArn",
            "AuthorizerPayloadFormatVersion",
            "AuthorizerResultTtlInSeconds",
            "AuthorizerUri",
            "EnableSimpleResponses",
        ],
    },
    TypeInfo {
        name: "AWS::ApiGatewayV2::DomainName",
        create_only: &[
            "DomainName",
        ],
        write_only: &[],
    },
    TypeInfo {
        name: "AWS::ApiGatewayV2::Integration",
        create_only: &[
            "ApiId",
        ],
        write_only: &[],
    },
    TypeInfo {
        name: "AWS::ApiGatewayV2::Route",
        create_only: &[
            "ApiId",
        ],
        write_only: &[
            "AuthorizerId",
            "RequestParameters",
        ],
    },
    TypeInfo {
        name: "AWS::ApiGatewayV2::Stage",
        create_only: &[
            "ApiId",
            "StageName",
        ],
        write_only: &[],
    },
    TypeInfo {
        name: "AWS::Budgets::Budget",
        create_only: &[
            "Budget.BudgetName",
            "NotificationsWithSubscribers",
        ],
        write_only: &[],
    },
    TypeInfo {
        name: "AWS::CertificateManager::Certificate",
        create_only: &[
            "CertificateAuthorityArn",
            "CertificateExport",
            "DomainName",
            "DomainValidationOptions",
            "KeyAlgorithm",
            "SubjectAlternativeNames",
        ],
        write_only: &[
            "ValidationMethod",
        ],
    },
    TypeInfo {
        name: "AWS::CloudWatch::Alarm",
        create_only: &[
            "AlarmName",
        ],
        write_only: &[],
    },
    TypeInfo {
        name: "AWS::CloudWatch::Dashboard",
        create_only: &[
            "DashboardName",
        ],
        write_only: &[],
    },
    TypeInfo {
        name: "AWS::Cognito::UserPool",
        create_only: &[],
        write_only: &[
            "EnabledMfas",
        ],
    },
    TypeInfo {
        name: "AWS::Cognito::UserPoolClient",
        create_only: &[
            "GenerateSecret",
            "UserPoolId",
        ],
        write_only: &[],
    },
    TypeInfo {
        name: "AWS::DynamoDB::Table",
        create_only: &[
            "ImportSourceSpecification",
            "TableName",
        ],
        write_only: &[
            "ImportSourceSpecification",
        ],
    },
    TypeInfo {
        name: "AWS::EC2::EIP",
        create_only: &[
            "Address",
            "IpamPoolId",
            "NetworkBorderGroup",
            "TransferAddress",
        ],
        write_only: &[
            "Address",
            "IpamPoolId",
            "TransferAddress",
        ],
    },
    TypeInfo {
        name: "AWS::EC2::FlowLog",
        create_only: &[
            "DeliverCrossAccountRole",
            "DeliverLogsPermissionArn",
            "DestinationOptions",
            "LogDestination",
            "LogDestinationType",
            "LogFormat",
            "LogGroupName",
            "MaxAggregationInterval",
            "ResourceId",
            "ResourceType",
            "TagFieldSpecifications",
            "TrafficType",
        ],
        write_only: &[],
    },
    TypeInfo {
        name: "AWS::EC2::InternetGateway",
        create_only: &[],
        write_only: &[],
    },
    TypeInfo {
        name: "AWS::EC2::NatGateway",
        create_only: &[
            "AllocationId",
            "AvailabilityMode",
            "ConnectivityType",
            "PrivateIpAddress",
            "SubnetId",
            "VpcId",
        ],
        write_only: &[
            "MaxDrainDurationSeconds",
        ],
    },
    TypeInfo {
        name: "AWS::EC2::Route",
        create_only: &[
            "DestinationCidrBlock",
            "DestinationIpv6CidrBlock",
            "DestinationPrefixListId",
            "RouteTableId",
        ],
        write_only: &[],
    },
    TypeInfo {
        name: "AWS::EC2::RouteTable",
        create_only: &[
            "VpcId",
        ],
        write_only: &[],
    },
    TypeInfo {
        name: "AWS::EC2::SecurityGroup",
        create_only: &[
            "GroupDescription",
            "GroupName",
            "VpcId",
        ],
        write_only: &[],
    },
    TypeInfo {
        name: "AWS::EC2::SecurityGroupEgress",
        create_only: &[
            "CidrIp",
            "CidrIpv6",
            "DestinationPrefixListId",
            "DestinationSecurityGroupId",
            "FromPort",
            "GroupId",
            "IpProtocol",
            "ToPort",
        ],
        write_only: &[],
    },
    TypeInfo {
        name: "AWS::EC2::SecurityGroupIngress",
        create_only: &[
            "CidrIp",
            "CidrIpv6",
            "FromPort",
            "GroupId",
            "GroupName",
            "IpProtocol",
            "SourcePrefixListId",
            "SourceSecurityGroupId",
            "SourceSecurityGroupName",
            "SourceSecurityGroupOwnerId",
            "ToPort",
        ],
        write_only: &[],
    },
    TypeInfo {
        name: "AWS::EC2::Subnet",
        create_only: &[
            "AvailabilityZone",
            "AvailabilityZoneId",
            "CidrBlock",
            "Ipv4IpamPoolId",
            "Ipv4NetmaskLength",
            "Ipv6IpamPoolId",
            "Ipv6Native",
            "Ipv6NetmaskLength",
            "OutpostArn",
            "VpcId",
        ],
        write_only: &[
            "EnableLniAtDeviceIndex",
            "Ipv4IpamPoolId",
            "Ipv4NetmaskLength",
            "Ipv6IpamPoolId",
            "Ipv6NetmaskLength",
        ],
    },
    TypeInfo {
        name: "AWS::EC2::SubnetRouteTableAssociation",
        create_only: &[
            "RouteTableId",
            "SubnetId",
        ],
        write_only: &[],
    },
    TypeInfo {
        name: "AWS::EC2::VPC",
        create_only: &[
            "CidrBlock",
            "Ipv4IpamPoolId",
            "Ipv4NetmaskLength",
            "VpcEncryptionControl",
        ],
        write_only: &[
            "Ipv4IpamPoolId",
            "Ipv4NetmaskLength",
            "VpcEncryptionControl.EgressOnlyInternetGatewayExclusion",
            "VpcEncryptionControl.ElasticFileSystemExclusion",
            "VpcEncryptionControl.InternetGatewayExclusion",
            "VpcEncryptionControl.LambdaExclusion",
            "VpcEncryptionControl.NatGatewayExclusion",
            "VpcEncryptionControl.VirtualPrivateGatewayExclusion",
            "VpcEncryptionControl.VpcLatticeExclusion",
            "VpcEncryptionControl.VpcPeeringExclusion",
        ],
    },
    TypeInfo {
        name: "AWS::EC2::VPCEndpoint",
        create_only: &[
            "DnsOptions.PrivateDnsPreference",
            "DnsOptions.PrivateDnsSpecifiedDomains",
            "ResourceConfigurationArn",
            "ServiceName",
            "ServiceNetworkArn",
            "ServiceRegion",
            "VpcEndpointType",
            "VpcId",
        ],
        write_only: &[],
    },
    TypeInfo {
        name: "AWS::EC2::VPCGatewayAttachment",
        create_only: &[
            "VpcId",
        ],
        write_only: &[],
    },
    TypeInfo {
        name: "AWS::ECR::Repository",
        create_only: &[
            "EncryptionConfiguration",
            "EncryptionConfiguration.EncryptionType",
            "EncryptionConfiguration.KmsKey",
            "RepositoryName",
        ],
        write_only: &[
            "EmptyOnDelete",
        ],
    },
    TypeInfo {
        name: "AWS::Events::Rule",
        create_only: &[
            "Name",
        ],
        write_only: &[],
    },
    TypeInfo {
        name: "AWS::IAM::Role",
        create_only: &[
            "Path",
            "RoleName",
        ],
        write_only: &[],
    },
    TypeInfo {
        name: "AWS::Lambda::Alias",
        create_only: &[
            "FunctionName",
            "Name",
        ],
        write_only: &[],
    },
    TypeInfo {
        name: "AWS::Lambda::EventSourceMapping",
        create_only: &[
            "EventSourceArn",
            "SelfManagedEventSource",
            "StartingPosition",
            "StartingPositionTimestamp",
        ],
        write_only: &[],
    },
    TypeInfo {
        name: "AWS::Lambda::Function",
        create_only: &[
            "FunctionName",
            "PackageType",
            "TenancyConfig",
        ],
        write_only: &[
            "Code.ImageUri",
            "Code.S3Bucket",
            "Code.S3Key",
            "Code.S3ObjectStorageMode",
            "Code.S3ObjectVersion",
            "Code.SourceKMSKeyArn",
            "Code.ZipFile",
            "PublishToLatestPublished",
            "SnapStart",
            "SnapStart.ApplyOn",
        ],
    },
    TypeInfo {
        name: "AWS::Lambda::Permission",
        create_only: &[
            "Action",
            "EventSourceToken",
            "FunctionName",
            "FunctionUrlAuthType",
            "InvokedViaFunctionUrl",
            "Principal",
            "PrincipalOrgID",
            "SourceAccount",
            "SourceArn",
        ],
        write_only: &[],
    },
    TypeInfo {
        name: "AWS::Lambda::Version",
        create_only: &[
            "CodeSha256",
            "Description",
            "FunctionName",
            "ProvisionedConcurrencyConfig",
            "RuntimePolicy",
        ],
        write_only: &[],
    },
    TypeInfo {
        name: "AWS::Logs::LogGroup",
        create_only: &[
            "LogGroupName",
        ],
        write_only: &[],
    },
    TypeInfo {
        name: "AWS::RDS::DBCluster",
        create_only: &[
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
        ],
        write_only: &[
            "ClusterScalabilityType",
            "DBInstanceParameterGroupName",
            "DeleteAutomatedBackups",
            "MasterUserAuthenticationType",
            "MasterUserPassword",
            "RestoreToTime",
            "RestoreType",
            "SnapshotIdentifier",
            "SourceDBClusterIdentifier",
            "SourceDbClusterResourceId",
            "SourceRegion",
            "UseLatestRestorableTime",
        ],
    },
    TypeInfo {
        name: "AWS::RDS::DBClusterParameterGroup",
        create_only: &[
            "DBClusterParameterGroupName",
            "Description",
            "Family",
        ],
        write_only: &[],
    },
    TypeInfo {
        name: "AWS::RDS::DBInstance",
        create_only: &[
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
        ],
        write_only: &[
            "AllowMajorVersionUpgrade",
            "ApplyImmediately",
            "AutomaticBackupReplicationKmsKeyId",
            "CertificateRotationRestart",
            "DBSnapshotIdentifier",
            "DeleteAutomatedBackups",
            "MasterUserAuthenticationType",
            "MasterUserPassword",
            "RestoreTime",
            "SourceDBInstanceAutomatedBackupsArn",
            "SourceDBInstanceIdentifier",
            "SourceDbiResourceId",
            "SourceRegion",
            "TdeCredentialPassword",
            "UseDefaultProcessorFeatures",
            "UseLatestRestorableTime",
        ],
    },
    TypeInfo {
        name: "AWS::RDS::DBParameterGroup",
        create_only: &[
            "DBParameterGroupName",
            "Description",
            "Family",
        ],
        write_only: &[],
    },
    TypeInfo {
        name: "AWS::RDS::DBSubnetGroup",
        create_only: &[
            "DBSubnetGroupName",
        ],
        write_only: &[],
    },
    TypeInfo {
        name: "AWS::Route53::RecordSet",
        create_only: &[
            "HostedZoneId",
            "HostedZoneName",
        ],
        write_only: &[
            "Comment",
            "HostedZoneName",
        ],
    },
    TypeInfo {
        name: "AWS::S3::Bucket",
        create_only: &[
            "BucketName",
            "BucketNamePrefix",
            "BucketNamespace",
        ],
        write_only: &[
            "AccessControl",
            "BucketNamePrefix",
            "BucketNamespace",
            "MetadataConfiguration.AnnotationTableConfiguration.EncryptionConfiguration",
            "MetadataConfiguration.InventoryTableConfiguration.EncryptionConfiguration",
            "MetadataConfiguration.JournalTableConfiguration.EncryptionConfiguration",
        ],
    },
    TypeInfo {
        name: "AWS::S3::BucketPolicy",
        create_only: &[
            "Bucket",
        ],
        write_only: &[],
    },
    TypeInfo {
        name: "AWS::SNS::Subscription",
        create_only: &[
            "Endpoint",
            "Protocol",
            "TopicArn",
        ],
        write_only: &[
            "Region",
        ],
    },
    TypeInfo {
        name: "AWS::SNS::Topic",
        create_only: &[
            "FifoTopic",
            "TopicName",
        ],
        write_only: &[],
    },
    TypeInfo {
        name: "AWS::SNS::TopicPolicy",
        create_only: &[],
        write_only: &[],
    },
    TypeInfo {
        name: "AWS::SQS::Queue",
        create_only: &[
            "FifoQueue",
            "QueueName",
        ],
        write_only: &[],
    },
    TypeInfo {
        name: "AWS::SQS::QueuePolicy",
        create_only: &[],
        write_only: &[],
    },
    TypeInfo {
        name: "AWS::SecretsManager::RotationSchedule",
        create_only: &[
            "SecretId",
        ],
        write_only: &[
            "HostedRotationLambda",
            "HostedRotationLambda.ExcludeCharacters",
            "HostedRotationLambda.KmsKeyArn",
            "HostedRotationLambda.MasterSecretArn",
            "HostedRotationLambda.MasterSecretKmsKeyArn",
            "HostedRotationLambda.RotationLambdaName",
            "HostedRotationLambda.RotationType",
            "HostedRotationLambda.Runtime",
            "HostedRotationLambda.SuperuserSecretArn",
            "HostedRotationLambda.SuperuserSecretKmsKeyArn",
            "HostedRotationLambda.VpcSecurityGroupIds",
            "HostedRotationLambda.VpcSubnetIds",
            "RotateImmediatelyOnUpdate",
        ],
    },
    TypeInfo {
        name: "AWS::SecretsManager::Secret",
        create_only: &[
            "Name",
        ],
        write_only: &[
            "GenerateSecretString",
            "SecretString",
        ],
    },
];
