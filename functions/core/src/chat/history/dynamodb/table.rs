//! The table and its index: what is asked of DynamoDB.

use std::collections::{BTreeSet, VecDeque};
use std::sync::atomic::{AtomicBool, Ordering};

use anyhow::Context;
use aws_config::SdkConfig;
use aws_sdk_dynamodb::Client;
use aws_sdk_dynamodb::error::SdkError;
use aws_sdk_dynamodb::types::{AttributeValue, DeleteRequest, WriteRequest};
use aws_smithy_types::error::metadata::ProvideErrorMetadata;
use time::OffsetDateTime;
use uuid::Uuid;

use super::checkpoint::{Attributes, Checkpoint, Listed, string, thread_id};
use crate::chat::history::ConversationId;
use crate::chat::history::error::{Error, Result, of_sdk};
use crate::domain::UserId;

/// The index of checkpoints by user and activity.
const ACTIVITY_INDEX: &str = "user_id-last_activity-index";
/// All that a list or a removal needs: everything but the state.
const WITHOUT_STATE: &str = "thread_id, checkpoint_id, next_checkpoint_id, #sequence, user_id, \
     last_activity, created_at, expires_at, message_count, #metadata, #encoding, object_id";
/// How many removals one request takes.
const BATCH: usize = 25;
/// How often what a batch left over is asked for again.
const BATCH_ATTEMPTS: usize = 5;
/// How many checkpoints of a list come in one page.
const PAGE: i32 = 50;

/// What writing a checkpoint ends in.
pub(super) enum Put {
    Done,
    /// Another writer was faster.
    Taken,
}

/// The table.
#[derive(Debug)]
pub(super) struct Table {
    client: Client,
    name: String,
    /// Whether the last call was answered.
    reached: AtomicBool,
}

impl Table {
    pub(super) fn new(config: &SdkConfig, name: &str) -> Self {
        Self {
            client: Client::new(config),
            name: name.to_owned(),
            reached: AtomicBool::new(true),
        }
    }

    pub(super) fn reached(&self) -> bool {
        self.reached.load(Ordering::Relaxed)
    }

    /// Notes whether there was an answer.
    fn answered<T, E>(
        &self,
        purpose: &'static str,
        answer: std::result::Result<T, SdkError<E>>,
    ) -> Result<T>
    where
        E: std::error::Error + ProvideErrorMetadata + Send + Sync + 'static,
    {
        let answer = answer.map_err(|error| of_sdk(purpose, error));
        let reached = !matches!(answer, Err(Error::Unavailable(_) | Error::Denied(_)));
        self.reached.store(reached, Ordering::Relaxed);
        answer
    }

    /// The latest checkpoint of a conversation, whatever has become of it.
    pub(super) async fn latest(
        &self,
        user: &UserId,
        id: &ConversationId,
    ) -> Result<Option<Checkpoint>> {
        let answer = self
            .client
            .query()
            .table_name(&self.name)
            .key_condition_expression("thread_id = :thread")
            .expression_attribute_values(":thread", AttributeValue::S(thread_id(user, id)))
            .scan_index_forward(false)
            .limit(1)
            .consistent_read(true)
            .send()
            .await;
        let answer = self.answered("read the latest checkpoint", answer)?;
        let latest = answer.items().first();
        Ok(latest.map(Checkpoint::read).transpose()?)
    }

    /// Writes a checkpoint unless its place is taken.
    pub(super) async fn put(
        &self,
        user: &UserId,
        id: &ConversationId,
        checkpoint: &Checkpoint,
        now: OffsetDateTime,
    ) -> Result<Put> {
        let answer = self
            .client
            .put_item()
            .table_name(&self.name)
            .set_item(Some(checkpoint.attributes(user, id, now)))
            .condition_expression("attribute_not_exists(thread_id)")
            .send()
            .await;
        let taken = |error: &SdkError<_>| {
            let error = error.as_service_error();
            error.is_some_and(
                aws_sdk_dynamodb::operation::put_item::PutItemError::is_conditional_check_failed_exception,
            )
        };
        match answer {
            Err(error) if taken(&error) => Ok(Put::Taken),
            answer => self
                .answered("write the checkpoint", answer)
                .map(|_| Put::Done),
        }
    }

    /// The checkpoints of a conversation before one, the latest first, without their states.
    pub(super) async fn before(
        &self,
        user: &UserId,
        id: &ConversationId,
        checkpoint: Uuid,
    ) -> Result<Vec<Checkpoint>> {
        let (mut found, mut start) = (Vec::new(), None);
        loop {
            let answer = self
                .client
                .query()
                .table_name(&self.name)
                .key_condition_expression("thread_id = :thread AND checkpoint_id < :id")
                .expression_attribute_values(":thread", AttributeValue::S(thread_id(user, id)))
                .expression_attribute_values(":id", AttributeValue::S(checkpoint.to_string()))
                .projection_expression(WITHOUT_STATE)
                .expression_attribute_names("#sequence", "sequence")
                .expression_attribute_names("#metadata", "metadata")
                .expression_attribute_names("#encoding", "encoding")
                .scan_index_forward(false)
                .set_exclusive_start_key(start)
                .send()
                .await;
            let answer = self.answered("read the earlier checkpoints", answer)?;
            for attributes in answer.items() {
                found.push(Checkpoint::read(attributes)?);
            }
            start = answer.last_evaluated_key;
            if start.is_none() {
                return Ok(found);
            }
        }
    }

