//! AWS::EC2. Generated from `stack/schemas` by `cargo xtask codegen`; not for editing.

use serde_json::Value as Json;

use crate::cfn::macros::{choice, record, resource};
use crate::cfn::rules::Rule::{
    Each, MaxItems, MaxLength, Maximum, MinItems, MinLength, Minimum, Unique,
};
use crate::cfn::value::List;

resource! {
    /// The resource type `AWS::EC2::EIP`.
    EIP = "AWS::EC2::EIP"
    required {}
    optional {
        address: "Address" => String;
        domain: "Domain" => String;
        instance_id: "InstanceId" => String;
        ipam_pool_id: "IpamPoolId" => String;
        network_border_group: "NetworkBorderGroup" => String;
        public_ipv4_pool: "PublicIpv4Pool" => String;
        tags: "Tags" => List<Tag>;
        transfer_address: "TransferAddress" => String;
    }
    attributes {
        allocation_id: "AllocationId" => String;
        public_ip: "PublicIp" => String;
    }
    create_only [
        "Address",
        "IpamPoolId",
        "NetworkBorderGroup",
        "TransferAddress",
    ]
}

resource! {
    /// The resource type `AWS::EC2::FlowLog`.
    FlowLog = "AWS::EC2::FlowLog"
    required {
        resource_type: "ResourceType" => ResourceType;
        resource_id: "ResourceId" => String;
    }
    optional {
        deliver_cross_account_role: "DeliverCrossAccountRole" => String;
        deliver_logs_permission_arn: "DeliverLogsPermissionArn" => String;
        destination_options: "DestinationOptions" => FlowLogDestinationOptions;
        log_destination: "LogDestination" => String;
        log_destination_type: "LogDestinationType" => LogDestinationType;
        log_format: "LogFormat" => String;
        log_group_name: "LogGroupName" => String;
        max_aggregation_interval: "MaxAggregationInterval" => i64;
        tag_field_specifications: "TagFieldSpecifications" => List<TagFieldSpecification> [MinItems(1), MaxItems(3), Unique];
        tags: "Tags" => List<Tag>;
        traffic_type: "TrafficType" => TrafficType;
    }
    attributes {
        id: "Id" => String;
    }
    create_only [
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
    ]
}

resource! {
    /// The resource type `AWS::EC2::InternetGateway`.
    InternetGateway = "AWS::EC2::InternetGateway"
    required {}
    optional {
        tags: "Tags" => List<InternetGatewayTag>;
    }
    attributes {
        internet_gateway_id: "InternetGatewayId" => String;
    }
    create_only []
}

resource! {
    /// The resource type `AWS::EC2::NatGateway`.
    NatGateway = "AWS::EC2::NatGateway"
    required {}
    optional {
        allocation_id: "AllocationId" => String;
        availability_mode: "AvailabilityMode" => AvailabilityMode;
        availability_zone_addresses: "AvailabilityZoneAddresses" => List<AvailabilityZoneAddress> [Unique];
        connectivity_type: "ConnectivityType" => ConnectivityType;
        max_drain_duration_seconds: "MaxDrainDurationSeconds" => i64;
        private_ip_address: "PrivateIpAddress" => String;
        secondary_allocation_ids: "SecondaryAllocationIds" => List<String> [Unique];
        secondary_private_ip_address_count: "SecondaryPrivateIpAddressCount" => i64 [Minimum(1.0), Maximum(31.0)];
        secondary_private_ip_addresses: "SecondaryPrivateIpAddresses" => List<String> [Unique];
        subnet_id: "SubnetId" => String;
        tags: "Tags" => List<Tag>;
        vpc_id: "VpcId" => String;
    }
    attributes {
        auto_provision_zones: "AutoProvisionZones" => String;
        auto_scaling_ips: "AutoScalingIps" => String;
        eni_id: "EniId" => String;
        nat_gateway_id: "NatGatewayId" => String;
        route_table_id: "RouteTableId" => String;
    }
    create_only [
        "AllocationId",
        "AvailabilityMode",
        "ConnectivityType",
        "PrivateIpAddress",
        "SubnetId",
        "VpcId",
    ]
}

