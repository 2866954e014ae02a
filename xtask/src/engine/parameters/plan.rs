//! The plan of a population: pure to compute, `Display` is the masked diff.

use std::collections::BTreeMap;
use std::fmt;

use contract::parameters::{ParameterKind, ParameterSpec, Source, prefix};
use serde::Serialize;
use sha2::{Digest as _, Sha256};

use super::readers;
use super::wanted::{Want, Wanted};
use crate::cloud::parameters::{LiveParameter, STORE_KEY};
use crate::error::{Error, Result};
use crate::secret::Secret;

/// What becomes of every parameter of an environment.
#[derive(Clone, Debug)]
pub struct ParameterPlan {
    /// The environment.
    pub environment: String,
    /// Every parameter of the manifest, in its order.
    pub entries: Vec<Entry>,
    /// Parameters below the prefix that the manifest does not know, by full name.
    pub orphans: Vec<String>,
    /// Copies that a run which was cut off left of values it made anew, by full name.
    pub copies: Vec<String>,
}

/// What becomes of one parameter.
#[derive(Clone, Debug)]
pub struct Entry {
    /// The parameter.
    pub spec: &'static ParameterSpec,
    /// Its full name.
    pub path: String,
    /// What is done.
    pub action: Action,
    /// Where its value comes from, in words.
    origin: String,
}

/// What is done to a parameter.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Action {
    /// It is not there yet.
    Create(Secret),
    /// It has another value, type or key.
    Change {
        /// The value it gets.
        value: Secret,
        /// What it shows of the value it has.
        was: String,
        /// What differs beside the value, in words.
        also: Vec<String>,
        /// Its type differs: it has to be made anew.
        anew: bool,
        /// The value that is there goes.
        loses: bool,
    },
    /// It has its value.
    Same(Secret),
    /// `.env` says nothing, so it stays what it is.
    Stays(String),
    /// Optional, not there, not said.
    Absent,
    /// Needed, not there, not said by this key of `.env`.
    Missing(&'static str),
    /// Known once the stacks stand.
    Later,
}

impl ParameterPlan {
    /// Compares what is wanted with what stands below the environment's prefix.
    pub fn new(
        environment: &str,
        wanted: Vec<Wanted>,
        live: &BTreeMap<String, LiveParameter>,
    ) -> Self {
        let prefix = prefix(environment);
        let entries: Vec<Entry> = wanted
            .into_iter()
            .map(|wanted| {
                let path = wanted.spec.path(&prefix);
                let action = match (live.get(&path), live.get(&copy_of(&path))) {
                    // Its parameter was deleted to be made anew, and was not.
                    (None, Some(copy)) => restored(&wanted, copy),
                    (live, _) => action(&wanted, live),
                };
                Entry {
                    spec: wanted.spec,
                    path,
                    action,
                    origin: wanted.origin,
                }
            })
            .collect();
        // The probes of `ops` come and go; they are nobody's orphans.
        let probes = format!("{prefix}/{}/", contract::parameters::PROBE_FOLDER);
        let orphans = live
            .keys()
            .filter(|name| !entries.iter().any(|entry| entry.path == **name))
            .filter(|name| !name.starts_with(&probes) && !is_copy(name))
            .cloned();
        let copies = entries.iter().map(|entry| copy_of(&entry.path));
        Self {
            environment: environment.to_owned(),
            orphans: orphans.collect(),
            copies: copies.filter(|copy| live.contains_key(copy)).collect(),
            entries,
        }
    }

    /// The entries that are written, with the value they get and whether they are made anew.
    pub fn writes(&self) -> impl Iterator<Item = (&Entry, &Secret, bool)> {
        self.entries.iter().filter_map(|entry| match &entry.action {
            Action::Create(value) => Some((entry, value, false)),
            Action::Change { value, anew, .. } => Some((entry, value, *anew)),
            _ => None,
        })
    }

    /// The names of those whose value is there and would be another.
    pub fn overwrites(&self) -> Vec<&str> {
        let changed = |entry: &&Entry| matches!(entry.action, Action::Change { .. });
        let entries = self.entries.iter().filter(changed);
        entries.map(|entry| entry.spec.name).collect()
    }

    /// Those of them whose value somebody set, and would lose to what is said here. What a deploy
    /// works out itself follows the stacks.
    pub fn losses(&self) -> impl Iterator<Item = &Entry> {
        self.entries.iter().filter(|entry| {
            matches!(entry.action, Action::Change { loses: true, .. })
                && !matches!(entry.spec.source, Source::Deploy(_))
        })
    }

    /// Whether anything is to be written, or to be cleared away.
    pub fn has_changes(&self) -> bool {
        self.writes().next().is_some() || !self.copies.is_empty()
    }

    /// Refuses a plan that leaves a function without what it needs; every key is named at once.
    pub fn check(&self) -> Result<()> {
        let missing = self.entries.iter().filter_map(|entry| match entry.action {
            Action::Missing(key) => Some(format!("{key} ({})", readers(entry.spec))),
            _ => None,
        });
        let missing: Vec<String> = missing.collect();
        if missing.is_empty() {
            return Ok(());
        }
        let (environment, missing) = (&self.environment, missing.join(", "));
        Err(
            Error::input(format!("{environment} lacks keys: {missing}")).hint(format!(
                "put them into .env as NAME=value, then: cargo xtask secrets populate --env {environment}"
            )),
        )
    }
}

/// Where a value is kept while its parameter is deleted and made anew: a parameter cannot change
/// its type, and may be the only place that has the value.
pub fn copy_of(path: &str) -> String {
    format!("{path}{COPY}")
}

const COPY: &str = ".made-anew";

