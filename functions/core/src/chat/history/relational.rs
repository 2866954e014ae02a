//! Conversations in tables, whatever carries the statements to PostgreSQL.

use async_trait::async_trait;

use super::error::Result;
use super::{
    Backend, Conversation, ConversationId, NewConversation, PREVIEW, Page, State, Thread, Turn,
    automatic_title, beginning,
};
use crate::clock::Clock;
use crate::db::history::{self as sql, Found, Said, Statement, Step};
use crate::domain::UserId;

/// A way to PostgreSQL.
#[async_trait]
pub(super) trait Transport: Send + Sync {
    /// Runs one statement and gives back its rows.
    async fn run(&self, statement: Statement) -> Result<Vec<String>>;

    /// Begins a transaction.
    async fn begin(&self) -> Result<Box<dyn Transaction + '_>>;
}

/// A transaction. Dropped without `commit`, nothing of it stays.
#[async_trait]
pub(super) trait Transaction: Send {
    /// Runs one statement within and gives back its rows.
    async fn run(&mut self, statement: Statement) -> Result<Vec<String>>;

    /// Keeps all of it.
    async fn commit(self: Box<Self>) -> Result<()>;

    /// Keeps nothing of it.
    async fn roll_back(self: Box<Self>);
}

pub(super) async fn list(
    on: &dyn Transport,
    user: &UserId,
    page: &Page,
) -> Result<Vec<Conversation>> {
    let rows = on.run(sql::list(user, page)?).await?;
    rows.iter().map(|row| Ok(sql::read(row)?)).collect()
}

pub(super) async fn load(
    on: &dyn Transport,
    user: &UserId,
    id: &ConversationId,
) -> Result<Option<Thread>> {
    let Some(found) = find(on, user, id).await? else {
        return Ok(None);
    };
    let mut turns: Vec<Turn> = Vec::new();
    let mut after = 0;
    loop {
        let rows = on.run(sql::messages(user, id, after)).await?;
        for row in &rows {
            let said: Said = sql::read(row)?;
            after = said.id;
            match turns.last_mut().filter(|turn| turn.id == said.turn_id) {
                Some(turn) => turn.messages.push(said.message),
                None => turns.push(Turn {
                    id: said.turn_id,
                    messages: vec![said.message],
                    metadata: super::Metadata::new(),
                }),
            }
        }
        if rows.is_empty() {
            return Ok(Some(Thread {
                conversation: found.conversation,
                metadata: found.metadata,
                turns,
            }));
        }
    }
}

async fn find(on: &dyn Transport, user: &UserId, id: &ConversationId) -> Result<Option<Found>> {
    let rows = on.run(sql::find(user, id)).await?;
    Ok(rows.first().map(|row| sql::read(row)).transpose()?)
}

/// A conversation that was there a moment ago.
async fn look_up(
    on: &mut dyn Transaction,
    user: &UserId,
    id: &ConversationId,
) -> Result<Conversation> {
    let rows = on.run(sql::find(user, id)).await?;
    let row = rows.first();
    let row = row.ok_or_else(|| anyhow::anyhow!("conversation {id} is gone"))?;
    let found: Found = sql::read(row)?;
    Ok(found.conversation)
}

pub(super) async fn create(
    on: &dyn Transport,
    user: &UserId,
    new: &NewConversation,
) -> Result<Conversation> {
    let mut transaction = on.begin().await?;
    let done = async {
        transaction.run(sql::begin(user, new)?).await?;
        look_up(&mut *transaction, user, &new.conversation_id).await
    };
    let done = done.await;
    finish(transaction, done).await
}

pub(super) async fn append(
    on: &dyn Transport,
    user: &UserId,
    id: &ConversationId,
    turn: &Turn,
) -> Result<Conversation> {
    let mut transaction = on.begin().await?;
    let done = add(&mut *transaction, user, id, turn).await;
    finish(transaction, done).await
}

async fn add(
    on: &mut dyn Transaction,
    user: &UserId,
    id: &ConversationId,
    turn: &Turn,
) -> Result<Conversation> {
    let mut new = NewConversation::new(id.clone());
    (new.created_at, new.updated_at) = (turn.at(), turn.at());
    on.run(sql::begin(user, &new)?).await?;
    let added = on.run(sql::say(user, id, turn)?).await?.len();
    if added > 0 {
        let step = Step {
            messages: added,
            preview: &beginning(turn.closing(), PREVIEW),
            title: &automatic_title(turn.opening()),
            at: turn.at(),
        };
        on.run(sql::advance(user, id, &step)?).await?;
    }
    if !turn.metadata.is_empty() {
        on.run(sql::note(user, id, &turn.metadata)?).await?;
    }
    look_up(on, user, id).await
}

pub(super) async fn rename(
    on: &dyn Transport,
    user: &UserId,
    id: &ConversationId,
    title: &str,
    clock: &dyn Clock,
) -> Result<Option<Conversation>> {
    let renamed = on.run(sql::rename(user, id, title, clock.now())?).await?;
    if renamed.is_empty() {
        return Ok(None);
    }
    Ok(find(on, user, id).await?.map(|found| found.conversation))
}

pub(super) async fn delete(on: &dyn Transport, user: &UserId, id: &ConversationId) -> Result<bool> {
    let mut transaction = on.begin().await?;
    let done = remove(&mut *transaction, user, id).await;
    finish(transaction, done).await
}

async fn remove(on: &mut dyn Transaction, user: &UserId, id: &ConversationId) -> Result<bool> {
    let mut removed = Vec::new();
    for statement in sql::delete(user, id) {
        removed.push(!on.run(statement).await?.is_empty());
    }
    Ok(removed[0])
}

/// Everybody who has conversations.
pub(super) async fn users(on: &dyn Transport) -> Result<Vec<UserId>> {
    let rows = on.run(sql::users()).await?.into_iter();
    rows.map(|user| Ok(UserId::try_from(user).map_err(anyhow::Error::from)?))
        .collect()
}

/// Whether the tables are there and answer.
pub(super) async fn check(on: &dyn Transport, backend: Backend) -> State {
    let degraded = match on.run(sql::probe()).await {
        Ok(rows) if rows.first().is_some_and(|row| row == "true") => None,
        Ok(_) => Some(format!(
            "{backend} has no table of conversations; `cargo xtask deploy --only migrate` makes it"
        )),
        Err(error) => Some(error.told(backend)),
    };
    State { backend, degraded }
}

/// Keeps what was done, or nothing of it.
async fn finish<T>(transaction: Box<dyn Transaction + '_>, done: Result<T>) -> Result<T> {
    match done {
        Ok(done) => {
            transaction.commit().await?;
            Ok(done)
        }
        Err(error) => {
            transaction.roll_back().await;
            Err(error)
        }
    }
}