resource! {
    /// The resource type `AWS::EC2::Route`.
    Route = "AWS::EC2::Route"
    required {
        route_table_id: "RouteTableId" => String;
    }
    optional {
        carrier_gateway_id: "CarrierGatewayId" => String;
        core_network_arn: "CoreNetworkArn" => String;
        destination_cidr_block: "DestinationCidrBlock" => String;
        destination_ipv6_cidr_block: "DestinationIpv6CidrBlock" => String;
        destination_prefix_list_id: "DestinationPrefixListId" => String;
        egress_only_internet_gateway_id: "EgressOnlyInternetGatewayId" => String;
        gateway_id: "GatewayId" => String;
        instance_id: "InstanceId" => String;
        local_gateway_id: "LocalGatewayId" => String;
        nat_gateway_id: "NatGatewayId" => String;
        network_interface_id: "NetworkInterfaceId" => String;
        odb_network_arn: "OdbNetworkArn" => String;
        transit_gateway_id: "TransitGatewayId" => String;
        vpc_endpoint_id: "VpcEndpointId" => String;
        vpc_peering_connection_id: "VpcPeeringConnectionId" => String;
    }
    attributes {
        cidr_block: "CidrBlock" => String;
    }
    create_only [
        "DestinationCidrBlock",
        "DestinationIpv6CidrBlock",
        "DestinationPrefixListId",
        "RouteTableId",
    ]
}

resource! {
    /// The resource type `AWS::EC2::RouteTable`.
    RouteTable = "AWS::EC2::RouteTable"
    required {
        vpc_id: "VpcId" => String;
    }
    optional {
        tags: "Tags" => List<Tag>;
    }
    attributes {
        route_table_id: "RouteTableId" => String;
    }
    create_only [
        "VpcId",
    ]
}

resource! {
    /// The resource type `AWS::EC2::SecurityGroup`.
    SecurityGroup = "AWS::EC2::SecurityGroup"
    required {
        group_description: "GroupDescription" => String [MaxLength(255)];
    }
    optional {
        group_name: "GroupName" => String;
        security_group_egress: "SecurityGroupEgress" => List<Egress>;
        security_group_ingress: "SecurityGroupIngress" => List<Ingress>;
        tags: "Tags" => List<Tag>;
        vpc_id: "VpcId" => String;
    }
    attributes {
        group_id: "GroupId" => String;
        id: "Id" => String;
    }
    create_only [
        "GroupDescription",
        "GroupName",
        "VpcId",
    ]
}

resource! {
    /// The resource type `AWS::EC2::SecurityGroupEgress`.
    SecurityGroupEgress = "AWS::EC2::SecurityGroupEgress"
    required {
        ip_protocol: "IpProtocol" => String;
        group_id: "GroupId" => String;
    }
    optional {
        cidr_ip: "CidrIp" => String;
        cidr_ipv6: "CidrIpv6" => String;
        description: "Description" => String;
        destination_prefix_list_id: "DestinationPrefixListId" => String;
        destination_security_group_id: "DestinationSecurityGroupId" => String;
        from_port: "FromPort" => i64 [Minimum(-1.0)];
        to_port: "ToPort" => i64 [Minimum(-1.0)];
    }
    attributes {
        id: "Id" => String;
    }
    create_only [
        "CidrIp",
        "CidrIpv6",
        "DestinationPrefixListId",
        "DestinationSecurityGroupId",
        "FromPort",
        "GroupId",
        "IpProtocol",
        "ToPort",
    ]
}

resource! {
    /// The resource type `AWS::EC2::SecurityGroupIngress`.
    SecurityGroupIngress = "AWS::EC2::SecurityGroupIngress"
    required {
        ip_protocol: "IpProtocol" => String;
    }
    optional {
        cidr_ip: "CidrIp" => String;
        cidr_ipv6: "CidrIpv6" => String;
        description: "Description" => String;
        from_port: "FromPort" => i64 [Minimum(-1.0)];
        group_id: "GroupId" => String;
        group_name: "GroupName" => String;
        source_prefix_list_id: "SourcePrefixListId" => String;
        source_security_group_id: "SourceSecurityGroupId" => String;
        source_security_group_name: "SourceSecurityGroupName" => String;
        source_security_group_owner_id: "SourceSecurityGroupOwnerId" => String;
        to_port: "ToPort" => i64 [Minimum(-1.0)];
    }
    attributes {
        id: "Id" => String;
    }
    create_only [
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
    ]
}

