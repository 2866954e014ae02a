//! Parameter Store and Secrets Manager, in memory.

use std::collections::BTreeMap;
use std::time::{SystemTime, UNIX_EPOCH};

use async_trait::async_trait;
use contract::parameters::ParameterKind;

use super::Fake;
use crate::cloud::parameters::{LiveParameter, Parameters, STORE_KEY};
use crate::cloud::{CloudError, CloudResult, Fault};
use crate::secret::Secret;

#[async_trait]
impl Parameters for Fake {
    async fn below(&self, path: &str) -> CloudResult<BTreeMap<String, LiveParameter>> {
        let folder = format!("{path}/");
        self.read_on("ssm:GetParametersByPath", path, |world| {
            let below = world.parameters.iter();
            let below = below.filter(|(name, _)| name.starts_with(&folder));
            let live = below.map(|(name, (kind, value))| {
                let encrypted = *kind == ParameterKind::SecureString;
                let live = LiveParameter {
                    kind: Some(*kind),
                    key: encrypted.then(|| STORE_KEY.to_owned()),
                    value: value.clone(),
                };
                (name.clone(), live)
            });
            Ok(live.collect())
        })
        .await
    }

    async fn delete(&self, names: &[String]) -> CloudResult<()> {
        self.write_on(
            "ssm:DeleteParameters",
            names.first().map_or("", String::as_str),
            |world| {
                world.parameters.retain(|name, _| !names.contains(name));
                Ok(())
            },
        )
        .await
    }

    async fn values(&self, names: &[String]) -> CloudResult<BTreeMap<String, Secret>> {
        self.read_on(
            "ssm:GetParameters",
            names.first().map_or("", String::as_str),
            |world| {
                let found = names.iter().filter_map(|name| {
                    let (_, value) = world.parameters.get(name)?;
                    Some((name.clone(), value.clone()))
                });
                Ok(found.collect())
            },
        )
        .await
    }

    async fn put(&self, name: &str, kind: ParameterKind, value: &Secret) -> CloudResult<()> {
        const CALL: &str = "ssm:PutParameter";
        self.write_on(CALL, name, |world| {
            if world
                .parameters
                .get(name)
                .is_some_and(|(was, _)| *was != kind)
            {
                let (code, words) = ("ValidationException", "a parameter keeps its type");
                return Err(CloudError::new(CALL, Fault::Invalid, code, words));
            }
            let now = world.time();
            world.parameters_changed.insert(name.to_owned(), now);
            world
                .parameters
                .insert(name.to_owned(), (kind, value.clone()));
            Ok(())
        })
        .await
    }

    async fn names(&self, path: &str) -> CloudResult<Vec<String>> {
        self.read_on("ssm:GetParametersByPath", path, |world| {
            let below = format!("{path}/");
            let names = world.parameters.keys();
            Ok(names
                .filter(|name| name.starts_with(&below))
                .cloned()
                .collect())
        })
        .await
    }

    async fn changed(&self, path: &str) -> CloudResult<BTreeMap<String, SystemTime>> {
        self.read("ssm:GetParametersByPath", |world| {
            let below = format!("{path}/");
            let names = world.parameters.keys();
            let names = names.filter(|name| name.starts_with(&below));
            // What a test put there stood from the beginning.
            let at = |name| world.parameters_changed.get(name).copied();
            let changed = names.map(|name| (name.clone(), at(name).unwrap_or(UNIX_EPOCH)));
            Ok(changed.collect())
        })
        .await
    }

    async fn secret(&self, id: &str) -> CloudResult<Option<Secret>> {
        self.read_on("secretsmanager:GetSecretValue", id, |world| {
            Ok(world.secrets.get(id).cloned())
        })
        .await
    }

    async fn put_secret(&self, id: &str, value: &Secret) -> CloudResult<()> {
        self.write_on("secretsmanager:PutSecretValue", id, |world| {
            world.secrets.insert(id.to_owned(), value.clone());
            Ok(())
        })
        .await
    }
}
