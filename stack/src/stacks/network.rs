//! The network: two public or private subnets in two zones, where the environment needs any.

use crate::aws::ec2::{
    EIP, InternetGateway, NatGateway, Route, RouteTable, SecurityGroup, Subnet,
    SubnetRouteTableAssociation, VPC, VPCEndpoint, VPCGatewayAttachment, VpcEndpointType,
};
use crate::aws::ec2::{Egress as EgressRule, Ingress};
use crate::cfn::{Handle, Output, Template, Value, concat, pseudo};
use crate::environment::{Database, Egress, Environment};
use crate::naming;

const VPC_CIDR: &str = "10.20.0.0/16";
const POSTGRES: u32 = 5432;
const HTTPS: u32 = 443;

/// What the stacks above need of the network.
pub struct Network {
    /// The subnets the database lives in.
    pub database_subnets: Vec<Output>,
    /// Who may reach the database.
    pub database_group: Output,
    /// Where functions live, in a private network.
    pub functions: Option<FunctionNetwork>,
}

/// Where functions live.
pub struct FunctionNetwork {
    /// Their subnets.
    pub subnets: Vec<Output>,
    /// Their security group.
    pub group: Output,
}

/// The template, or none where functions and database both live elsewhere.
pub fn build(environment: &Environment) -> Option<(Template, Network)> {
    if !environment.is_private() && environment.database == Database::External {
        return None;
    }
    let mut template = Template::new(
        "network",
        naming::stack("Network", environment),
        "Where functions and database live, and who may reach whom.",
    );
    let vpc = template.add(
        "Vpc",
        VPC::new()
            .cidr_block(VPC_CIDR)
            .enable_dns_hostnames(true)
            .enable_dns_support(true),
    );
    let public = public_subnets(&mut template, &vpc);
    let network = if environment.is_private() {
        private(&mut template, environment, &vpc, &public)
    } else {
        open(&mut template, environment, &vpc, &public)
    };
    Some((template, network))
}

fn public_subnets(template: &mut Template, vpc: &Handle<VPC>) -> Vec<Handle<Subnet>> {
    let gateway = template.add("InternetGateway", InternetGateway::new());
    let attachment = template.add(
        "InternetGatewayAttachment",
        VPCGatewayAttachment::new(vpc).internet_gateway_id(&gateway),
    );
    let routes = template.add("PublicRoutes", RouteTable::new(vpc));
    let out = template.add(
        "PublicRouteOut",
        Route::new(&routes)
            .destination_cidr_block("0.0.0.0/0")
            .gateway_id(&gateway),
    );
    template.after(&out, &attachment);
    subnets(template, vpc, &routes, "Public", 0)
}

fn subnets(
    template: &mut Template,
    vpc: &Handle<VPC>,
    routes: &Handle<RouteTable>,
    kind: &str,
    offset: u32,
) -> Vec<Handle<Subnet>> {
    ["A", "B"]
        .into_iter()
        .zip(0..)
        .map(|(letter, zone)| {
            let subnet = template.add(
                format!("{kind}Subnet{letter}"),
                Subnet::new(vpc)
                    .availability_zone(pseudo::availability_zone(zone))
                    .cidr_block(format!("10.20.{}.0/24", offset + zone))
                    // Nothing gets a public address by accident; RDS asks for its own.
                    .map_public_ip_on_launch(false),
            );
            template.add(
                format!("{kind}Subnet{letter}Routes"),
                SubnetRouteTableAssociation::new(routes, &subnet),
            );
            subnet
        })
        .collect()
}

/// The database on a public address, for those the environment names.
fn open(
    template: &mut Template,
    environment: &Environment,
    vpc: &Handle<VPC>,
    public: &[Handle<Subnet>],
) -> Network {
    let ingress = environment.allow_cidrs.iter().map(|cidr| {
        tcp_in(POSTGRES, "PostgreSQL from an address the environment names").cidr_ip(cidr)
    });
    let group = template.add(
        "DatabaseGroup",
        group(vpc, "Who may reach the database")
            .security_group_ingress(ingress.collect::<Vec<_>>()),
    );
    Network {
        database_subnets: outputs(template, "DatabaseSubnet", public),
        database_group: template.output("DatabaseGroup", group.group_id()),
        functions: None,
    }
}