resource! {
    /// The resource type `AWS::EC2::Subnet`.
    Subnet = "AWS::EC2::Subnet"
    required {
        vpc_id: "VpcId" => String;
    }
    optional {
        assign_ipv6_address_on_creation: "AssignIpv6AddressOnCreation" => bool;
        availability_zone: "AvailabilityZone" => String;
        availability_zone_id: "AvailabilityZoneId" => String;
        cidr_block: "CidrBlock" => String;
        enable_dns64: "EnableDns64" => bool;
        enable_lni_at_device_index: "EnableLniAtDeviceIndex" => i64;
        ipv4_ipam_pool_id: "Ipv4IpamPoolId" => String;
        ipv4_netmask_length: "Ipv4NetmaskLength" => i64;
        ipv6_cidr_block: "Ipv6CidrBlock" => String;
        ipv6_ipam_pool_id: "Ipv6IpamPoolId" => String;
        ipv6_native: "Ipv6Native" => bool;
        ipv6_netmask_length: "Ipv6NetmaskLength" => i64;
        map_public_ip_on_launch: "MapPublicIpOnLaunch" => bool;
        outpost_arn: "OutpostArn" => String;
        private_dns_name_options_on_launch: "PrivateDnsNameOptionsOnLaunch" => SubnetPrivateDnsNameOptionsOnLaunch;
        tags: "Tags" => List<Tag>;
    }
    attributes {
        block_public_access_states_internet_gateway_block_mode: "BlockPublicAccessStates.InternetGatewayBlockMode" => String;
        ipv6_cidr_blocks: "Ipv6CidrBlocks" => List<String>;
        network_acl_association_id: "NetworkAclAssociationId" => String;
        subnet_id: "SubnetId" => String;
    }
    create_only [
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
    ]
}

resource! {
    /// The resource type `AWS::EC2::SubnetRouteTableAssociation`.
    SubnetRouteTableAssociation = "AWS::EC2::SubnetRouteTableAssociation"
    required {
        route_table_id: "RouteTableId" => String;
        subnet_id: "SubnetId" => String;
    }
    optional {}
    attributes {
        id: "Id" => String;
    }
    create_only [
        "RouteTableId",
        "SubnetId",
    ]
}

