//! AWS::Route53. Generated from `stack/schemas` by `cargo xtask codegen`; not for editing.

use crate::cfn::macros::{choice, record, resource};
use crate::cfn::rules::Rule::{Each, MaxLength, Maximum, MinLength, Minimum, Pattern, Unique};
use crate::cfn::value::List;

resource! {
    /// The resource type `AWS::Route53::RecordSet`.
    RecordSet = "AWS::Route53::RecordSet"
    required {
        r#type: "Type" => String;
        name: "Name" => String [MaxLength(1024)];
    }
    optional {
        alias_target: "AliasTarget" => AliasTarget;
        cidr_routing_config: "CidrRoutingConfig" => CidrRoutingConfig;
        comment: "Comment" => String [MaxLength(256)];
        failover: "Failover" => Failover;
        geo_location: "GeoLocation" => GeoLocation;
        geo_proximity_location: "GeoProximityLocation" => GeoProximityLocation;
        health_check_id: "HealthCheckId" => String [MaxLength(64)];
        hosted_zone_id: "HostedZoneId" => String [MaxLength(44)];
        hosted_zone_name: "HostedZoneName" => String [MaxLength(256)];
        multi_value_answer: "MultiValueAnswer" => bool;
        region: "Region" => String;
        resource_records: "ResourceRecords" => List<String> [Unique, Each(&[MaxLength(4000)])];
        set_identifier: "SetIdentifier" => String [MaxLength(128)];
        ttl: "TTL" => String;
        weight: "Weight" => i64;
    }
    attributes {}
    create_only [
        "HostedZoneId",
        "HostedZoneName",
    ]
}

record! {
    /// The record `AliasTarget`.
    AliasTarget
    required {
        hosted_zone_id: "HostedZoneId" => String [MaxLength(44)];
        dns_name: "DNSName" => String [MaxLength(1024)];
    }
    optional {
        evaluate_target_health: "EvaluateTargetHealth" => bool;
    }
}

record! {
    /// The record `CidrRoutingConfig`.
    CidrRoutingConfig
    required {
        collection_id: "CollectionId" => String [Pattern(r#"^[0-9a-f]{8}-(?:[0-9a-f]{4}-){3}[0-9a-f]{12}$"#)];
        location_name: "LocationName" => String [MinLength(1), MaxLength(16), Pattern(r#"[0-9A-Za-z_\-\*]+"#)];
    }
    optional {}
}

record! {
    /// The record `Coordinates`.
    Coordinates
    required {
        longitude: "Longitude" => String [Pattern(r#"[-+]?[0-9]{1,3}(\.[0-9]{0,2})?"#)];
        latitude: "Latitude" => String [Pattern(r#"[-+]?[0-9]{1,2}(\.[0-9]{0,2})?"#)];
    }
    optional {}
}

record! {
    /// The record `GeoLocation`.
    GeoLocation
    required {}
    optional {
        continent_code: "ContinentCode" => String [MinLength(2), MaxLength(2)];
        country_code: "CountryCode" => String [MinLength(1), MaxLength(2)];
        subdivision_code: "SubdivisionCode" => String [MinLength(1), MaxLength(3)];
    }
}

record! {
    /// The record `GeoProximityLocation`.
    GeoProximityLocation
    required {}
    optional {
        aws_region: "AWSRegion" => String [MinLength(1), MaxLength(64)];
        bias: "Bias" => i64 [Minimum(-99.0), Maximum(99.0)];
        coordinates: "Coordinates" => Coordinates;
        local_zone_group: "LocalZoneGroup" => String [MinLength(1), MaxLength(64)];
    }
}

choice! {
    /// The choice `Failover`.
    Failover {
        Primary = "PRIMARY",
        Secondary = "SECONDARY",
    }
}
