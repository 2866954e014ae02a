//! `rollback`: where each function's traffic goes. To what ran before the last deploy, where that
//! is remembered; else to the version that was published before.

use std::collections::BTreeMap;

use futures::future::try_join_all;

use super::desired::DesiredFunction;
use super::hotswap::Moved;
use super::live::ALIAS;
use super::traffic::{Traffic, Versions};
use crate::cloud::Cloud;
use crate::cloud::functions::FunctionVersion;
use crate::error::{Error, Result};

/// What somebody asks for.
#[derive(Clone, Copy, Debug, Default)]
pub struct Asked<'a> {
    /// Only these functions, by their short names; none named means those of the last deploy.
    pub functions: &'a [String],
    /// To this version.
    pub to: Option<&'a str>,
}

/// Where traffic goes.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Rollback {
    /// What is moved.
    pub moves: Vec<Moved>,
    /// Functions that stay where they are, and why.
    pub stays: Vec<(String, String)>,
    /// Whether nobody remembers what ran before one of them.
    pub guessed: bool,
}

/// Looks what a rollback would do. Nothing is changed.
pub async fn look(cloud: &Cloud, traffic: &Traffic<'_>, asked: Asked<'_>) -> Result<Rollback> {
    let desired = traffic.desired();
    for name in asked.functions {
        desired.function(name)?;
    }
    let chosen = desired.functions.iter();
    let chosen: Vec<&DesiredFunction> = chosen
        .filter(|function| asked.functions.is_empty() || asked.functions.contains(&function.name))
        .collect();
    let (running, published) =
        tokio::try_join!(traffic.running(), published(cloud, chosen.as_slice()))?;
    let Some(version) = asked.to else {
        return Ok(back(traffic, &running, &published, asked.functions));
    };
    let name = having(version, &chosen, &published)?;
    let mut found = Rollback::default();
    if let Some(at) = running.get(name) {
        found.add(name, at, version);
    }
    Ok(found)
}

type Published = BTreeMap<String, Vec<FunctionVersion>>;

async fn published(cloud: &Cloud, functions: &[&DesiredFunction]) -> Result<Published> {
    let versions = functions.iter().map(|function| async {
        let name = &function.function_name;
        // What does not stand has no versions to ask for.
        let stands = cloud.functions.aliased(name, ALIAS).await?.is_some();
        let versions = match stands {
            true => cloud.functions.versions(name).await?,
            false => Vec::new(),
        };
        Ok::<_, Error>((name.clone(), versions))
    });
    Ok(try_join_all(versions).await?.into_iter().collect())
}

/// The one function that has this version.
fn having<'d>(
    version: &str,
    chosen: &[&'d DesiredFunction],
    published: &Published,
) -> Result<&'d str> {
    let has = |function: &&&DesiredFunction| {
        let versions = published.get(&function.function_name).into_iter().flatten();
        versions.into_iter().any(|known| known.version == version)
    };
    let having: Vec<&DesiredFunction> = chosen.iter().filter(has).copied().collect();
    match having.as_slice() {
        [one] => Ok(&one.function_name),
        [] => {
            let what = match chosen {
                [one] => format!("{} has no version {version}", one.name),
                _ => format!("no function has a version {version}"),
            };
            Err(Error::input(what).hint("cargo xtask status shows which versions run"))
        }
        several => {
            let names: Vec<&str> = several
                .iter()
                .map(|function| function.name.as_str())
                .collect();
            Err(Error::input(format!(
                "several functions have a version {version}: {}",
                names.join(", ")
            ))
            .hint(format!("name one of them: --function {}", names[0])))
        }
    }
}

/// Each function to what it ran before.
fn back(
    traffic: &Traffic<'_>,
    running: &Versions,
    published: &Published,
    named: &[String],
) -> Rollback {
    let record = traffic.record();
    let unproved: Versions = traffic
        .unproved(running)
        .into_iter()
        .map(|moved| (moved.function, moved.from))
        .collect();
    // What a deploy moved and nobody proved goes first; then what the last proved one moved.
    let of_the_last = |name: &str| match unproved.is_empty() {
        true => record.last.is_empty() || record.last.contains(name),
        false => unproved.contains_key(name),
    };
    let mut found = Rollback::default();
    for (name, versions) in published {
        let Some(at) = running.get(name) else {
            continue;
        };
        if named.is_empty() && !of_the_last(name) {
            continue;
        }
        let remembered = unproved.get(name).or_else(|| record.before.get(name));
        let remembered =
            remembered.filter(|before| versions.iter().any(|known| known.version == **before));
        let before = remembered.map(String::as_str).or_else(|| {
            found.guessed = true;
            published_before(versions, at)
        });
        match before {
            Some(before) => found.add(name, at, before),
            None => {
                let why = "it has no version before this one".to_owned();
                found.stays.push((name.clone(), why));
            }
        }
    }
    found
}

fn published_before<'v>(versions: &'v [FunctionVersion], at: &str) -> Option<&'v str> {
    let here = versions.iter().position(|known| known.version == at)?;
    let before = here.checked_sub(1)?;
    Some(&versions[before].version)
}

impl Rollback {
    fn add(&mut self, function: &str, at: &str, to: &str) {
        if at == to {
            let why = format!("version {to} runs already");
            self.stays.push((function.to_owned(), why));
            return;
        }
        self.moves.push(Moved {
            function: function.to_owned(),
            from: at.to_owned(),
            to: to.to_owned(),
        });
    }
}
