//! The page in words.

use std::fmt;

use super::parts::{Database, FunctionState, Parameters, QueueState, Spending};
use super::{Part, Status};

impl fmt::Display for Status {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self {
            environment,
            account,
            region,
            ..
        } = self;
        writeln!(f, "{environment} in {region}, account {account}")?;
        for (name, status) in &self.stacks {
            let status = status.as_deref().unwrap_or("does not stand");
            writeln!(f, "  {name}: {status}")?;
        }
        if self.stacks.iter().all(|(_, status)| status.is_none()) {
            writeln!(f, "deploy it: cargo xtask deploy --env {environment}")?;
        }
        section(f, "functions", &self.functions, functions)?;
        section(f, "database", &self.database, database)?;
        section(f, "parameters", &self.parameters, parameters)?;
        section(f, "queues", &self.queues, queues)?;
        if let Some(cost) = &self.cost {
            section(f, "cost", cost, spending)?;
        }
        match &self.lock {
            Some(lock) => writeln!(f, "locked by {}, id {}", lock.holder, lock.id),
            None => writeln!(f, "not locked"),
        }
    }
}

fn section<T>(
    f: &mut fmt::Formatter<'_>,
    title: &str,
    part: &Part<T>,
    show: impl Fn(&mut fmt::Formatter<'_>, &T) -> fmt::Result,
) -> fmt::Result {
    match part {
        Part::Known(known) => {
            writeln!(f, "{title}")?;
            show(f, known)
        }
        Part::Unknown(why) => writeln!(f, "{title}: unknown, {why}"),
    }
}

fn functions(f: &mut fmt::Formatter<'_>, functions: &Vec<FunctionState>) -> fmt::Result {
    for function in functions {
        let name = &function.name;
        match &function.version {
            Some(version) => write!(f, "  {name}: version {version}")?,
            None => {
                writeln!(f, "  {name}: does not stand")?;
                continue;
            }
        }
        match &function.last_error {
            Some(error) => writeln!(f, ", last error {error}")?,
            None => writeln!(f, ", no error in a day")?,
        }
    }
    Ok(())
}

fn database(f: &mut fmt::Formatter<'_>, database: &Database) -> fmt::Result {
    let (open, allowed) = database.connections;
    let (server, items) = (&database.server, database.items);
    write!(
        f,
        "  PostgreSQL {server}, {items} items, {open} of {allowed} connections, {} migrations",
        database.applied
    )?;
    match database.open {
        0 => writeln!(f),
        many => writeln!(f, " and {many} to look at: cargo xtask db status"),
    }
}

fn parameters(f: &mut fmt::Formatter<'_>, parameters: &Parameters) -> fmt::Result {
    write!(f, "  {} set", parameters.set)?;
    for (names, word) in [
        (&parameters.differ, "differ from here"),
        (&parameters.missing, "missing"),
    ] {
        if !names.is_empty() {
            write!(f, ", {word}: {}", names.join(" "))?;
        }
    }
    match parameters.orphans {
        0 => writeln!(f),
        many => writeln!(f, ", {many} in no manifest: cargo xtask secrets diff"),
    }
}

fn queues(f: &mut fmt::Formatter<'_>, queues: &Vec<QueueState>) -> fmt::Result {
    for state in queues {
        let dead = match state.dead {
            0 => String::new(),
            many => format!("{many} dead: docs/RUNBOOK.md#dead-letters"),
        };
        match (&state.queue, state.dead) {
            (None, 0) => {}
            (None, _) => writeln!(f, "  {}: {dead}", state.function)?,
            (Some(depth), many) => {
                let (waiting, at_work) = (depth.waiting, depth.in_flight);
                write!(f, "  {}: {waiting} wait, {at_work} at work", state.function)?;
                let dead = if many > 0 { format!(", {dead}") } else { dead };
                writeln!(f, "{dead}")?;
            }
        }
    }
    Ok(())
}

fn spending(f: &mut fmt::Formatter<'_>, spending: &Spending) -> fmt::Result {
    writeln!(f, "  ${:.2} since {}", spending.usd, spending.since)?;
    for service in &spending.services {
        writeln!(f, "  ${:.2} {}", service.usd, service.service)?;
    }
    Ok(())
}
