//! Moving chat history: the tool asks step by step, and this does the steps where the back ends are.

use std::sync::Arc;

use anyhow::{Result, ensure};
use collections_core::Cloud;
use collections_core::chat::history::{Backend, Place, movable, transfer};
use collections_core::contract::functions::Ops;
use collections_core::db::Db;
use collections_core::domain::UserId;
use serde::Deserialize;
use serde_json::Value;

/// What is asked.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case", deny_unknown_fields)]
pub enum Request {
    /// Who has conversations in a back end.
    Users {
        /// The back end.
        of: Backend,
    },
    /// Copy and compare some conversations of one user.
    Move {
        /// The back end that has them.
        from: Backend,
        /// The back end that is to have them.
        to: Backend,
        /// Whose.
        user: UserId,
        /// Where the step before ended.
        after: Option<Place>,
        /// Only say what there is to do.
        #[serde(default)]
        dry_run: bool,
    },
}

/// Does it.
pub async fn handle(cloud: &Cloud<Ops>, db: &Arc<Db<Ops>>, request: Request) -> Result<Value> {
    match request {
        Request::Users { of } => {
            let users = movable(of, cloud, db)?.users().await?;
            Ok(serde_json::to_value(users)?)
        }
        Request::Move {
            from,
            to,
            user,
            after,
            dry_run,
        } => {
            ensure!(from != to, "{from} is moved to itself");
            let (from, to) = (movable(from, cloud, db)?, movable(to, cloud, db)?);
            let moved = transfer::step(&*from, &*to, &user, after, dry_run).await?;
            Ok(serde_json::to_value(moved)?)
        }
    }
}
