//! PostgreSQL: an RDS instance, an Aurora cluster with the Data API, or a secret for one that
//! somebody else runs.

use crate::aws::rds::{
    DBCluster, DBClusterParameterGroup, DBInstance, DBParameterGroup, DBSubnetGroup,
    ServerlessV2ScalingConfiguration,
};
use crate::aws::secrets_manager::{RotationRules, RotationSchedule, Secret};
use crate::cfn::{Deletion, Handle, Output, Setting, Template, Value};
use crate::environment::{Database as Kind, DatabaseSize, Environment, Network as Mode};
use crate::naming;
use crate::stacks::network::Network;
use serde_json::json;

const NAME: &str = "collections";
const USER: &str = "postgres";
const PORT: u32 = 5432;

/// What the stacks above need of the database.
pub struct Database {
    /// The host.
    pub host: Output,
    /// The port.
    pub port: Output,
    /// The database's name.
    pub name: Output,
    /// The secret with user and password.
    pub secret: Output,
    /// The authorities' file; only for an external database.
    pub ca_file: Option<Output>,
    /// The instance, for its metrics.
    pub instance: Option<Output>,
    /// The cluster's ARN, where there is a Data API.
    pub cluster: Option<Output>,
}

/// The template. Without a network only `external` is possible, which needs none.
pub fn build(environment: &Environment, network: Option<&Network>) -> (Template, Database) {
    let mut template = Template::new(
        "database",
        naming::stack("Database", environment),
        "PostgreSQL.",
    );
    let database = match (environment.database, network, &environment.database_size) {
        (Kind::Rds, Some(network), Some(size)) => {
            instance(&mut template, environment, network, size)
        }
        (Kind::Aurora, Some(network), Some(size)) => {
            cluster(&mut template, environment, network, size)
        }
        // `Environment::parse` refuses a managed database without a size.
        _ => external(&mut template, environment),
    };
    (template, database)
}

/// A secret to be filled by the deploy, and the address as parameters.
fn external(template: &mut Template, environment: &Environment) -> Database {
    let secret = template.add(
        "Credentials",
        Secret::new()
            .name(naming::resource(environment, "database"))
            .description("User and password of the external database; the deploy fills it."),
    );
    let [host, port, name, ca_file] = [
        Setting::DatabaseHost,
        Setting::DatabasePort,
        Setting::DatabaseName,
        Setting::DatabaseCaFile,
    ]
    .map(|setting| template.setting(setting));
    Database {
        host: template.output("DatabaseHost", host),
        port: template.output("DatabasePort", port),
        name: template.output("DatabaseName", name),
        secret: template.output("DatabaseSecretArn", secret.id()),
        ca_file: Some(template.output("DatabaseCaFile", ca_file)),
        instance: None,
        cluster: None,
    }
}

fn subnet_group(template: &mut Template, network: &Network) -> Handle<DBSubnetGroup> {
    let subnets: Vec<_> = network
        .database_subnets
        .iter()
        .map(|subnet| template.import(subnet))
        .collect();
    template.add(
        "Subnets",
        DBSubnetGroup::new("Where the database lives", subnets),
    )
}

