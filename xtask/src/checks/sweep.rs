//! Removes what runs left that were killed: guests with what they had, and probes of Parameter
//! Store.

use std::time::{Duration, SystemTime};

use contract::parameters::{PROBE_FOLDER, prefix};

use super::client::Client;
use super::guest::is_guest;
use super::target::Target;
use crate::error::{Error, Result};
use crate::event::Events;
use crate::secret::Secret;

/// No run takes so long: what is older belongs to none that is at work.
const OLD: Duration = Duration::from_secs(3600);
/// An environment that does not answer is what the run is about to tell.
const PATIENCE: Duration = Duration::from_secs(60);

/// Sweeps; what cannot be removed is told, and left for the next run.
pub async fn sweep(target: &Target, events: &Events) {
    let work = async {
        parameters(target, events).await?;
        guests(target, events).await
    };
    let late = || Error::failed(format!("no answer within {} s", PATIENCE.as_secs()));
    let swept = tokio::time::timeout(PATIENCE, work).await;
    if let Err(error) = swept.unwrap_or_else(|_| Err(late())) {
        events.warn(format!("what killed runs left stays: {error}"));
    }
}

async fn parameters(target: &Target, events: &Events) -> Result<()> {
    let folder = format!("{}/{PROBE_FOLDER}", prefix(&target.environment));
    let parameters = &target.cloud.parameters;
    let changed = parameters.changed(&folder).await?.into_iter();
    let old = changed.filter(|(_, at)| is_old(target, *at));
    let old: Vec<String> = old.map(|(name, _)| name).collect();
    if !old.is_empty() {
        let step = events.start("remove probes of runs that were killed");
        parameters.delete(&old).await?;
        step.finish_with(format!("{} parameters", old.len()));
    }
    Ok(())
}

async fn guests(target: &Target, events: &Events) -> Result<()> {
    let pool = target.output("auth", "CognitoUserPoolId")?;
    let client = target.output("auth", "CognitoClientId")?;
    let users = &target.cloud.users;
    for user in users.users(pool).await? {
        let email = &user.email;
        if !is_guest(email) || !user.made.is_some_and(|at| is_old(target, at)) {
            continue;
        }
        let step = events.start(format!("remove {email}, of a run that was killed"));
        let password = Secret::password();
        users.set_password(pool, email, &password).await?;
        if let Some(tokens) = users.sign_in(client, email, &password).await? {
            Client::new(target, &tokens.id).remove_all().await?;
        }
        users.remove(pool, email).await?;
        step.finish();
    }
    Ok(())
}

fn is_old(target: &Target, since: SystemTime) -> bool {
    let now = target.cloud.clock.now();
    now.duration_since(since).is_ok_and(|age| age > OLD)
}