fn is_copy(name: &str) -> bool {
    name.ends_with(COPY)
}

fn restored(wanted: &Wanted, copy: &LiveParameter) -> Action {
    Action::Create(match &wanted.want {
        Want::Value(value) => value.clone(),
        Want::Standing(_) | Want::Optional | Want::Required(_) | Want::Later => copy.value.clone(),
    })
}

fn action(wanted: &Wanted, live: Option<&LiveParameter>) -> Action {
    match (&wanted.want, live) {
        (Want::Value(value), Some(live)) => compare(wanted.spec, value, live),
        (Want::Value(value) | Want::Standing(value), None) => Action::Create(value.clone()),
        (Want::Standing(_) | Want::Optional | Want::Required(_), Some(live)) => {
            // What stays must still be of the right type and under the right key.
            match compare(wanted.spec, &live.value, live) {
                Action::Same(_) => Action::Stays(shown_live(wanted.spec, live)),
                other => other,
            }
        }
        (Want::Optional, None) => Action::Absent,
        (Want::Required(key), None) => Action::Missing(key),
        (Want::Later, None) => Action::Later,
        (Want::Later, Some(live)) => Action::Stays(shown_live(wanted.spec, live)),
    }
}

fn compare(spec: &ParameterSpec, value: &Secret, live: &LiveParameter) -> Action {
    let mut also = Vec::new();
    let anew = live.kind != Some(spec.kind);
    if anew {
        also.push(match live.kind {
            Some(kind) => format!("was a {}", kind_name(kind)),
            None => "was a StringList".to_owned(),
        });
    } else if spec.kind == ParameterKind::SecureString {
        let key = live.key.as_deref().unwrap_or("no key");
        if !is_store_key(key) {
            also.push(format!("was encrypted with {key}"));
        }
    }
    if live.value == *value && also.is_empty() {
        return Action::Same(value.clone());
    }
    Action::Change {
        loses: live.value != *value,
        value: value.clone(),
        was: shown_live(spec, live),
        also,
        anew,
    }
}

/// Parameter Store names its key by alias, or by the ARN of that.
fn is_store_key(key: &str) -> bool {
    key == STORE_KEY || key.ends_with(&format!(":{STORE_KEY}"))
}

/// What may be seen of a value: all of a plain one, of an encrypted one a word that changes with
/// it. The name goes into that word, so that equal keys of two services do not look equal.
fn shown(spec: &ParameterSpec, value: &Secret) -> String {
    match spec.kind {
        ParameterKind::String => value.expose().to_owned(),
        ParameterKind::SecureString => {
            let digest = Sha256::digest(format!("{}\0{}", spec.name, value.expose()));
            format!("#{}", &hex::encode(digest)[..8])
        }
    }
}

/// A value that stands there encrypted is not shown, whatever it should be.
fn shown_live(spec: &ParameterSpec, live: &LiveParameter) -> String {
    let plain = live.kind == Some(ParameterKind::String) && spec.kind == ParameterKind::String;
    let spec = ParameterSpec {
        kind: if plain {
            ParameterKind::String
        } else {
            ParameterKind::SecureString
        },
        ..*spec
    };
    shown(&spec, &live.value)
}

fn kind_name(kind: ParameterKind) -> &'static str {
    match kind {
        ParameterKind::String => "String",
        ParameterKind::SecureString => "SecureString",
    }
}

impl Entry {
    /// The sign and the words of its line.
    fn words(&self) -> (&'static str, String) {
        let of = |value: &Secret| shown(self.spec, value);
        match &self.action {
            Action::Create(value) => ("+", of(value)),
            Action::Change {
                value, was, also, ..
            } => {
                let also: String = also.iter().map(|also| format!(", {also}")).collect();
                ("~", format!("{was} → {}{also}", of(value)))
            }
            Action::Same(value) => ("=", of(value)),
            Action::Stays(was) => ("=", was.clone()),
            Action::Absent => (" ", "not set; optional".to_owned()),
            Action::Missing(key) => ("!", format!("missing: {key}, {}", readers(self.spec))),
            Action::Later => ("…", "known once the stacks stand".to_owned()),
        }
    }

    /// One line that says what is written, without a secret.
    pub fn line(&self) -> String {
        let (sign, words) = self.words();
        format!(
            "{sign} parameter {}: {words} ({})",
            self.path,
            self.origin()
        )
    }

    fn origin(&self) -> &str {
        match &self.action {
            Action::Stays(_) => "Parameter Store",
            _ => &self.origin,
        }
    }
}

impl fmt::Display for ParameterPlan {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let name = &self.environment;
        writeln!(f, "parameters of {name} below {}/", prefix(name))?;
        for entry in &self.entries {
            let (sign, words) = entry.words();
            let kind = kind_name(entry.spec.kind);
            let (parameter, origin) = (entry.spec.name, entry.origin());
            writeln!(f, "  {sign} {parameter:<28} {kind:<12} {words} ({origin})")?;
        }
        for orphan in &self.orphans {
            writeln!(f, "  ? {orphan} is in no manifest")?;
        }
        for copy in &self.copies {
            writeln!(f, "  - {copy} was left by a run that was cut off")?;
        }
        Ok(())
    }
}

impl Serialize for ParameterPlan {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let entries: Vec<_> = self
            .entries
            .iter()
            .map(|entry| {
                let (sign, words) = entry.words();
                serde_json::json!({
                    "name": entry.path, "type": kind_name(entry.spec.kind), "sign": sign.trim(),
                    "shown": words, "origin": entry.origin(),
                })
            })
            .collect();
        let value = serde_json::json!({
            "environment": self.environment, "parameters": entries, "orphans": self.orphans,
        });
        value.serialize(serializer)
    }
}