resource! {
    /// The resource type `AWS::EC2::VPC`.
    VPC = "AWS::EC2::VPC"
    required {}
    optional {
        cidr_block: "CidrBlock" => String;
        enable_dns_hostnames: "EnableDnsHostnames" => bool;
        enable_dns_support: "EnableDnsSupport" => bool;
        instance_tenancy: "InstanceTenancy" => InstanceTenancy;
        ipv4_ipam_pool_id: "Ipv4IpamPoolId" => String;
        ipv4_netmask_length: "Ipv4NetmaskLength" => i64;
        tags: "Tags" => List<Tag>;
        vpc_encryption_control: "VpcEncryptionControl" => VpcEncryptionControl;
    }
    attributes {
        cidr_block_associations: "CidrBlockAssociations" => List<String>;
        default_network_acl: "DefaultNetworkAcl" => String;
        default_security_group: "DefaultSecurityGroup" => String;
        ipv6_cidr_blocks: "Ipv6CidrBlocks" => List<String>;
        vpc_encryption_control_resource_exclusions_egress_only_internet_gateway_state: "VpcEncryptionControl.ResourceExclusions.EgressOnlyInternetGateway.State" => String;
        vpc_encryption_control_resource_exclusions_egress_only_internet_gateway_state_message: "VpcEncryptionControl.ResourceExclusions.EgressOnlyInternetGateway.StateMessage" => String;
        vpc_encryption_control_resource_exclusions_elastic_file_system_state: "VpcEncryptionControl.ResourceExclusions.ElasticFileSystem.State" => String;
        vpc_encryption_control_resource_exclusions_elastic_file_system_state_message: "VpcEncryptionControl.ResourceExclusions.ElasticFileSystem.StateMessage" => String;
        vpc_encryption_control_resource_exclusions_internet_gateway_state: "VpcEncryptionControl.ResourceExclusions.InternetGateway.State" => String;
        vpc_encryption_control_resource_exclusions_internet_gateway_state_message: "VpcEncryptionControl.ResourceExclusions.InternetGateway.StateMessage" => String;
        vpc_encryption_control_resource_exclusions_lambda_state: "VpcEncryptionControl.ResourceExclusions.Lambda.State" => String;
        vpc_encryption_control_resource_exclusions_lambda_state_message: "VpcEncryptionControl.ResourceExclusions.Lambda.StateMessage" => String;
        vpc_encryption_control_resource_exclusions_nat_gateway_state: "VpcEncryptionControl.ResourceExclusions.NatGateway.State" => String;
        vpc_encryption_control_resource_exclusions_nat_gateway_state_message: "VpcEncryptionControl.ResourceExclusions.NatGateway.StateMessage" => String;
        vpc_encryption_control_resource_exclusions_virtual_private_gateway_state: "VpcEncryptionControl.ResourceExclusions.VirtualPrivateGateway.State" => String;
        vpc_encryption_control_resource_exclusions_virtual_private_gateway_state_message: "VpcEncryptionControl.ResourceExclusions.VirtualPrivateGateway.StateMessage" => String;
        vpc_encryption_control_resource_exclusions_vpc_lattice_state: "VpcEncryptionControl.ResourceExclusions.VpcLattice.State" => String;
        vpc_encryption_control_resource_exclusions_vpc_lattice_state_message: "VpcEncryptionControl.ResourceExclusions.VpcLattice.StateMessage" => String;
        vpc_encryption_control_resource_exclusions_vpc_peering_state: "VpcEncryptionControl.ResourceExclusions.VpcPeering.State" => String;
        vpc_encryption_control_resource_exclusions_vpc_peering_state_message: "VpcEncryptionControl.ResourceExclusions.VpcPeering.StateMessage" => String;
        vpc_encryption_control_state: "VpcEncryptionControl.State" => String;
        vpc_encryption_control_state_message: "VpcEncryptionControl.StateMessage" => String;
        vpc_encryption_control_vpc_encryption_control_id: "VpcEncryptionControl.VpcEncryptionControlId" => String;
        vpc_encryption_control_vpc_id: "VpcEncryptionControl.VpcId" => String;
        vpc_id: "VpcId" => String;
    }
    create_only [
        "CidrBlock",
        "Ipv4IpamPoolId",
        "Ipv4NetmaskLength",
        "VpcEncryptionControl",
    ]
}

resource! {
    /// The resource type `AWS::EC2::VPCEndpoint`.
    VPCEndpoint = "AWS::EC2::VPCEndpoint"
    required {
        vpc_id: "VpcId" => String;
    }
    optional {
        dns_options: "DnsOptions" => DnsOptionsSpecification;
        ip_address_type: "IpAddressType" => IpAddressType;
        policy_document: "PolicyDocument" => Json;
        private_dns_enabled: "PrivateDnsEnabled" => bool;
        resource_configuration_arn: "ResourceConfigurationArn" => String;
        route_table_ids: "RouteTableIds" => List<String> [Unique];
        security_group_ids: "SecurityGroupIds" => List<String> [Unique];
        service_name: "ServiceName" => String;
        service_network_arn: "ServiceNetworkArn" => String;
        service_region: "ServiceRegion" => String;
        subnet_ids: "SubnetIds" => List<String> [Unique];
        tags: "Tags" => List<Tag>;
        vpc_endpoint_type: "VpcEndpointType" => VpcEndpointType;
    }
    attributes {
        creation_timestamp: "CreationTimestamp" => String;
        dns_entries: "DnsEntries" => List<String>;
        id: "Id" => String;
        network_interface_ids: "NetworkInterfaceIds" => List<String>;
    }
    create_only [
        "DnsOptions.PrivateDnsPreference",
        "DnsOptions.PrivateDnsSpecifiedDomains",
        "ResourceConfigurationArn",
        "ServiceName",
        "ServiceNetworkArn",
        "ServiceRegion",
        "VpcEndpointType",
        "VpcId",
    ]
}

