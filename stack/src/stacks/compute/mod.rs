//! The functions: role, log group, dead letter queue, function, version, alias, and what starts
//! them. All of it follows from the declarations in `contract`.

mod access;
mod events;
mod function;
mod variables;

pub(in crate::stacks) use access::here;

use std::collections::BTreeMap;

use contract::functions;

use crate::cfn::{Output, Template, Value};
use crate::environment::Environment;
use crate::naming;
use crate::stacks::auth::Auth;
use crate::stacks::database::Database;
use crate::stacks::network::Network;
use crate::stacks::registry::Registry;
use crate::stacks::storage::Storage;

/// The stacks below.
pub struct Below<'a> {
    /// The network, where there is one.
    pub network: Option<&'a Network>,
    /// Bucket and table.
    pub storage: &'a Storage,
    /// PostgreSQL.
    pub database: &'a Database,
    /// The user pool.
    pub auth: &'a Auth,
    /// The image repositories, where there are any.
    pub registry: Option<&'a Registry>,
}

/// What the stacks above need of the functions.
pub struct Compute {
    /// By name.
    pub functions: BTreeMap<&'static str, FunctionOutputs>,
}

/// What the stacks above need of one function.
pub struct FunctionOutputs {
    /// The function's name.
    pub name: Output,
    /// The ARN of its `live` alias.
    pub alias: Output,
    /// The URL of the queue in front of it.
    pub queue: Option<Output>,
    /// The URL of its dead letter queue.
    pub dead_letters: Output,
}

/// The template.
pub fn build(environment: &Environment, below: &Below<'_>) -> (Template, Compute) {
    let mut template = Template::new(
        "compute",
        naming::stack("Compute", environment),
        "The functions.",
    );
    let resources = Imports::new(&mut template, environment, below);
    let functions = functions::all()
        .iter()
        .map(|declaration| {
            let outputs = function::add(&mut template, environment, declaration, below, &resources);
            (declaration.name, outputs)
        })
        .collect();
    (template, Compute { functions })
}

/// The outputs of the stacks below as values of this template.
struct Imports {
    bucket_name: Value<String>,
    bucket_arn: Value<String>,
    table_name: Value<String>,
    table_arn: Value<String>,
    database_host: Value<String>,
    database_port: Value<String>,
    database_name: Value<String>,
    database_secret: Value<String>,
    database_ca_file: Option<Value<String>>,
    database_cluster: Option<Value<String>>,
    /// Only `local` looks keys up by pool; elsewhere the issuer says it all.
    user_pool: Option<Value<String>>,
    client: Value<String>,
    issuer: Value<String>,
}

impl Imports {
    fn new(template: &mut Template, environment: &Environment, below: &Below<'_>) -> Self {
        let Below {
            storage,
            database,
            auth,
            ..
        } = below;
        Self {
            bucket_name: template.import(&storage.bucket_name),
            bucket_arn: template.import(&storage.bucket_arn),
            table_name: template.import(&storage.table_name),
            table_arn: template.import(&storage.table_arn),
            database_host: template.import(&database.host),
            database_port: template.import(&database.port),
            database_name: template.import(&database.name),
            database_secret: template.import(&database.secret),
            database_ca_file: database
                .ca_file
                .as_ref()
                .map(|output| template.import(output)),
            database_cluster: database
                .cluster
                .as_ref()
                .map(|output| template.import(output)),
            user_pool: environment
                .is_local()
                .then(|| template.import(&auth.user_pool)),
            client: template.import(&auth.client),
            issuer: template.import(&auth.issuer),
        }
    }
}
