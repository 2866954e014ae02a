//! One function with everything that belongs to it.

use contract::function::{Declaration, Trigger};

use super::access::{self, Own};
use super::{Below, FunctionOutputs, Imports, events, variables};
use crate::aws::iam::Role;
use crate::aws::lambda::{
    Alias, Architectures, Code, DeadLetterConfig, Environment as Variables, Function,
    FunctionLoggingConfig, LogFormat, Mode, PackageType, Runtime, TracingConfig, Version,
    VpcConfig,
};
use crate::aws::logs::LogGroup;
use crate::cfn::{ArtifactPart, Deletion, Handle, Map, Template, Value, concat};
use crate::environment::{Architecture, Environment, MemoryTier};
use crate::naming;

const TWO_WEEKS: u32 = 14 * 24 * 60 * 60;

/// The alias that everything invokes.
const LIVE: &str = "live";

/// Adds a function, and what starts it unless that is another stack's business.
pub(super) fn add(
    template: &mut Template,
    environment: &Environment,
    declaration: &Declaration,
    below: &Below<'_>,
    imports: &Imports,
) -> FunctionOutputs {
    let logical = naming::logical(declaration.name);
    let name = naming::function(environment, declaration.name);
    let log_group = template.add(
        format!("{logical}Logs"),
        LogGroup::new()
            .log_group_name(format!("/aws/lambda/{name}"))
            .retention_in_days(environment.retention.logs_days),
    );
    let dead_letters = template.add(
        format!("{logical}DeadLetters"),
        events::queue(environment, &format!("{}-dead", declaration.name))
            .message_retention_period(TWO_WEEKS),
    );
    let timeout = environment
        .function(declaration.name)
        .timeout
        .unwrap_or(declaration.timeout);
    let queue = events::add_queue(template, environment, declaration, &dead_letters, timeout);
    let own = Own {
        log_group: log_group_arn(&name),
        dead_letters: &dead_letters,
        queue: queue.as_ref(),
    };
    let role = access::role(template, environment, declaration, imports, &own, &logical);

    let parts = Parts {
        declaration,
        logical: &logical,
        name: &name,
        timeout,
    };
    let function = code(template, environment, &parts, &role, below)
        .environment(
            Variables::new().variables(Value::<Map<_>>::from_iter(variables::of(
                template,
                environment,
                declaration,
                imports,
            ))),
        )
        .dead_letter_config(DeadLetterConfig::new().target_arn(dead_letters.arn()));
    let function = template.add(format!("{logical}Function"), function);
    template.after(&function, &log_group);
    let alias = publish(template, &parts, &function);
    let ends = events::Ends {
        queue: queue.as_ref(),
        dead_letters: &dead_letters,
        alias: &alias,
        bucket: &imports.bucket_name,
    };
    events::connect(template, environment, declaration, &ends);

    let output = |suffix: &str| format!("{logical}{suffix}");
    FunctionOutputs {
        name: template.output(output("FunctionName"), &function),
        alias: template.output(output("AliasArn"), &alias),
        queue: queue.map(|queue| template.output(output("QueueUrl"), &queue)),
        dead_letters: template.output(output("DeadLetterQueueUrl"), &dead_letters),
    }
}

struct Parts<'a> {
    declaration: &'a Declaration,
    logical: &'a str,
    name: &'a str,
    timeout: u32,
}

fn code(
    template: &mut Template,
    environment: &Environment,
    parts: &Parts<'_>,
    role: &Handle<Role>,
    below: &Below<'_>,
) -> Function {
    let Parts {
        declaration,
        logical,
        name,
        timeout,
    } = *parts;
    let settings = environment.function(declaration.name);
    // A function has a repository exactly where it is packaged as an image.
    let repository = below
        .registry
        .and_then(|registry| registry.get(declaration.name));
    let function = match repository {
        None => {
            let bucket = template.artifact("ArtifactBucket", "", ArtifactPart::Bucket);
            let key = template.artifact(
                format!("{logical}CodeKey"),
                declaration.name,
                ArtifactPart::Key,
            );
            Function::new(Code::new().s3_bucket(bucket).s3_key(key), role.arn())
                .package_type(PackageType::Zip)
                .runtime(Runtime::ProvidedAl2023)
                .handler("bootstrap")
        }
        Some(repository) => {
            let repository = template.import(repository);
            let digest = template.artifact(
                format!("{logical}ImageDigest"),
                declaration.name,
                ArtifactPart::ImageDigest,
            );
            // By digest: a tag may mean another image tomorrow.
            let uri = concat([repository, "@".into(), digest]);
            Function::new(Code::new().image_uri(uri), role.arn()).package_type(PackageType::Image)
        }
    };
    let memory = match environment.memory {
        MemoryTier::Standard => declaration.memory.standard,
        MemoryTier::Production => declaration.memory.production,
    };
    let architecture = match environment.architecture {
        Architecture::Arm64 => Architectures::Arm64,
        Architecture::X86_64 => Architectures::X86_64,
    };
    let tracing = if environment.tracing {
        Mode::Active
    } else {
        Mode::PassThrough
    };
    let mut function = function
        .function_name(name)
        .description(declaration.purpose)
        .architectures([architecture])
        .memory_size(settings.memory.unwrap_or(memory))
        .timeout(timeout)
        .tracing_config(TracingConfig::new().mode(tracing))
        .logging_config(
            FunctionLoggingConfig::new()
                .log_format(LogFormat::Json)
                .log_group(format!("/aws/lambda/{name}")),
        );
    if let Some(concurrency) = settings.reserved_concurrency {
        function = function.reserved_concurrent_executions(concurrency);
    }
    if let Some(network) = below.network.and_then(|network| network.functions.as_ref()) {
        let subnets: Vec<_> = network
            .subnets
            .iter()
            .map(|id| template.import(id))
            .collect();
        let group = template.import(&network.group);
        function = function.vpc_config(
            VpcConfig::new()
                .subnet_ids(subnets)
                .security_group_ids([group]),
        );
    }
    function
}

/// A version per revision and the alias on it. `Description` cannot change in place, so a new
/// revision publishes a new version; old ones stay, which is what makes a way back.
fn publish(
    template: &mut Template,
    parts: &Parts<'_>,
    function: &Handle<Function>,
) -> Handle<Alias> {
    let Parts {
        declaration,
        logical,
        ..
    } = *parts;
    let revision = template.artifact(
        format!("{logical}Revision"),
        declaration.name,
        ArtifactPart::Revision,
    );
    let version = template.add(
        format!("{logical}Version"),
        Version::new(function).description(revision),
    );
    template.keep(&version, Deletion::Retain);
    template.add(
        format!("{logical}Alias"),
        Alias::new(function, version.version(), LIVE),
    )
}

fn log_group_arn(function: &str) -> Value<String> {
    access::here("logs", format!("log-group:/aws/lambda/{function}").into())
}

/// Whether something puts events into a queue in front of the function.
pub(super) fn event_trigger(declaration: &Declaration) -> Option<&Trigger> {
    declaration
        .triggers
        .iter()
        .find(|trigger| matches!(trigger, Trigger::Events { .. }))
}
