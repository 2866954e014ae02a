//! The queues of an environment: what waits in front of each function, and what none could handle.

pub mod letters;
pub mod redrive;

use std::fmt;
use std::time::Duration;

use contract::function::Trigger;
use contract::functions;
use futures::future::try_join_all;
use serde::Serialize;
use stack::environment::Environment;
use stack::naming;

use crate::cloud::Cloud;
use crate::cloud::queues::Depth;
use crate::error::{Error, Result};

/// A function's queues, by name.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Pair {
    /// The function.
    pub function: &'static str,
    /// The queue in front of it, where events reach it through one.
    pub queue: Option<String>,
    /// Where what it cannot handle ends up.
    pub dead: String,
}

/// The queues of one function, or of all.
pub fn pairs(environment: &Environment, only: Option<&str>) -> Result<Vec<Pair>> {
    let all = functions::all();
    let known = |name: &str| all.iter().any(|function| function.name == name);
    if let Some(name) = only.filter(|name| !known(name)) {
        let names: Vec<&str> = all.iter().map(|function| function.name).collect();
        return Err(Error::input(format!("there is no function {name:?}"))
            .hint(format!("the functions are: {}", names.join(", "))));
    }
    let wanted = all
        .iter()
        .filter(|function| only.is_none_or(|name| name == function.name));
    let pairs = wanted.map(|function| {
        let has_queue = function
            .triggers
            .iter()
            .any(|trigger| matches!(trigger, Trigger::Events { .. }));
        Pair {
            function: function.name,
            queue: has_queue.then(|| naming::resource(environment, function.name)),
            dead: naming::resource(environment, &format!("{}-dead", function.name)),
        }
    });
    Ok(pairs.collect())
}

/// How full the queues are.
#[derive(Debug, Serialize)]
#[serde(transparent)]
pub struct Levels(pub Vec<Level>);

/// How full the queues of one function are.
#[derive(Debug, Serialize)]
pub struct Level {
    function: &'static str,
    /// Absent where the function has no queue.
    queue: Option<Depth>,
    /// How long the oldest event has waited, where that is measured.
    oldest_seconds: Option<u64>,
    dead: Depth,
}

/// Looks at every queue at once.
pub async fn levels(cloud: &Cloud, environment: &str, pairs: &[Pair]) -> Result<Levels> {
    let levels = pairs.iter().map(|pair| level(cloud, environment, pair));
    Ok(Levels(try_join_all(levels).await?))
}

async fn level(cloud: &Cloud, environment: &str, pair: &Pair) -> Result<Level> {
    let dead = depth(cloud, environment, &pair.dead).await?;
    let (queue, oldest) = match &pair.queue {
        Some(queue) => (
            Some(depth(cloud, environment, queue).await?),
            cloud.queues.oldest(queue).await?,
        ),
        None => (None, None),
    };
    Ok(Level {
        function: pair.function,
        queue,
        oldest_seconds: oldest.map(|oldest| oldest.as_secs()),
        dead,
    })
}

/// How much a queue holds that the environment must have.
pub(super) async fn depth(cloud: &Cloud, environment: &str, queue: &str) -> Result<Depth> {
    cloud.queues.depth(queue).await?.ok_or_else(|| {
        Error::failed(format!("{environment} has no queue {queue}"))
            .hint(format!("deploy it: cargo xtask deploy --env {environment}"))
    })
}

impl Levels {
    /// How many dead letters there are in all.
    pub fn dead(&self) -> u64 {
        let dead = self.0.iter().map(|level| level.dead);
        dead.map(|depth| depth.waiting + depth.in_flight).sum()
    }
}

impl fmt::Display for Levels {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(
            f,
            "{:<16} {:>8} {:>10} {:>8} {:>6}",
            "function", "waiting", "in flight", "oldest", "dead"
        )?;
        for level in &self.0 {
            let of = |pick: fn(&Depth) -> u64| {
                let number = level.queue.as_ref().map(|depth| pick(depth).to_string());
                number.unwrap_or_else(|| "-".to_owned())
            };
            let oldest = level.oldest_seconds.map(Duration::from_secs);
            writeln!(
                f,
                "{:<16} {:>8} {:>10} {:>8} {:>6}",
                level.function,
                of(|depth| depth.waiting),
                of(|depth| depth.in_flight),
                oldest.map_or_else(|| "-".to_owned(), age),
                level.dead.waiting + level.dead.in_flight,
            )?;
        }
        Ok(())
    }
}

/// A time for people: the two largest units.
pub(super) fn age(time: Duration) -> String {
    let seconds = time.as_secs();
    let (days, hours) = (seconds / 86_400, seconds / 3_600 % 24);
    let (minutes, seconds) = (seconds / 60 % 60, seconds % 60);
    match (days, hours, minutes) {
        (0, 0, 0) => format!("{seconds}s"),
        (0, 0, _) => format!("{minutes}m{seconds}s"),
        (0, _, _) => format!("{hours}h{minutes}m"),
        _ => format!("{days}d{hours}h"),
    }
}
