//! What a deploy can change, in words that two moments can be compared by.

use std::collections::BTreeSet;

use crate::system::System;

/// Every trace a mutating call would leave. The artifact bucket keeps versions, so even a lock
/// that was taken and given back shows.
pub(crate) async fn look(system: &System) -> BTreeSet<String> {
    let mut seen = stacks(system).await;
    seen.extend(functions(system).await);
    seen.extend(objects(system).await);
    seen.extend(values(system).await);
    seen
}

async fn stacks(system: &System) -> BTreeSet<String> {
    let client = aws_sdk_cloudformation::Client::new(&system.aws);
    let mut seen = BTreeSet::new();
    let stacks = client.describe_stacks().send().await.unwrap();
    for stack in stacks.stacks() {
        let name = stack.stack_name().unwrap();
        let events = client.describe_stack_events().stack_name(name);
        let events = events.send().await.unwrap().stack_events().len();
        let sets = client.list_change_sets().stack_name(name);
        let sets = sets.send().await.unwrap().summaries().len();
        let updated = stack.last_updated_time();
        seen.insert(format!("{name} {updated:?} {events} events {sets} sets"));
    }
    seen
}

async fn functions(system: &System) -> BTreeSet<String> {
    let client = aws_sdk_lambda::Client::new(&system.aws);
    let mut seen = BTreeSet::new();
    let functions = client.list_functions().send().await.unwrap();
    for function in functions.functions() {
        let name = function.function_name().unwrap();
        let versions = client.list_versions_by_function().function_name(name);
        let versions = versions.send().await.unwrap();
        seen.extend(versions.versions().iter().map(|v| {
            let (version, revision) = (v.version(), v.revision_id());
            format!("{name} {version:?} {revision:?}")
        }));
        let aliases = client.list_aliases().function_name(name);
        let aliases = aliases.send().await.unwrap();
        seen.extend(aliases.aliases().iter().map(|alias| {
            let (alias, version) = (alias.name(), alias.function_version());
            format!("{name} {alias:?} at {version:?}")
        }));
    }
    seen
}

async fn objects(system: &System) -> BTreeSet<String> {
    let s3 = system.s3();
    let mut seen = BTreeSet::new();
    let buckets = s3.list_buckets().send().await.unwrap();
    for bucket in buckets.buckets() {
        let name = bucket.name().unwrap();
        let found = s3.list_object_versions().bucket(name).send().await.unwrap();
        let versions = found.versions().iter();
        seen.extend(versions.map(|v| format!("{name} {:?} {:?}", v.key(), v.version_id())));
        let markers = found.delete_markers().iter();
        seen.extend(markers.map(|m| format!("{name} {:?} gone {:?}", m.key(), m.version_id())));
    }
    seen
}

async fn values(system: &System) -> BTreeSet<String> {
    let parameters = aws_sdk_ssm::Client::new(&system.aws).describe_parameters();
    let parameters = parameters.max_results(50).send().await.unwrap();
    let mut seen: BTreeSet<String> = parameters
        .parameters()
        .iter()
        .map(|p| format!("{:?} version {}", p.name(), p.version()))
        .collect();
    let secrets = aws_sdk_secretsmanager::Client::new(&system.aws).list_secrets();
    let secrets = secrets.send().await.unwrap();
    seen.extend(secrets.secret_list().iter().map(|secret| {
        let (name, versions) = (secret.name(), secret.secret_versions_to_stages());
        let versions: Option<BTreeSet<_>> = versions.map(|versions| versions.keys().collect());
        format!("{name:?} {versions:?} {:?}", secret.last_changed_date())
    }));
    seen
}

/// When things expire: the table's attribute, then the names of the bucket's rules.
pub(crate) async fn expiry(system: &System) -> Vec<String> {
    let table = aws_sdk_dynamodb::Client::new(&system.aws).describe_time_to_live();
    let table = table.table_name(system.output("storage", "CheckpointTableName"));
    let table = table.send().await.unwrap();
    let attribute = table
        .time_to_live_description()
        .and_then(|expiry| expiry.attribute_name());
    let bucket = system.s3().get_bucket_lifecycle_configuration();
    let bucket = bucket.bucket(system.output("storage", "BucketName"));
    let bucket = bucket.send().await.unwrap();
    let rules = bucket.rules().iter().filter_map(|rule| rule.id());
    attribute
        .into_iter()
        .chain(rules)
        .map(str::to_owned)
        .collect()
}
