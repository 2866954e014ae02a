//! Dead letters go back to the queue they came from. None is lost: a message is deleted only after
//! it was sent, so that a process that dies in between leaves it twice rather than not at all;
//! handlers run twice without harm.

use std::fmt;
use std::time::Duration;

use serde::Serialize;

use super::{Pair, depth};
use crate::cloud::Cloud;
use crate::cloud::queues::Move;
use crate::error::{Error, Result};

/// How long a message is ours while it is moved.
const HIDDEN: Duration = Duration::from_secs(60);
const CALL_LIMIT: u32 = 10;
const POLL: Duration = Duration::from_secs(1);

/// How many dead letters went back.
#[derive(Debug, PartialEq, Eq, Serialize)]
#[serde(transparent)]
pub struct Moved(pub Vec<(&'static str, u64)>);

/// Moves the dead letters of one function back; the service does it where it can.
pub async fn redrive(cloud: &Cloud, environment: &str, pair: &Pair) -> Result<u64> {
    let queue = pair.queue.as_ref().ok_or_else(|| {
        let function = pair.function;
        Error::input(format!(
            "{function} has no queue to move its dead letters to"
        ))
        .hint(format!(
            "look at them: cargo xtask queues peek --env {environment} --function {function}"
        ))
    })?;
    depth(cloud, environment, queue).await?;
    let dead = depth(cloud, environment, &pair.dead).await?;
    let most = dead.waiting + dead.in_flight;
    if most == 0 {
        return Ok(0);
    }
    match cloud.queues.start_move(&pair.dead, queue).await? {
        Some(task) => wait(cloud, pair, &task).await,
        None => one_by_one(cloud, pair, queue, most).await,
    }
}

async fn wait(cloud: &Cloud, pair: &Pair, task: &str) -> Result<u64> {
    loop {
        match cloud.queues.move_state(&pair.dead, task).await? {
            Move::Running => cloud.clock.sleep(POLL).await,
            Move::Done { moved } => return Ok(moved),
            Move::Failed { reason } => {
                let function = pair.function;
                return Err(Error::failed(format!(
                    "the dead letters of {function} were not all moved: {reason}"
                ))
                .hint("what was not moved is still there; run the same command again"));
            }
        }
    }
}

/// At most as many as there were at first: what fails again at once must not be moved for ever.
async fn one_by_one(cloud: &Cloud, pair: &Pair, queue: &str, most: u64) -> Result<u64> {
    let mut moved = 0;
    while moved < most {
        let next = u32::try_from(most - moved).unwrap_or(CALL_LIMIT);
        let next = next.min(CALL_LIMIT);
        let found = cloud.queues.receive(&pair.dead, next, HIDDEN).await?;
        if found.is_empty() {
            break;
        }
        for message in found {
            cloud.queues.send(queue, &message).await?;
            cloud.queues.delete(&pair.dead, &message.receipt).await?;
            moved += 1;
        }
    }
    Ok(moved)
}

impl fmt::Display for Moved {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (function, moved) in &self.0 {
            writeln!(f, "{function}: {moved} moved back")?;
        }
        Ok(())
    }
}
