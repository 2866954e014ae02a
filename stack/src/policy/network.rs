//! Who reaches whom: security groups, subnets, what is public.

use serde_json::{Value as Json, json};

use super::Rule;
use super::site::{Found, Item, Site, describe, many};
use crate::environment::Network;

const GROUP: &str = "AWS::EC2::SecurityGroup";

pub(super) const RULES: &[Rule] = &[
    Rule {
        id: "database-address",
        demands: "the database has a public address only with network: public and named ranges",
        reason: "in a private network nothing outside has business with the database",
        check: |site| {
            let environment = site.environment;
            let may = environment.network == Network::Public && !environment.allow_cidrs.is_empty();
            site.each("AWS::RDS::DBInstance", |instance| {
                (!may)
                    .then(|| instance.unless("PubliclyAccessible", false))
                    .flatten()
            })
        },
    },
    Rule {
        id: "ingress-as-declared",
        demands: "traffic comes in only to one TCP port, from a security group or from a range that allow_cidrs names",
        reason: "the environment file is where people look for who may reach the database",
        check: ingress_as_declared,
    },
    Rule {
        id: "internet-acknowledged",
        demands: "0.0.0.0/0 comes in only in a public network whose environment says why",
        reason: "opening a database to the world is a decision, not a default",
        check: internet_acknowledged,
    },
    Rule {
        id: "no-accidental-address",
        demands: "no subnet gives out public addresses by itself",
        reason: "what gets an address unasked is reachable unasked",
        check: |site| {
            site.each("AWS::EC2::Subnet", |subnet| {
                subnet.unless("MapPublicIpOnLaunch", false)
            })
        },
    },
    Rule {
        id: "functions-inside",
        demands: "in a private network every function runs in two private subnets with a security group",
        reason: "outside it a function does not reach the database; in one zone it goes down with it",
        check: functions_inside,
    },
    Rule {
        id: "database-inside",
        demands: "in a private network the database's subnets have no way to the internet gateway",
        reason: "a route is all that a wrong flag needs to make the database public",
        check: database_inside,
    },
];

/// Every ingress rule, in groups and beside them.
fn ingress<'a>(site: &Site<'a>) -> Vec<(Item<'a>, &'a Json)> {
    let inline = site.of(GROUP).flat_map(|group| {
        let rules = group.list("SecurityGroupIngress").iter();
        rules.map(move |rule| (group, rule))
    });
    let beside = site
        .of("AWS::EC2::SecurityGroupIngress")
        .map(|item| (item, &item.body["Properties"]));
    inline.chain(beside).collect()
}

fn ingress_as_declared(site: &Site<'_>) -> Vec<Found> {
    let wrong = ingress(site).into_iter().filter_map(|(item, rule)| {
        let one_port = rule["IpProtocol"] == "tcp"
            && rule["FromPort"].is_number()
            && rule["FromPort"] == rule["ToPort"];
        if !one_port {
            let (from, to) = (&rule["FromPort"], &rule["ToPort"]);
            return Some(item.found(format!(
                "protocol {}, ports {from} to {to}",
                rule["IpProtocol"]
            )));
        }
        let range = &rule["CidrIp"];
        let named = match range.as_str() {
            Some(range) => site
                .environment
                .allow_cidrs
                .iter()
                .any(|cidr| cidr == range),
            None => {
                range.is_null()
                    && site
                        .follow(item.stack, &rule["SourceSecurityGroupId"])
                        .is_some()
            }
        };
        (!named).then(|| item.found(format!("from {}", source(rule))))
    });
    wrong.collect()
}

fn source(rule: &Json) -> String {
    [
        "CidrIp",
        "CidrIpv6",
        "SourcePrefixListId",
        "SourceSecurityGroupId",
    ]
    .iter()
    .find(|key| !rule[**key].is_null())
    .map_or_else(|| "anywhere".to_owned(), |key| rule[*key].to_string())
}

fn internet_acknowledged(site: &Site<'_>) -> Vec<Found> {
    let environment = site.environment;
    let said = environment
        .acknowledge
        .as_deref()
        .is_some_and(|reason| !reason.trim().is_empty());
    let may = environment.network == Network::Public && said;
    let open = ingress(site).into_iter().filter(|(_, rule)| {
        let range = rule["CidrIp"]
            .as_str()
            .or_else(|| rule["CidrIpv6"].as_str());
        range.is_some_and(|range| range.ends_with("/0"))
    });
    open.filter(|_| !may)
        .map(|(item, _)| item.found("the whole internet, and no acknowledge"))
        .collect()
}

fn functions_inside(site: &Site<'_>) -> Vec<Found> {
    if !site.environment.is_private() {
        return Vec::new();
    }
    site.each("AWS::Lambda::Function", |function| {
        let subnets = function.list("VpcConfig.SubnetIds");
        if subnets.len() < 2 {
            return Some(format!("{} subnets", subnets.len()));
        }
        if function.list("VpcConfig.SecurityGroupIds").is_empty() {
            return Some("no security group".to_owned());
        }
        subnets
            .iter()
            .find(|subnet| !is_private(site, function, subnet))
            .map(|subnet| format!("the subnet {subnet}"))
    })
}

fn database_inside(site: &Site<'_>) -> Vec<Found> {
    if !site.environment.is_private() {
        return Vec::new();
    }
    site.each("AWS::RDS::DBSubnetGroup", |group| {
        let subnets = group.list("SubnetIds");
        if subnets.is_empty() {
            return Some(describe("SubnetIds", &json!(subnets)));
        }
        subnets
            .iter()
            .find(|subnet| !is_private(site, group, subnet))
            .map(|subnet| format!("the subnet {subnet}"))
    })
}

/// Whether a subnet is one of ours, with routes, none of which leads to the internet gateway.
fn is_private<'a>(site: &Site<'a>, user: Item<'a>, subnet: &'a Json) -> bool {
    let Some(subnet) = site.follow(user.stack, subnet) else {
        return false;
    };
    let tables: Vec<Item<'_>> = site
        .of("AWS::EC2::SubnetRouteTableAssociation")
        .filter(|link| site.leads_to(link.stack, link.get("SubnetId"), subnet))
        .filter_map(|link| site.follow(link.stack, link.get("RouteTableId")))
        .collect();
    let leads_out = site.of("AWS::EC2::Route").any(|route| {
        let table = site.follow(route.stack, route.get("RouteTableId"));
        let ours = table.is_some_and(|table| tables.iter().any(|one| one.same(table)));
        ours && !many(route.get("GatewayId")).is_empty()
    });
    !tables.is_empty() && !leads_out
}
