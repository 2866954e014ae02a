//! Whether a part answers. Every question has a time limit.

use std::time::Duration;

use crate::local::layout::Layout;
use crate::local::part::Part;
use crate::local::state::State;
use crate::local::{emulator, models, postgres, tls};
use crate::secret::Secret;

const LIMIT: Duration = Duration::from_secs(3);

/// What it takes to ask every part.
pub(super) struct Doctor<'a> {
    pub(super) layout: &'a Layout,
    /// `None` before there is a database.
    pub(super) password: Option<&'a Secret>,
}

impl Doctor<'_> {
    /// Asks a part that listens on `port`, or on its socket.
    pub(super) async fn ask(&self, part: Part, port: Option<u16>) -> Result<(), String> {
        let answer = tokio::time::timeout(LIMIT, self.put_question(part, port)).await;
        answer.unwrap_or_else(|_| Err(format!("no answer in {} s", LIMIT.as_secs())))
    }

    /// Asks a part that should be running.
    pub(super) async fn examine(&self, state: &State, part: Part) -> Result<(), String> {
        if state.living(part).is_none() {
            return Err("not running".to_owned());
        }
        self.ask(part, state.ports.get(&part).copied()).await
    }

    async fn put_question(&self, part: Part, port: Option<u16>) -> Result<(), String> {
        let port = port.ok_or_else(|| "it has no port".to_owned());
        match part {
            Part::Postgres => match self.password {
                Some(password) => postgres::probe(self.layout, password).await,
                None => Err("there is no database".to_owned()),
            },
            Part::Tls => tls::probe(&self.layout.tls(), port?).await,
            Part::Emulator => emulator::probe(port?).await,
            Part::Models => models::probe(port?).await,
        }
    }
}

/// A GET on loopback that must be answered with 200. Proxies of the user are not asked.
pub(super) async fn get_ok(url: &str) -> Result<(), String> {
    let client = reqwest::Client::builder()
        .no_proxy()
        .timeout(LIMIT)
        .build()
        .map_err(|error| error.to_string())?;
    let response = client
        .get(url)
        .send()
        .await
        .map_err(|error| innermost(&error))?;
    match response.status().as_u16() {
        200 => Ok(()),
        status => Err(format!("{url} answers {status}")),
    }
}

fn innermost(error: &dyn std::error::Error) -> String {
    error.source().map_or_else(|| error.to_string(), innermost)
}