fn instance(
    template: &mut Template,
    environment: &Environment,
    network: &Network,
    size: &DatabaseSize,
) -> Database {
    let subnets = subnet_group(template, network);
    let parameters = template.add(
        "Parameters",
        DBParameterGroup::new("postgres17", "TLS for everybody")
            .parameters(json!({ "rds.force_ssl": "1" })),
    );
    let group = template.import(&network.database_group);
    let instance = template.add(
        "Instance",
        DBInstance::new()
            .engine("postgres")
            .engine_version("17.7")
            .db_instance_class(size.class.clone().unwrap_or_default())
            .allocated_storage(size.storage_gb.unwrap_or_default().to_string())
            .storage_type("gp3")
            .storage_encrypted(true)
            .multi_az(size.multi_az.unwrap_or_default())
            .db_name(NAME)
            .master_username(USER)
            .manage_master_user_password(true)
            .port(PORT.to_string())
            .db_subnet_group_name(&subnets)
            .db_parameter_group_name(&parameters)
            .vpc_security_groups([group])
            .publicly_accessible(environment.network == Mode::Public)
            .ca_certificate_identifier("rds-ca-rsa2048-g1")
            .backup_retention_period(environment.retention.backup_days)
            .copy_tags_to_snapshot(true)
            .delete_automated_backups(!environment.protection.deletion)
            .deletion_protection(environment.protection.deletion)
            .auto_minor_version_upgrade(true)
            .enable_cloudwatch_logs_exports(["postgresql", "upgrade"]),
    );
    template.keep(&instance, Deletion::Snapshot);
    let secret = instance.master_user_secret_secret_arn();
    rotate(template, environment, &secret);
    Database {
        host: template.output("DatabaseHost", instance.endpoint_address()),
        port: template.output("DatabasePort", instance.endpoint_port()),
        name: template.output("DatabaseName", NAME),
        secret: template.output("DatabaseSecretArn", secret),
        ca_file: None,
        instance: Some(template.output("DatabaseInstance", &instance)),
        cluster: None,
    }
}

fn cluster(
    template: &mut Template,
    environment: &Environment,
    network: &Network,
    size: &DatabaseSize,
) -> Database {
    let subnets = subnet_group(template, network);
    let parameters = template.add(
        "Parameters",
        DBClusterParameterGroup::new(
            "TLS for everybody",
            "aurora-postgresql17",
            json!({ "rds.force_ssl": "1" }),
        ),
    );
    let mut scaling = ServerlessV2ScalingConfiguration::new()
        .min_capacity(size.min_capacity.unwrap_or_default())
        .max_capacity(size.max_capacity.unwrap_or(1.0));
    if let Some(seconds) = size.pause_seconds {
        scaling = scaling.seconds_until_auto_pause(seconds);
    }
    let group = template.import(&network.database_group);
    let cluster = template.add(
        "Cluster",
        DBCluster::new()
            .engine("aurora-postgresql")
            .engine_version("17.7")
            .enable_http_endpoint(true)
            .serverless_v2_scaling_configuration(scaling)
            .storage_encrypted(true)
            .database_name(NAME)
            .master_username(USER)
            .manage_master_user_password(true)
            .port(PORT)
            .db_subnet_group_name(&subnets)
            .db_cluster_parameter_group_name(&parameters)
            .vpc_security_group_ids([group])
            // Aurora keeps at least one day.
            .backup_retention_period(environment.retention.backup_days.max(1))
            .copy_tags_to_snapshot(true)
            .deletion_protection(environment.protection.deletion)
            .enable_cloudwatch_logs_exports(["postgresql"]),
    );
    template.keep(&cluster, Deletion::Snapshot);
    let instance = template.add(
        "Instance",
        DBInstance::new()
            .engine("aurora-postgresql")
            .db_instance_class("db.serverless")
            .db_cluster_identifier(&cluster)
            .publicly_accessible(environment.network == Mode::Public)
            .auto_minor_version_upgrade(true),
    );
    let secret = cluster.master_user_secret_secret_arn();
    rotate(template, environment, &secret);
    Database {
        host: template.output("DatabaseHost", cluster.endpoint_address()),
        port: template.output("DatabasePort", cluster.endpoint_port()),
        name: template.output("DatabaseName", NAME),
        secret: template.output("DatabaseSecretArn", secret),
        ca_file: None,
        instance: Some(template.output("DatabaseInstance", &instance)),
        cluster: Some(template.output("DatabaseClusterArn", cluster.db_cluster_arn())),
    }
}

/// RDS rotates the secrets it manages every seven days; an environment may choose its own pace.
fn rotate(template: &mut Template, environment: &Environment, secret: &Value<String>) {
    if let Some(days) = environment.protection.rotation_days {
        template.add(
            "Rotation",
            RotationSchedule::new(secret)
                .rotation_rules(RotationRules::new().automatically_after_days(days)),
        );
    }
}
