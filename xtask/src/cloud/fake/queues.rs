//! SQS, in memory: messages that were received are hidden for a while, and come back.

use std::collections::BTreeMap;
use std::time::Duration;

use async_trait::async_trait;

use super::{Fake, World};
use crate::cloud::queues::{Depth, Message, Move, Queues};
use crate::cloud::{CloudError, CloudResult, Fault};

/// A queue of the fake account.
#[derive(Clone, Debug, Default)]
pub(crate) struct FakeQueue {
    pub(crate) messages: Vec<FakeMessage>,
    /// Moves that were asked for, by task: how many messages, and whether it is over.
    tasks: BTreeMap<String, (u64, bool)>,
}

/// A message, and since when and until when it is what it is.
#[derive(Clone, Debug, Default)]
pub(crate) struct FakeMessage {
    pub(crate) message: Message,
    pub(crate) sent: Duration,
    pub(crate) hidden_until: Duration,
}

impl FakeQueue {
    /// A queue with these bodies in it.
    pub(crate) fn of(bodies: &[&str]) -> Self {
        let message = |(at, body): (usize, &&str)| {
            let message = Message {
                id: format!("m{at}"),
                body: (*body).to_owned(),
                ..Message::default()
            };
            FakeMessage {
                message,
                ..FakeMessage::default()
            }
        };
        Self {
            messages: bodies.iter().enumerate().map(message).collect(),
            ..Self::default()
        }
    }

    /// What is in it, in order.
    pub(crate) fn bodies(&self) -> Vec<String> {
        let messages = self.messages.iter();
        messages.map(|held| held.message.body.clone()).collect()
    }
}

fn find<'w>(world: &'w mut World, queue: &str) -> CloudResult<&'w mut FakeQueue> {
    let found = world.queues.get_mut(queue);
    found.ok_or_else(|| {
        let words = "The specified queue does not exist.";
        CloudError::new(
            "sqs:GetQueueUrl",
            Fault::NotFound,
            "QueueDoesNotExist",
            words,
        )
    })
}

#[async_trait]
impl Queues for Fake {
    async fn depth(&self, queue: &str) -> CloudResult<Option<Depth>> {
        self.read("sqs:GetQueueAttributes", |world| {
            let now = world.now;
            Ok(world.queues.get(queue).map(|queue| {
                let hidden = queue.messages.iter().filter(|m| m.hidden_until > now);
                let in_flight = hidden.count();
                Depth {
                    waiting: (queue.messages.len() - in_flight) as u64,
                    in_flight: in_flight as u64,
                }
            }))
        })
        .await
    }

    async fn oldest(&self, queue: &str) -> CloudResult<Option<Duration>> {
        self.read("cloudwatch:GetMetricStatistics", |world| {
            let now = world.now;
            let messages = &find(world, queue)?.messages;
            Ok(messages.iter().map(|held| now - held.sent).max())
        })
        .await
    }

    async fn receive(&self, queue: &str, most: u32, hidden: Duration) -> CloudResult<Vec<Message>> {
        self.write("sqs:ReceiveMessage", |world| {
            let (now, number) = (world.now, world.next());
            let messages = find(world, queue)?.messages.iter_mut();
            let seen = messages.filter(|held| held.hidden_until <= now);
            let received = seen.take(most.min(10) as usize).map(|held| {
                held.hidden_until = now + hidden;
                held.message.receives += 1;
                held.message.receipt = format!("{}-{number}", held.message.id);
                held.message.clone()
            });
            Ok(received.collect())
        })
        .await
    }

    async fn release(&self, queue: &str, receipt: &str) -> CloudResult<()> {
        self.write("sqs:ChangeMessageVisibility", |world| {
            let messages = find(world, queue)?.messages.iter_mut();
            let mut mine = messages.filter(|held| held.message.receipt == receipt);
            if let Some(held) = mine.next() {
                held.hidden_until = Duration::ZERO;
            }
            Ok(())
        })
        .await
    }

    async fn send(&self, queue: &str, message: &Message) -> CloudResult<()> {
        self.write("sqs:SendMessage", |world| {
            let (sent, number) = (world.now, world.next());
            let message = Message {
                id: format!("sent-{number}"),
                receipt: String::new(),
                receives: 0,
                ..message.clone()
            };
            find(world, queue)?.messages.push(FakeMessage {
                message,
                sent,
                hidden_until: Duration::ZERO,
            });
            Ok(())
        })
        .await
    }

    async fn delete(&self, queue: &str, receipt: &str) -> CloudResult<()> {
        self.write("sqs:DeleteMessage", |world| {
            let messages = &mut find(world, queue)?.messages;
            messages.retain(|held| held.message.receipt != receipt);
            Ok(())
        })
        .await
    }

    async fn start_move(&self, from: &str, to: &str) -> CloudResult<Option<String>> {
        self.write("sqs:StartMessageMoveTask", |world| {
            if !world.moves_messages {
                return Ok(None);
            }
            let task = format!("task-{}", world.next());
            let moved = std::mem::take(&mut find(world, from)?.messages);
            let count = moved.len() as u64;
            find(world, to)?.messages.extend(moved);
            find(world, from)?
                .tasks
                .insert(task.clone(), (count, false));
            Ok(Some(task))
        })
        .await
    }

    async fn move_state(&self, from: &str, task: &str) -> CloudResult<Move> {
        self.read("sqs:ListMessageMoveTasks", |world| {
            let task = find(world, from)?.tasks.get_mut(task);
            Ok(match task {
                Some((_, over @ false)) => {
                    *over = true;
                    Move::Running
                }
                Some((moved, _)) => Move::Done { moved: *moved },
                None => Move::Failed {
                    reason: "there is no such task".to_owned(),
                },
            })
        })
        .await
    }

    async fn purge(&self, queue: &str) -> CloudResult<()> {
        self.write("sqs:PurgeQueue", |world| {
            find(world, queue)?.messages.clear();
            Ok(())
        })
        .await
    }
}