resource! {
    /// The resource type `AWS::EC2::VPCGatewayAttachment`.
    VPCGatewayAttachment = "AWS::EC2::VPCGatewayAttachment"
    required {
        vpc_id: "VpcId" => String;
    }
    optional {
        internet_gateway_id: "InternetGatewayId" => String;
        vpn_gateway_id: "VpnGatewayId" => String;
    }
    attributes {
        attachment_type: "AttachmentType" => String;
    }
    create_only [
        "VpcId",
    ]
}

record! {
    /// The record `AvailabilityZoneAddress`.
    AvailabilityZoneAddress
    required {
        allocation_ids: "AllocationIds" => List<String> [Unique];
    }
    optional {
        availability_zone: "AvailabilityZone" => String;
        availability_zone_id: "AvailabilityZoneId" => String;
    }
}

record! {
    /// The record `DnsOptionsSpecification`.
    DnsOptionsSpecification
    required {}
    optional {
        dns_record_ip_type: "DnsRecordIpType" => DnsRecordIpType;
        private_dns_only_for_inbound_resolver_endpoint: "PrivateDnsOnlyForInboundResolverEndpoint" => PrivateDnsOnlyForInboundResolverEndpoint;
        private_dns_preference: "PrivateDnsPreference" => PrivateDnsPreference;
        private_dns_specified_domains: "PrivateDnsSpecifiedDomains" => List<String> [MinItems(1), MaxItems(10), Each(&[MinLength(1), MaxLength(255)])];
    }
}

record! {
    /// The record `Egress`.
    Egress
    required {
        ip_protocol: "IpProtocol" => String;
    }
    optional {
        cidr_ip: "CidrIp" => String;
        cidr_ipv6: "CidrIpv6" => String;
        description: "Description" => String;
        destination_prefix_list_id: "DestinationPrefixListId" => String;
        destination_security_group_id: "DestinationSecurityGroupId" => String;
        from_port: "FromPort" => i64 [Minimum(-1.0)];
        to_port: "ToPort" => i64 [Minimum(-1.0)];
    }
}

record! {
    /// The record `FlowLogDestinationOptions`.
    FlowLogDestinationOptions
    required {
        file_format: "FileFormat" => FileFormat;
        hive_compatible_partitions: "HiveCompatiblePartitions" => bool;
        per_hour_partition: "PerHourPartition" => bool;
    }
    optional {}
}

record! {
    /// The record `Ingress`.
    Ingress
    required {
        ip_protocol: "IpProtocol" => String;
    }
    optional {
        cidr_ip: "CidrIp" => String;
        cidr_ipv6: "CidrIpv6" => String;
        description: "Description" => String;
        from_port: "FromPort" => i64 [Minimum(-1.0)];
        source_prefix_list_id: "SourcePrefixListId" => String;
        source_security_group_id: "SourceSecurityGroupId" => String;
        source_security_group_name: "SourceSecurityGroupName" => String;
        source_security_group_owner_id: "SourceSecurityGroupOwnerId" => String;
        to_port: "ToPort" => i64 [Minimum(-1.0)];
    }
}

record! {
    /// The record `InternetGatewayTag`.
    InternetGatewayTag
    required {
        value: "Value" => String [MaxLength(256)];
        key: "Key" => String [MinLength(1), MaxLength(128)];
    }
    optional {}
}

record! {
    /// The record `SubnetBlockPublicAccessStates`.
    SubnetBlockPublicAccessStates
    required {}
    optional {
        internet_gateway_block_mode: "InternetGatewayBlockMode" => String;
    }
}

