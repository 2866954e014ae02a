//! Where traffic goes back to: what each function ran before its code was moved, in an object
//! beside the lock. So it outlives a killed process, and every machine knows it.

use std::collections::{BTreeMap, BTreeSet};

use futures::future::try_join_all;
use serde::{Deserialize, Serialize};

use super::desired::Desired;
use super::hotswap::Moved;
use super::live::ALIAS;
use crate::cloud::Cloud;
use crate::error::{Doing as _, Error, Kind, Result};
use crate::event::Events;

/// Versions by the function's name in Lambda.
pub type Versions = BTreeMap<String, String>;

/// What is remembered of the traffic of one environment.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct Record {
    /// From before traffic moves until the new code is proved: what each function ran.
    pub unproved: Versions,
    /// What each function ran before its last move that was proved.
    pub before: Versions,
    /// The functions that the last proved run moved.
    pub last: BTreeSet<String>,
}

/// The traffic of one environment. Only who holds its lock changes it.
pub struct Traffic<'a> {
    cloud: &'a Cloud,
    bucket: &'a str,
    desired: &'a Desired,
    record: Record,
}

impl<'a> Traffic<'a> {
    /// Reads what is remembered.
    pub async fn read(cloud: &'a Cloud, bucket: &'a str, desired: &'a Desired) -> Result<Self> {
        let mut traffic = Self {
            cloud,
            bucket,
            desired,
            record: Record::default(),
        };
        let key = traffic.key();
        if let Some(body) = cloud.objects.get(bucket, &key).await? {
            traffic.record = serde_json::from_slice(&body).map_err(|source| {
                Error::input(format!("{bucket}/{key} is damaged"))
                    .because(source)
                    .hint("delete the object: it only says where traffic goes back to")
            })?;
        }
        Ok(traffic)
    }

    fn key(&self) -> String {
        format!("traffic/{}.json", self.desired.environment)
    }

    /// The environment whose traffic it is.
    pub fn desired(&self) -> &'a Desired {
        self.desired
    }

    /// What is remembered.
    pub fn record(&self) -> &Record {
        &self.record
    }

    /// What each function runs.
    pub async fn running(&self) -> Result<Versions> {
        let functions = self.desired.functions.iter().map(|function| async {
            let name = &function.function_name;
            let at = self.cloud.functions.aliased(name, ALIAS).await?;
            Ok::<_, Error>(at.map(|at| (name.clone(), at.version)))
        });
        let functions = try_join_all(functions).await?;
        Ok(functions.into_iter().flatten().collect())
    }

    /// Which functions run code that nobody has proved, and what they ran before.
    pub fn unproved(&self, running: &Versions) -> Vec<Moved> {
        let moved = running.iter().filter_map(|(function, to)| {
            let from = self.record.unproved.get(function)?;
            (from != to).then(|| Moved {
                function: function.clone(),
                from: from.clone(),
                to: to.clone(),
            })
        });
        moved.collect()
    }

    /// Traffic is about to move: remembers what runs. What an earlier run left unproved still goes
    /// back to what ran before that one.
    pub async fn begin(&mut self) -> Result<()> {
        let mut before = self.running().await?;
        for (function, version) in &mut before {
            if let Some(earlier) = self.record.unproved.get(function) {
                version.clone_from(earlier);
            }
        }
        let unproved = before;
        self.save(Record {
            unproved,
            ..self.record.clone()
        })
        .await
    }

    /// What runs works: `rollback` goes to what ran before it.
    pub async fn proved(&mut self) -> Result<()> {
        if self.record.unproved.is_empty() {
            return Ok(());
        }
        let moved = self.unproved(&self.running().await?);
        let mut record = self.record.clone();
        record.unproved.clear();
        if !moved.is_empty() {
            record.last = moved.iter().map(|moved| moved.function.clone()).collect();
            let before = moved.into_iter().map(|moved| (moved.function, moved.from));
            record.before.extend(before);
        }
        self.save(record).await
    }

    /// What a run came to decides where traffic stays. An interrupted one leaves the question to
    /// the next; one that failed gives back what was moved, and the error says so.
    pub async fn settle<T>(&mut self, events: &Events, result: Result<T>) -> Result<T> {
        match result {
            Err(error) if error.kind() != Kind::Interrupted => {
                Err(match self.give_back(events).await {
                    Ok(false) => error,
                    Ok(true) => error.hint("traffic is back at the versions that ran before"),
                    Err(worse) => error.hint(format!("moving traffic back failed too: {worse}")),
                })
            }
            other => other,
        }
    }

    /// Moves traffic back from what is not proved; says whether there was any.
    async fn give_back(&mut self, events: &Events) -> Result<bool> {
        if self.record.unproved.is_empty() {
            return Ok(false);
        }
        let moved = self.unproved(&self.running().await?);
        let mut first: Result<()> = Ok(());
        // Every function is tried; the first failure is reported.
        for back in &moved {
            let step = events.start(format!("move {} back", back.function));
            let functions = &self.cloud.functions;
            match functions
                .move_alias(&back.function, ALIAS, &back.from)
                .await
            {
                Ok(()) => step.finish_with(format!("version {} → {}", back.to, back.from)),
                Err(error) => first = first.and(Err(error.into())),
            }
        }
        first?;
        let mut record = self.record.clone();
        record.unproved.clear();
        self.save(record).await?;
        Ok(!moved.is_empty())
    }

    /// Somebody moves these back by hand. Remembered before it is done: the same again, after a
    /// kill too, finds the same.
    pub async fn roll_back(&mut self, events: &Events, moves: &[Moved]) -> Result<()> {
        let mut record = self.record.clone();
        // From code that nobody proved: this is the last move that there was.
        let goes_back = |moved: &Moved| record.unproved.get(&moved.function) == Some(&moved.to);
        if moves.iter().any(goes_back) {
            let (unproved, before) = (&record.unproved, &record.before);
            let same = |name: &&String| before.get(*name) == unproved.get(*name);
            let mut last: BTreeSet<String> = record.last.iter().filter(same).cloned().collect();
            last.extend(moves.iter().map(|moved| moved.function.clone()));
            record.last = last;
            let before = moves.iter();
            let before = before.map(|moved| (moved.function.clone(), moved.to.clone()));
            record.before.extend(before);
        }
        for moved in moves {
            if let Some(version) = record.unproved.get_mut(&moved.function) {
                version.clone_from(&moved.to);
            }
        }
        self.save(record).await?;
        let moves = moves.iter().map(|moved| async {
            let step = events.start(format!("move {}", moved.function));
            let functions = &self.cloud.functions;
            functions
                .move_alias(&moved.function, ALIAS, &moved.to)
                .await?;
            step.finish_with(format!("version {} → {}", moved.from, moved.to));
            Ok(())
        });
        let done = futures::future::join_all(moves).await;
        done.into_iter().collect()
    }

    async fn save(&mut self, record: Record) -> Result<()> {
        if record == self.record {
            return Ok(());
        }
        let body = serde_json::to_vec(&record).doing("write what ran as JSON")?;
        let objects = &self.cloud.objects;
        objects.put(self.bucket, &self.key(), body).await?;
        self.record = record;
        Ok(())
    }
}
