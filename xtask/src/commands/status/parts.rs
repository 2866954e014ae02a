//! The parts of the page, each looked at by itself.

use std::time::Duration;

use collections_core::db::migrate::Standing as Migration;
use collections_core::db::operate::{Request, Status};
use contract::function::Trigger;
use contract::functions;
use futures::future::try_join_all;
use serde::Serialize;
use stack::naming;

use super::month;
use crate::cloud::logs::{LogEvent, LogQuery};
use crate::cloud::queues::Depth;
use crate::cloud::spending::Spent;
use crate::commands::logs::{is_error, milliseconds, readable};
use crate::commands::secrets;
use crate::commands::standing::Standing;
use crate::database::ThroughOps;
use crate::database::reach::ask;
use crate::engine::live::{ALIAS, Live};
use crate::engine::parameters::Action;
use crate::engine::steps::output;
use crate::error::{Error, Result};

/// So far is looked back for errors.
const ERRORS_SINCE: Duration = Duration::from_secs(24 * 3600);
/// Any of these is in every line that may be one; which are, `is_error` says.
const MAY_BE_ERRORS: &str = r#"?ERROR ?timeout ?failure ?"panicked at" ?"timed out""#;
/// More pages of a log than this are not turned.
const PAGES: usize = 10;

/// One function.
#[derive(Debug, Serialize)]
pub(super) struct FunctionState {
    pub(super) name: String,
    pub(super) version: Option<String>,
    /// The last error of a day, as it was written.
    pub(super) last_error: Option<String>,
}

/// Every function with its version and its last error.
pub(super) async fn functions(standing: &Standing, live: &Live) -> Result<Vec<FunctionState>> {
    let looks = standing
        .opened
        .desired
        .functions
        .iter()
        .map(|function| async {
            let group = format!("/aws/lambda/{}", function.function_name);
            Ok::<_, Error>(FunctionState {
                name: function.name.clone(),
                version: live
                    .functions
                    .get(&function.name)
                    .map(|at| at.version.clone()),
                last_error: last_error(standing, group).await?,
            })
        });
    try_join_all(looks).await
}

async fn last_error(standing: &Standing, group: String) -> Result<Option<String>> {
    let cloud = &standing.opened.cloud;
    let since = cloud.clock.now().checked_sub(ERRORS_SINCE);
    let query = LogQuery {
        group,
        from: since.map_or(0, milliseconds),
        // The emulator does not know `?`.
        filter: (!standing.opened.environment.is_local()).then(|| MAY_BE_ERRORS.to_owned()),
    };
    let (mut last, mut next): (Option<LogEvent>, Option<String>) = (None, None);
    for _ in 0..PAGES {
        let Some(page) = cloud.logs.page(&query, next.as_deref()).await? else {
            break;
        };
        let newest = page.events.into_iter().filter(is_error).max();
        last = last.max(newest);
        next = page.next;
        if next.is_none() {
            break;
        }
    }
    Ok(last.as_ref().and_then(readable))
}

/// The database in short.
#[derive(Debug, Serialize)]
pub(super) struct Database {
    pub(super) server: String,
    pub(super) items: i64,
    pub(super) connections: (i64, i64),
    pub(super) applied: usize,
    /// Migrations that are not simply applied.
    pub(super) open: usize,
}

/// Asked through `ops`: it reaches the database wherever it is, as the other functions do.
pub(super) async fn database(standing: &Standing) -> Result<Database> {
    let mut database = ThroughOps {
        functions: standing.opened.cloud.functions.clone(),
        function: output(&standing.deployed, "compute", "OpsFunctionName")?.to_owned(),
        alias: ALIAS,
    };
    let status: Status = ask(&mut database, Request::Status).await?;
    let applied = status.migrations.iter();
    let applied = applied
        .filter(|one| one.standing == Migration::Applied)
        .count();
    let items = status.tables.iter().find(|table| table.table == "items");
    Ok(Database {
        server: status.server,
        items: items.map_or(0, |table| table.rows),
        connections: status.connections,
        applied,
        open: status.migrations.len() - applied,
    })
}

/// Parameter Store in short.
#[derive(Debug, Default, Serialize)]
pub(super) struct Parameters {
    pub(super) set: usize,
    pub(super) differ: Vec<String>,
    pub(super) missing: Vec<String>,
    pub(super) orphans: usize,
}

/// Compared with what a deploy from here would write.
pub(super) async fn parameters(standing: &Standing) -> Result<Parameters> {
    let plan = secrets::filler(standing).plan(&standing.deployed).await?;
    let mut found = Parameters {
        orphans: plan.orphans.len(),
        ..Parameters::default()
    };
    for entry in &plan.entries {
        let name = entry.spec.name.to_owned();
        match entry.action {
            Action::Same(_) | Action::Stays(_) => found.set += 1,
            Action::Create(_) | Action::Change { .. } => found.differ.push(name),
            Action::Missing(_) => found.missing.push(name),
            Action::Absent | Action::Later => {}
        }
    }
    Ok(found)
}

/// The queues of one function.
#[derive(Debug, Serialize)]
pub(super) struct QueueState {
    pub(super) function: &'static str,
    /// What waits in front of it; none where it has no queue.
    pub(super) queue: Option<Depth>,
    /// What it could not handle.
    pub(super) dead: u64,
}

/// What waits in front of every function, and what none could handle.
pub(super) async fn queues(standing: &Standing) -> Result<Vec<QueueState>> {
    let queues = &standing.opened.cloud.queues;
    let environment = &standing.opened.environment;
    let looks = functions::all().into_iter().map(|function| async move {
        let own = naming::resource(environment, function.name);
        let dead = naming::resource(environment, &format!("{}-dead", function.name));
        let mut triggers = function.triggers.iter();
        let queue = match triggers.any(|trigger| matches!(trigger, Trigger::Events { .. })) {
            true => queues.depth(&own).await?,
            false => None,
        };
        let dead = queues.depth(&dead).await?.unwrap_or_default();
        Ok::<_, Error>(QueueState {
            function: function.name,
            queue,
            dead: dead.waiting + dead.in_flight,
        })
    });
    try_join_all(looks).await
}

/// The bill of the month so far.
#[derive(Debug, Serialize)]
pub(super) struct Spending {
    pub(super) since: String,
    pub(super) usd: f64,
    pub(super) services: Vec<Spent>,
}

/// What carries the environment's tag; the account must have made the tag one of cost allocation.
pub(super) async fn cost(standing: &Standing) -> Result<Spending> {
    let opened = &standing.opened;
    if opened.environment.is_local() {
        return Err(Error::input("nobody bills for this machine"));
    }
    let (since, until) = month(opened.cloud.clock.now());
    let name = &opened.environment.name;
    let mut services = opened.cloud.spending.of(name, &since, &until).await?;
    services.retain(|service| service.usd >= 0.005);
    services.sort_by(|a, b| b.usd.total_cmp(&a.usd));
    Ok(Spending {
        since,
        usd: services.iter().map(|service| service.usd).sum(),
        services,
    })
}