record! {
    /// The record `SubnetPrivateDnsNameOptionsOnLaunch`.
    SubnetPrivateDnsNameOptionsOnLaunch
    required {}
    optional {
        enable_resource_name_dns_aaaa_record: "EnableResourceNameDnsAAAARecord" => bool;
        enable_resource_name_dns_a_record: "EnableResourceNameDnsARecord" => bool;
        hostname_type: "HostnameType" => String;
    }
}

record! {
    /// The record `Tag`.
    Tag
    required {
        value: "Value" => String;
        key: "Key" => String;
    }
    optional {}
}

record! {
    /// The record `TagFieldSpecification`.
    TagFieldSpecification
    required {
        resource_type: "ResourceType" => TagFieldSpecificationResourceType;
        tag_keys: "TagKeys" => List<String> [MinItems(1), MaxItems(2), Each(&[MinLength(1), MaxLength(128)])];
    }
    optional {}
}

record! {
    /// The record `VpcEncryptionControl`.
    VpcEncryptionControl
    required {}
    optional {
        egress_only_internet_gateway_exclusion: "EgressOnlyInternetGatewayExclusion" => EgressOnlyInternetGatewayExclusion;
        elastic_file_system_exclusion: "ElasticFileSystemExclusion" => ElasticFileSystemExclusion;
        internet_gateway_exclusion: "InternetGatewayExclusion" => InternetGatewayExclusion;
        lambda_exclusion: "LambdaExclusion" => LambdaExclusion;
        mode: "Mode" => Mode;
        nat_gateway_exclusion: "NatGatewayExclusion" => NatGatewayExclusion;
        resource_exclusions: "ResourceExclusions" => VpcEncryptionControlExclusions;
        state: "State" => String;
        state_message: "StateMessage" => String;
        virtual_private_gateway_exclusion: "VirtualPrivateGatewayExclusion" => VirtualPrivateGatewayExclusion;
        vpc_encryption_control_id: "VpcEncryptionControlId" => String;
        vpc_id: "VpcId" => String;
        vpc_lattice_exclusion: "VpcLatticeExclusion" => VpcLatticeExclusion;
        vpc_peering_exclusion: "VpcPeeringExclusion" => VpcPeeringExclusion;
    }
}

record! {
    /// The record `VpcEncryptionControlExclusion`.
    VpcEncryptionControlExclusion
    required {}
    optional {
        state: "State" => String;
        state_message: "StateMessage" => String;
    }
}

record! {
    /// The record `VpcEncryptionControlExclusions`.
    VpcEncryptionControlExclusions
    required {}
    optional {
        egress_only_internet_gateway: "EgressOnlyInternetGateway" => VpcEncryptionControlExclusion;
        elastic_file_system: "ElasticFileSystem" => VpcEncryptionControlExclusion;
        internet_gateway: "InternetGateway" => VpcEncryptionControlExclusion;
        lambda: "Lambda" => VpcEncryptionControlExclusion;
        nat_gateway: "NatGateway" => VpcEncryptionControlExclusion;
        virtual_private_gateway: "VirtualPrivateGateway" => VpcEncryptionControlExclusion;
        vpc_lattice: "VpcLattice" => VpcEncryptionControlExclusion;
        vpc_peering: "VpcPeering" => VpcEncryptionControlExclusion;
    }
}

choice! {
    /// The choice `AvailabilityMode`.
    AvailabilityMode {
        Regional = "regional",
        Zonal = "zonal",
    }
}

choice! {
    /// The choice `ConnectivityType`.
    ConnectivityType {
        Private = "private",
        Public = "public",
    }
}

choice! {
    /// The choice `DnsRecordIpType`.
    DnsRecordIpType {
        Ipv4 = "ipv4",
        Ipv6 = "ipv6",
        Dualstack = "dualstack",
        ServiceDefined = "service-defined",
        NotSpecified = "not-specified",
    }
}

choice! {
    /// The choice `EgressOnlyInternetGatewayExclusion`.
    EgressOnlyInternetGatewayExclusion {
        Enable = "enable",
        Disable = "disable",
    }
}

