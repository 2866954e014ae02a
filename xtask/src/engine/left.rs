//! What an earlier environment left under the names that this one wants. Resources that are kept
//! when their stack goes are taken into the new one; names that others have are said at once.

use serde_json::Value;

use super::desired::{Desired, DesiredStack};
use super::live::Live;
use super::states::{self, Next};
use crate::cloud::Cloud;
use crate::cloud::account::Holder;
use crate::cloud::template::{resources, substitute, type_of};
use crate::error::{Error, Result};

/// The property that holds the name, for types whose names are taken once and for all.
fn name_property(resource_type: &str) -> Option<&'static str> {
    match resource_type {
        "AWS::S3::Bucket" => Some("BucketName"),
        "AWS::DynamoDB::Table" => Some("TableName"),
        _ => None,
    }
}

/// Notes in `live.left` what stands although its stack does not. Where nothing is to be created,
/// nothing is asked.
pub async fn look(desired: &Desired, cloud: &Cloud, live: &mut Live) -> Result<()> {
    for stack in &desired.stacks {
        for wanted in wanted(stack, live) {
            let holder = cloud.account.holder(&wanted.resource_type, &wanted.name);
            match holder.await? {
                Holder::Nobody => {}
                Holder::Us if wanted.kept => {
                    let key = (stack.id.clone(), wanted.logical_id);
                    live.left.insert(key, wanted.name);
                }
                // The failed shell that has it goes first, and takes it along.
                Holder::Us if live.stacks.contains_key(&stack.id) => {}
                Holder::Us => return Err(in_the_way(&wanted)),
                Holder::Another => return Err(taken(&wanted)),
            }
        }
    }
    Ok(())
}

struct Wanted {
    logical_id: String,
    resource_type: String,
    name: String,
    kept: bool,
}

/// The named resources that would be created.
fn wanted(stack: &DesiredStack, live: &Live) -> Vec<Wanted> {
    let standing = live.stacks.get(&stack.id);
    let updated = standing
        .filter(|standing| states::next(Some(standing.stack.status)) == Next::Update)
        .map(|standing| resources(&standing.template))
        .unwrap_or_default();
    let all = resources(&stack.template).into_iter();
    let new = all.filter(|(id, _)| !updated.contains_key(id));
    new.filter_map(|(id, resource)| {
        let property = name_property(type_of(resource))?;
        let name = resource.get("Properties")?.get(property)?;
        let name = substitute(name, &live.pseudo).as_str()?.to_owned();
        Some(Wanted {
            logical_id: id.to_owned(),
            resource_type: type_of(resource).to_owned(),
            name,
            kept: resource.get("DeletionPolicy").and_then(Value::as_str) == Some("Retain"),
        })
    })
    .collect()
}

fn in_the_way(wanted: &Wanted) -> Error {
    let Wanted {
        name,
        resource_type,
        ..
    } = wanted;
    Error::conflict(format!(
        "{name} ({resource_type}) stands already, and belongs to no stack of this environment"
    ))
    .hint("delete it, or rename it, and deploy again")
}

fn taken(wanted: &Wanted) -> Error {
    let Wanted {
        name,
        resource_type,
        ..
    } = wanted;
    Error::conflict(format!(
        "the name {name} ({resource_type}) belongs to another account, or this identity may not see it"
    ))
    .hint("see what the account has: aws s3api list-buckets")
    .hint("names come from the environment's name and the account: choose another name for its file")
}