    /// Removes checkpoints.
    pub(super) async fn remove(
        &self,
        user: &UserId,
        id: &ConversationId,
        checkpoints: &[Checkpoint],
    ) -> Result<()> {
        for batch in checkpoints.chunks(BATCH) {
            let requests = batch.iter().map(|checkpoint| removal(user, id, checkpoint));
            let mut requests: Vec<_> = requests.collect::<anyhow::Result<_>>()?;
            for _ in 0..BATCH_ATTEMPTS {
                let answer = self
                    .client
                    .batch_write_item()
                    .request_items(&self.name, requests)
                    .send()
                    .await;
                let answer = self.answered("remove checkpoints", answer)?;
                let mut left = answer.unprocessed_items.unwrap_or_default();
                requests = left.remove(&self.name).unwrap_or_default();
                if requests.is_empty() {
                    break;
                }
            }
            if !requests.is_empty() {
                let left = requests.len();
                return Err(Error::Unavailable(anyhow::anyhow!(
                    "{left} checkpoints were not removed"
                )));
            }
        }
        Ok(())
    }

    /// A user's checkpoints without their states, the latest activity first.
    pub(super) fn by_activity<'a>(&'a self, user: &UserId) -> ByActivity<'a> {
        ByActivity {
            table: self,
            user: user.to_string(),
            page: VecDeque::new(),
            start: None,
            last: false,
        }
    }

    /// Everybody who has a checkpoint that has not expired, in order.
    pub(super) async fn users(&self, now: OffsetDateTime) -> Result<Vec<UserId>> {
        let (mut users, mut start) = (BTreeSet::new(), None);
        loop {
            let answer = self
                .client
                .scan()
                .table_name(&self.name)
                .projection_expression(WITHOUT_STATE)
                .expression_attribute_names("#sequence", "sequence")
                .expression_attribute_names("#metadata", "metadata")
                .expression_attribute_names("#encoding", "encoding")
                .set_exclusive_start_key(start)
                .send()
                .await;
            let answer = self.answered("read the whole table", answer)?;
            for attributes in answer.items() {
                if Checkpoint::read(attributes)?.is_alive(now) {
                    let user = string(attributes, "user_id")?.to_owned();
                    users.insert(UserId::try_from(user).map_err(anyhow::Error::from)?);
                }
            }
            start = answer.last_evaluated_key;
            if start.is_none() {
                return Ok(users.into_iter().collect());
            }
        }
    }

    /// Looks for what is not there: proof that the table is.
    pub(super) async fn probe(&self) -> Result<()> {
        let answer = self
            .client
            .get_item()
            .table_name(&self.name)
            .key("thread_id", AttributeValue::S("probe".to_owned()))
            .key("checkpoint_id", AttributeValue::S("probe".to_owned()))
            .send()
            .await;
        self.answered("read from the table", answer).map(drop)
    }
}

fn removal(
    user: &UserId,
    id: &ConversationId,
    checkpoint: &Checkpoint,
) -> anyhow::Result<WriteRequest> {
    let request = DeleteRequest::builder()
        .key("thread_id", AttributeValue::S(thread_id(user, id)))
        .key(
            "checkpoint_id",
            AttributeValue::S(checkpoint.id.to_string()),
        )
        .build()
        .context("make a request to remove a checkpoint")?;
    Ok(WriteRequest::builder().delete_request(request).build())
}

/// The rows of the index, page by page.
pub(super) struct ByActivity<'a> {
    table: &'a Table,
    user: String,
    page: VecDeque<Listed>,
    start: Option<Attributes>,
    last: bool,
}

impl ByActivity<'_> {
    /// The next row.
    pub(super) async fn next(&mut self) -> Result<Option<Listed>> {
        while self.page.is_empty() && !self.last {
            let answer = self
                .table
                .client
                .query()
                .table_name(&self.table.name)
                .index_name(ACTIVITY_INDEX)
                .key_condition_expression("user_id = :user")
                .expression_attribute_values(":user", AttributeValue::S(self.user.clone()))
                .projection_expression(WITHOUT_STATE)
                .expression_attribute_names("#sequence", "sequence")
                .expression_attribute_names("#metadata", "metadata")
                .expression_attribute_names("#encoding", "encoding")
                .scan_index_forward(false)
                .limit(PAGE)
                .set_exclusive_start_key(self.start.take())
                .send()
                .await;
            let answer = self.table.answered("list the checkpoints", answer)?;
            for attributes in answer.items() {
                self.page.push_back(Listed::read(attributes)?);
            }
            self.start = answer.last_evaluated_key;
            self.last = self.start.is_none();
        }
        Ok(self.page.pop_front())
    }
}
