//! A checkpoint, as attributes of the table and its index.

use std::collections::HashMap;

use anyhow::{Context, Result};
use aws_sdk_dynamodb::types::AttributeValue;
use time::OffsetDateTime;
use uuid::Uuid;

use super::packing::Packed;
use crate::chat::history::{Conversation, ConversationId, Page, Place, Thread};
use crate::domain::UserId;

pub(super) type Attributes = HashMap<String, AttributeValue>;

/// The state of a conversation after a turn.
#[derive(Clone, Debug)]
pub(super) struct Checkpoint {
    /// Its id; later ones sort after earlier ones.
    pub(super) id: Uuid,
    /// The id of the one that will follow it.
    pub(super) next: Uuid,
    /// The how manieth of its conversation it is.
    pub(super) sequence: u64,
    /// What a list shows; nothing where the conversation was removed.
    pub(super) conversation: Option<Conversation>,
    /// The state, or where it is.
    pub(super) packed: Packed,
    /// When it stops being shown, in seconds since 1970.
    pub(super) expires_at: i64,
}

/// The user and the conversation in one. Neither has a `#` in it.
pub(super) fn thread_id(user: &UserId, id: &ConversationId) -> String {
    format!("{user}#{id}")
}

impl Checkpoint {
    /// The one after another.
    pub(super) fn after(
        latest: Option<&Self>,
        thread: Option<&Thread>,
        packed: Packed,
        expires_at: OffsetDateTime,
    ) -> Self {
        let id = latest.map_or_else(first_id, |latest| latest.next);
        Self {
            id,
            next: later_than(id),
            sequence: latest.map_or(0, |latest| latest.sequence) + 1,
            conversation: thread.map(|thread| thread.conversation.clone()),
            packed,
            expires_at: expires_at.unix_timestamp(),
        }
    }

    /// Whether it is to be shown.
    pub(super) fn is_alive(&self, now: OffsetDateTime) -> bool {
        self.conversation.is_some() && self.expires_at > now.unix_timestamp()
    }

    /// All attributes. Those of the index are always among them.
    pub(super) fn attributes(
        &self,
        user: &UserId,
        id: &ConversationId,
        now: OffsetDateTime,
    ) -> Attributes {
        let conversation = self.conversation.as_ref();
        let activity = conversation.map_or(now, |conversation| conversation.updated_at);
        let begun = conversation.map_or(now, |conversation| conversation.created_at);
        let count = conversation.map_or(0, |conversation| conversation.message_count);
        let mut attributes = HashMap::from([
            ("thread_id".to_owned(), text(thread_id(user, id))),
            ("checkpoint_id".to_owned(), text(self.id)),
            ("next_checkpoint_id".to_owned(), text(self.next)),
            ("sequence".to_owned(), number(self.sequence)),
            ("user_id".to_owned(), text(user)),
            ("last_activity".to_owned(), number(seconds(activity))),
            ("created_at".to_owned(), number(seconds(begun))),
            ("expires_at".to_owned(), number(self.expires_at)),
            ("message_count".to_owned(), number(count)),
            (
                "removed".to_owned(),
                AttributeValue::Bool(conversation.is_none()),
            ),
        ]);
        if let Some(conversation) = conversation {
            let shown = HashMap::from([
                ("title".to_owned(), text(&conversation.title)),
                ("preview".to_owned(), text(&conversation.preview)),
                ("session_id".to_owned(), text(id)),
            ]);
            attributes.insert("metadata".to_owned(), AttributeValue::M(shown));
        }
        self.packed.write(&mut attributes);
        attributes
    }

    /// What `attributes` wrote.
    pub(super) fn read(attributes: &Attributes) -> Result<Self> {
        let listed = Listed::read(attributes)?;
        Ok(Self {
            id: listed.checkpoint_id,
            next: Uuid::parse_str(string(attributes, "next_checkpoint_id")?)?,
            sequence: numeral(attributes, "sequence")?.parse()?,
            conversation: listed.conversation,
            packed: Packed::read(attributes)?,
            expires_at: listed.expires_at,
        })
    }
}

/// The id of a conversation's first checkpoint, the same for whoever begins it: a version 7 UUID of
/// the earliest time.
fn first_id() -> Uuid {
    uuid::Builder::from_unix_timestamp_millis(0, &[0; 10]).into_uuid()
}

/// A version 7 UUID of this time, but after another, whatever that machine's clock said.
fn later_than(id: Uuid) -> Uuid {
    let now = Uuid::now_v7();
    if now > id {
        return now;
    }
    Uuid::from_u128(id.as_u128() + 1)
}