/// Functions and database in private subnets; the database only for the functions.
fn private(
    template: &mut Template,
    environment: &Environment,
    vpc: &Handle<VPC>,
    public: &[Handle<Subnet>],
) -> Network {
    let routes = template.add("PrivateRoutes", RouteTable::new(vpc));
    let subnets = subnets(template, vpc, &routes, "Private", 10);
    let functions = template.add("FunctionsGroup", group(vpc, "The functions"));
    let from_functions = tcp_in(POSTGRES, "PostgreSQL from the functions")
        .source_security_group_id(functions.group_id());
    let database = template.add(
        "DatabaseGroup",
        group(vpc, "Who may reach the database").security_group_ingress([from_functions]),
    );
    match (environment.egress, public.first()) {
        (Some(Egress::Nat), Some(public)) => nat(template, &routes, public),
        _ => endpoints(template, vpc, &subnets, &functions),
    }
    gateways(template, vpc, &routes);
    let subnets = outputs(template, "PrivateSubnet", &subnets);
    Network {
        database_subnets: subnets.clone(),
        database_group: template.output("DatabaseGroup", database.group_id()),
        functions: Some(FunctionNetwork {
            subnets,
            group: template.output("FunctionsGroup", functions.group_id()),
        }),
    }
}

/// One NAT gateway: model providers are on the internet. A second one doubles its fixed cost.
fn nat(template: &mut Template, routes: &Handle<RouteTable>, subnet: &Handle<Subnet>) {
    let address = template.add("NatAddress", EIP::new().domain("vpc"));
    let gateway = template.add(
        "NatGateway",
        NatGateway::new()
            .allocation_id(address.allocation_id())
            .subnet_id(subnet),
    );
    template.add(
        "PrivateRouteOut",
        Route::new(routes)
            .destination_cidr_block("0.0.0.0/0")
            .nat_gateway_id(&gateway),
    );
}

/// AWS services without the internet, for environments whose models are inside too.
fn endpoints(
    template: &mut Template,
    vpc: &Handle<VPC>,
    subnets: &[Handle<Subnet>],
    functions: &Handle<SecurityGroup>,
) {
    let from_functions =
        tcp_in(HTTPS, "HTTPS from the functions").source_security_group_id(functions.group_id());
    let group = template.add(
        "EndpointsGroup",
        group(vpc, "The interface endpoints").security_group_ingress([from_functions]),
    );
    for (name, service) in [
        ("Events", "events"),
        ("Parameters", "ssm"),
        ("Secrets", "secretsmanager"),
    ] {
        template.add(
            format!("{name}Endpoint"),
            endpoint(vpc, service, VpcEndpointType::Interface)
                .private_dns_enabled(true)
                .subnet_ids(subnets.iter().collect::<Vec<_>>())
                .security_group_ids([group.group_id()]),
        );
    }
}

/// S3 and DynamoDB have endpoints that cost nothing.
fn gateways(template: &mut Template, vpc: &Handle<VPC>, routes: &Handle<RouteTable>) {
    for (name, service) in [("Objects", "s3"), ("Table", "dynamodb")] {
        template.add(
            format!("{name}Endpoint"),
            endpoint(vpc, service, VpcEndpointType::Gateway).route_table_ids([routes]),
        );
    }
}

fn endpoint(vpc: &Handle<VPC>, service: &str, kind: VpcEndpointType) -> VPCEndpoint {
    let name = concat([
        "com.amazonaws.".into(),
        pseudo::region(),
        format!(".{service}").into(),
    ]);
    VPCEndpoint::new(vpc)
        .service_name(name)
        .vpc_endpoint_type(kind)
}

fn group(vpc: &Handle<VPC>, description: &str) -> SecurityGroup {
    let everywhere = EgressRule::new("-1")
        .cidr_ip("0.0.0.0/0")
        .description("Anywhere");
    SecurityGroup::new(description)
        .vpc_id(vpc)
        .security_group_egress([everywhere])
}

fn tcp_in(port: u32, description: &str) -> Ingress {
    Ingress::new("tcp")
        .from_port(port)
        .to_port(port)
        .description(description)
}

fn outputs(template: &mut Template, name: &str, subnets: &[Handle<Subnet>]) -> Vec<Output> {
    ["A", "B"]
        .into_iter()
        .zip(subnets)
        .map(|(letter, subnet)| {
            let id: Value<String> = subnet.into();
            template.output(format!("{name}{letter}"), id)
        })
        .collect()
}
