//! SQS, and CloudWatch for how long messages have waited.

use std::time::{Duration, SystemTime};

use async_trait::async_trait;
use aws_config::SdkConfig;
use aws_sdk_cloudwatch::types::{Dimension, Statistic};
use aws_sdk_sqs::types::{
    Message as Received, MessageAttributeValue, MessageSystemAttributeName as System,
    MessageSystemAttributeNameForSends, MessageSystemAttributeValue, QueueAttributeName,
};
use aws_smithy_types::DateTime;

use super::call::{Caller, incomplete};
use crate::cloud::error::optional;
use crate::cloud::queues::{Depth, Message, Move, Queues};
use crate::cloud::{CloudError, CloudResult, Fault};

/// CloudWatch has a value of the last minutes or none.
const LOOK_BACK: Duration = Duration::from_secs(10 * 60);

/// The SDK's queues.
pub(super) struct SdkQueues {
    queues: aws_sdk_sqs::Client,
    metrics: aws_sdk_cloudwatch::Client,
    caller: Caller,
}

impl SdkQueues {
    pub(super) fn new(sdk: &SdkConfig, caller: Caller) -> Self {
        Self {
            queues: aws_sdk_sqs::Client::new(sdk),
            metrics: aws_sdk_cloudwatch::Client::new(sdk),
            caller,
        }
    }

    async fn url(&self, queue: &str) -> CloudResult<String> {
        let get = || self.queues.get_queue_url().queue_name(queue).send();
        let answer = self.caller.call("sqs:GetQueueUrl", get).await?;
        let url = answer.queue_url;
        url.ok_or_else(|| incomplete("sqs:GetQueueUrl", "address"))
    }

    async fn attribute(&self, queue: &str, name: QueueAttributeName) -> CloudResult<String> {
        let url = self.url(queue).await?;
        let get = || {
            let get = self.queues.get_queue_attributes().queue_url(&url);
            get.attribute_names(name.clone()).send()
        };
        let answer = self.caller.call("sqs:GetQueueAttributes", get).await?;
        let value = answer.attributes.and_then(|mut found| found.remove(&name));
        value.ok_or_else(|| incomplete("sqs:GetQueueAttributes", name.as_str()))
    }
}

#[async_trait]
impl Queues for SdkQueues {
    async fn depth(&self, queue: &str) -> CloudResult<Option<Depth>> {
        let Some(url) = optional(self.url(queue).await)? else {
            return Ok(None);
        };
        let get = || {
            let get = self.queues.get_queue_attributes().queue_url(&url);
            get.attribute_names(QueueAttributeName::ApproximateNumberOfMessages)
                .attribute_names(QueueAttributeName::ApproximateNumberOfMessagesNotVisible)
                .send()
        };
        let answer = self.caller.call("sqs:GetQueueAttributes", get).await?;
        let number = |name: QueueAttributeName| {
            let attributes = answer.attributes.as_ref();
            let value = attributes.and_then(|found| found.get(&name));
            value
                .and_then(|value| value.parse().ok())
                .ok_or_else(|| incomplete("sqs:GetQueueAttributes", name.as_str()))
        };
        Ok(Some(Depth {
            waiting: number(QueueAttributeName::ApproximateNumberOfMessages)?,
            in_flight: number(QueueAttributeName::ApproximateNumberOfMessagesNotVisible)?,
        }))
    }

    async fn oldest(&self, queue: &str) -> CloudResult<Option<Duration>> {
        let now = SystemTime::now();
        let dimension = Dimension::builder().name("QueueName").value(queue).build();
        let get = || {
            self.metrics
                .get_metric_statistics()
                .namespace("AWS/SQS")
                .metric_name("ApproximateAgeOfOldestMessage")
                .dimensions(dimension.clone())
                .start_time(DateTime::from(now - LOOK_BACK))
                .end_time(DateTime::from(now))
                .period(60)
                .statistics(Statistic::Maximum)
                .send()
        };
        let answer = self.caller.call("cloudwatch:GetMetricStatistics", get);
        let mut points = answer.await?.datapoints.unwrap_or_default();
        points.sort_by_key(|point| point.timestamp.map(|time| time.secs()));
        let latest = points.last().and_then(|point| point.maximum);
        Ok(latest.and_then(|seconds| Duration::try_from_secs_f64(seconds).ok()))
    }

    async fn receive(&self, queue: &str, most: u32, hidden: Duration) -> CloudResult<Vec<Message>> {
        let url = self.url(queue).await?;
        let hidden = i32::try_from(hidden.as_secs()).unwrap_or(i32::MAX);
        let receive = || {
            self.queues
                .receive_message()
                .queue_url(&url)
                .max_number_of_messages(i32::try_from(most.clamp(1, 10)).unwrap_or(10))
                .visibility_timeout(hidden)
                // A short poll asks some of the servers only, and may find nothing.
                .wait_time_seconds(1)
                .message_attribute_names("All")
                .message_system_attribute_names(System::All)
                .send()
        };
        let answer = self.caller.call("sqs:ReceiveMessage", receive).await?;
        let received = answer.messages.unwrap_or_default().into_iter();
        received.map(message).collect()
    }