/// A checkpoint as the index gives it, without its state.
#[derive(Clone, Debug)]
pub(super) struct Listed {
    pub(super) thread_id: String,
    pub(super) checkpoint_id: Uuid,
    pub(super) last_activity: OffsetDateTime,
    expires_at: i64,
    conversation: Option<Conversation>,
}

impl Listed {
    pub(super) fn read(attributes: &Attributes) -> Result<Self> {
        let thread_id = string(attributes, "thread_id")?;
        let last_activity = time(numeral(attributes, "last_activity")?)?;
        let shown = attributes.get("metadata").map(|value| {
            let shown = value.as_m();
            shown.map_err(|_| anyhow::anyhow!("metadata is no map"))
        });
        let conversation = match shown.transpose()? {
            Some(shown) => Some(Conversation {
                conversation_id: string(shown, "session_id")?.parse()?,
                title: string(shown, "title")?.to_owned(),
                preview: string(shown, "preview")?.to_owned(),
                created_at: time(numeral(attributes, "created_at")?)?,
                updated_at: last_activity,
                message_count: numeral(attributes, "message_count")?.parse()?,
            }),
            None => None,
        };
        Ok(Self {
            thread_id: thread_id.to_owned(),
            checkpoint_id: Uuid::parse_str(string(attributes, "checkpoint_id")?)?,
            last_activity,
            expires_at: numeral(attributes, "expires_at")?.parse()?,
            conversation,
        })
    }

    /// Whether a page shows it.
    pub(super) fn is_wanted(&self, page: &Page, now: OffsetDateTime) -> bool {
        let after = |conversation: &Conversation| {
            let place = page.after.as_ref();
            place.is_none_or(|place| Place::from(conversation) < *place)
        };
        self.expires_at > now.unix_timestamp() && self.conversation.as_ref().is_some_and(after)
    }

    pub(super) fn into_conversation(self) -> Option<Conversation> {
        self.conversation
    }
}

#[allow(
    clippy::needless_pass_by_value,
    reason = "called with values that are made for it"
)]
fn text(value: impl ToString) -> AttributeValue {
    AttributeValue::S(value.to_string())
}

#[allow(
    clippy::needless_pass_by_value,
    reason = "called with values that are made for it"
)]
fn number(value: impl ToString) -> AttributeValue {
    AttributeValue::N(value.to_string())
}

/// Seconds since 1970, with microseconds behind the point.
fn seconds(time: OffsetDateTime) -> String {
    let micros = time.unix_timestamp_nanos() / 1000;
    let (whole, part) = (micros.div_euclid(1_000_000), micros.rem_euclid(1_000_000));
    format!("{whole}.{part:06}")
}

fn time(seconds: &str) -> Result<OffsetDateTime> {
    let (whole, part) = seconds.split_once('.').unwrap_or((seconds, "0"));
    let micros: i128 = format!("{part:0<6}").parse()?;
    let whole: i128 = whole.parse()?;
    let time = OffsetDateTime::from_unix_timestamp_nanos((whole * 1_000_000 + micros) * 1000);
    time.with_context(|| format!("{seconds} is no time"))
}

pub(super) fn string<'a>(attributes: &'a Attributes, name: &str) -> Result<&'a str> {
    let value = attributes.get(name).and_then(|value| value.as_s().ok());
    Ok(value.with_context(|| format!("the checkpoint has no text {name}"))?)
}

fn numeral<'a>(attributes: &'a Attributes, name: &str) -> Result<&'a str> {
    let value = attributes.get(name).and_then(|value| value.as_n().ok());
    Ok(value.with_context(|| format!("the checkpoint has no number {name}"))?)
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use time::OffsetDateTime;

    use super::{first_id, later_than, seconds, time};

    #[test]
    fn times_come_back_to_the_microsecond() {
        for micros in [
            0,
            1,
            1_763_721_600_000_000,
            1_763_721_600_123_456,
            1_763_721_600_100_000,
        ] {
            let moment = OffsetDateTime::from_unix_timestamp_nanos(micros * 1000).unwrap();
            assert_eq!(time(&seconds(moment)).unwrap(), moment, "{micros}");
            // DynamoDB drops zeros at the end.
            let short = seconds(moment);
            let short = short.trim_end_matches('0').trim_end_matches('.');
            assert_eq!(
                time(if short.is_empty() { "0" } else { short }).unwrap(),
                moment
            );
        }
    }

    #[test]
    fn ids_rise_even_where_clocks_go_back() {
        assert!(later_than(first_id()) > first_id());
        let ahead = uuid::Builder::from_unix_timestamp_millis(1 << 47, &[7; 10]).into_uuid();
        let next = later_than(ahead);
        assert!(next > ahead);
        assert_eq!(next.get_version_num(), 7);
    }
}