choice! {
    /// The choice `ElasticFileSystemExclusion`.
    ElasticFileSystemExclusion {
        Enable = "enable",
        Disable = "disable",
    }
}

choice! {
    /// The choice `FileFormat`.
    FileFormat {
        PlainText = "plain-text",
        Parquet = "parquet",
    }
}

choice! {
    /// The choice `InstanceTenancy`.
    InstanceTenancy {
        Dedicated = "dedicated",
        Default = "default",
        Host = "host",
    }
}

choice! {
    /// The choice `InternetGatewayExclusion`.
    InternetGatewayExclusion {
        Enable = "enable",
        Disable = "disable",
    }
}

choice! {
    /// The choice `IpAddressType`.
    IpAddressType {
        Ipv4 = "ipv4",
        Ipv6 = "ipv6",
        Dualstack = "dualstack",
        NotSpecified = "not-specified",
    }
}

choice! {
    /// The choice `LambdaExclusion`.
    LambdaExclusion {
        Enable = "enable",
        Disable = "disable",
    }
}

choice! {
    /// The choice `LogDestinationType`.
    LogDestinationType {
        CloudWatchLogs = "cloud-watch-logs",
        S3 = "s3",
        KinesisDataFirehose = "kinesis-data-firehose",
    }
}

choice! {
    /// The choice `Mode`.
    Mode {
        Monitor = "monitor",
        Enforce = "enforce",
    }
}

choice! {
    /// The choice `NatGatewayExclusion`.
    NatGatewayExclusion {
        Enable = "enable",
        Disable = "disable",
    }
}

choice! {
    /// The choice `PrivateDnsOnlyForInboundResolverEndpoint`.
    PrivateDnsOnlyForInboundResolverEndpoint {
        OnlyInboundResolver = "OnlyInboundResolver",
        AllResolvers = "AllResolvers",
        NotSpecified = "NotSpecified",
    }
}

choice! {
    /// The choice `PrivateDnsPreference`.
    PrivateDnsPreference {
        VerifiedDomainsOnly = "VERIFIED_DOMAINS_ONLY",
        AllDomains = "ALL_DOMAINS",
        VerifiedDomainsAndSpecifiedDomains = "VERIFIED_DOMAINS_AND_SPECIFIED_DOMAINS",
        SpecifiedDomainsOnly = "SPECIFIED_DOMAINS_ONLY",
    }
}

choice! {
    /// The choice `ResourceType`.
    ResourceType {
        NetworkInterface = "NetworkInterface",
        Subnet = "Subnet",
        Vpc = "VPC",
        TransitGateway = "TransitGateway",
        TransitGatewayAttachment = "TransitGatewayAttachment",
        RegionalNatGateway = "RegionalNatGateway",
    }
}

choice! {
    /// The choice `TagFieldSpecificationResourceType`.
    TagFieldSpecificationResourceType {
        AutoScalingGroup = "auto-scaling-group",
        Instance = "instance",
        NetworkInterface = "network-interface",
    }
}

choice! {
    /// The choice `TrafficType`.
    TrafficType {
        Accept = "ACCEPT",
        All = "ALL",
        Reject = "REJECT",
    }
}

choice! {
    /// The choice `VirtualPrivateGatewayExclusion`.
    VirtualPrivateGatewayExclusion {
        Enable = "enable",
        Disable = "disable",
    }
}

choice! {
    /// The choice `VpcEndpointType`.
    VpcEndpointType {
        Interface = "Interface",
        Gateway = "Gateway",
        GatewayLoadBalancer = "GatewayLoadBalancer",
        ServiceNetwork = "ServiceNetwork",
        Resource = "Resource",
        Tunnel = "Tunnel",
    }
}

choice! {
    /// The choice `VpcLatticeExclusion`.
    VpcLatticeExclusion {
        Enable = "enable",
        Disable = "disable",
    }
}

choice! {
    /// The choice `VpcPeeringExclusion`.
    VpcPeeringExclusion {
        Enable = "enable",
        Disable = "disable",
    }
}