    async fn release(&self, queue: &str, receipt: &str) -> CloudResult<()> {
        let url = self.url(queue).await?;
        let release = || {
            let change = self.queues.change_message_visibility().queue_url(&url);
            change.receipt_handle(receipt).visibility_timeout(0).send()
        };
        let call = self.caller.call("sqs:ChangeMessageVisibility", release);
        call.await.map(drop)
    }

    async fn send(&self, queue: &str, message: &Message) -> CloudResult<()> {
        let url = self.url(queue).await?;
        let attributes = message.attributes.iter().map(|(name, value)| {
            let value = text(value)
                .build()
                .map_err(|_| incomplete("sqs:SendMessage", "attribute"))?;
            Ok((name.clone(), value))
        });
        let attributes: Vec<_> = attributes.collect::<CloudResult<_>>()?;
        let send = || {
            let mut send = self.queues.send_message().queue_url(&url);
            send = send.message_body(&message.body);
            for (name, value) in &attributes {
                send = send.message_attributes(name, value.clone());
            }
            let trace = message.trace.as_ref().and_then(|trace| {
                let value = MessageSystemAttributeValue::builder().data_type("String");
                value.string_value(trace).build().ok()
            });
            if let Some(trace) = trace {
                let name = MessageSystemAttributeNameForSends::AwsTraceHeader;
                send = send.message_system_attributes(name, trace);
            }
            send.send()
        };
        self.caller.call("sqs:SendMessage", send).await.map(drop)
    }

    async fn delete(&self, queue: &str, receipt: &str) -> CloudResult<()> {
        let url = self.url(queue).await?;
        let delete = || {
            let delete = self.queues.delete_message().queue_url(&url);
            delete.receipt_handle(receipt).send()
        };
        self.caller
            .call("sqs:DeleteMessage", delete)
            .await
            .map(drop)
    }

    async fn start_move(&self, from: &str, to: &str) -> CloudResult<Option<String>> {
        let from = self.attribute(from, QueueAttributeName::QueueArn).await?;
        let to = self.attribute(to, QueueAttributeName::QueueArn).await?;
        let start = || {
            let start = self.queues.start_message_move_task();
            start.source_arn(&from).destination_arn(&to).send()
        };
        match self.caller.call("sqs:StartMessageMoveTask", start).await {
            Ok(answer) => Ok(answer.task_handle),
            Err(error) if is_not_supported(&error) => Ok(None),
            Err(error) => Err(error),
        }
    }

    async fn move_state(&self, from: &str, _task: &str) -> CloudResult<Move> {
        let arn = self.attribute(from, QueueAttributeName::QueueArn).await?;
        // The latest comes first. A finished task has no handle any more to be told apart by, and
        // one queue has one at a time.
        let list = || {
            let list = self.queues.list_message_move_tasks();
            list.source_arn(&arn).max_results(1).send()
        };
        let answer = self.caller.call("sqs:ListMessageMoveTasks", list).await?;
        let task = answer.results.unwrap_or_default().into_iter().next();
        let task = task.ok_or_else(|| incomplete("sqs:ListMessageMoveTasks", "task"))?;
        let moved = u64::try_from(task.approximate_number_of_messages_moved).unwrap_or_default();
        Ok(match task.status.as_deref().unwrap_or_default() {
            "COMPLETED" => Move::Done { moved },
            "RUNNING" | "CANCELLING" => Move::Running,
            other => Move::Failed {
                reason: task.failure_reason.unwrap_or_else(|| other.to_owned()),
            },
        })
    }

    async fn purge(&self, queue: &str) -> CloudResult<()> {
        let url = self.url(queue).await?;
        let purge = || self.queues.purge_queue().queue_url(&url).send();
        self.caller.call("sqs:PurgeQueue", purge).await.map(drop)
    }
}

fn is_not_supported(error: &CloudError) -> bool {
    let code = error.code.as_str();
    error.fault == Fault::Invalid
        && ["InvalidAction", "UnsupportedOperation"]
            .iter()
            .any(|known| code.ends_with(known))
}

fn text(value: &str) -> aws_sdk_sqs::types::builders::MessageAttributeValueBuilder {
    MessageAttributeValue::builder()
        .data_type("String")
        .string_value(value)
}

fn message(received: Received) -> CloudResult<Message> {
    let system = received.attributes.unwrap_or_default();
    let number = |name: System| system.get(&name)?.parse::<u64>().ok();
    let sent = number(System::SentTimestamp);
    let attributes = received.message_attributes.unwrap_or_default().into_iter();
    let receipt = received.receipt_handle;
    Ok(Message {
        id: received.message_id.unwrap_or_default(),
        receipt: receipt.ok_or_else(|| incomplete("sqs:ReceiveMessage", "receipt"))?,
        body: received.body.unwrap_or_default(),
        sent: sent.map(|millis| SystemTime::UNIX_EPOCH + Duration::from_millis(millis)),
        receives: number(System::ApproximateReceiveCount)
            .and_then(|count| u32::try_from(count).ok())
            .unwrap_or_default(),
        trace: system.get(&System::AwsTraceHeader).cloned(),
        attributes: attributes
            .filter_map(|(name, value)| Some((name, value.string_value?)))
            .collect(),
    })
}
