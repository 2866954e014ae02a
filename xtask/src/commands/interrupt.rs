//! Ctrl-C for commands that change an environment: the first press ends where nothing is half
//! done, the second at once. Both say how to go on.

use crate::engine::stop::Stop;
use crate::error::{Error, Kind, Result};
use crate::event::Events;

/// How most commands are gone on with.
pub(super) const SAME: &str = "the same command goes on where this ended";

/// Does the work until it ends or the user ends it; `go_on` says how to go on.
pub(super) async fn heard<T>(
    events: &Events,
    stop: &Stop,
    go_on: &str,
    work: impl Future<Output = Result<T>>,
) -> Result<T> {
    tokio::pin!(work);
    tokio::select! {
        outcome = &mut work => return outcome,
        _ = tokio::signal::ctrl_c() => {}
    }
    if !stop.at_work() {
        return Err(Error::interrupted("stopped; nothing was being changed").hint(go_on));
    }
    stop.ask();
    events.warn("stopping once what runs is through; Ctrl-C again leaves at once");
    tokio::select! {
        outcome = work => outcome.map_err(|error| match error.kind() {
            Kind::Interrupted => error.hint(go_on),
            _ => error,
        }),
        _ = tokio::signal::ctrl_c() => Err(Error::interrupted(
            "left at once; what has begun in the cloud ends there, and the lock stays",
        )
        .hint(format!("{go_on} (the same checkout takes its own lock up again)"))),
    }
}
