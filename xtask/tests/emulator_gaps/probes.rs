//! Whether a gap is open: one probe each, of what happens where that can be seen, else of what
//! the service says.

use std::time::Duration;

use aws_sdk_dynamodb::types::{PointInTimeRecoveryStatus, TimeToLiveStatus};
use aws_sdk_eventbridge::types::PutEventsRequestEntry;
use aws_sdk_s3::types::{ObjectOwnership, ServerSideEncryption};
use xtask::engine::steps::emulator_gaps::Gap;

use crate::stack::Stack;

pub(crate) async fn is_open(stack: &Stack, gap: Gap) -> bool {
    match gap {
        Gap::TableExpiry => table_expiry(stack).await,
        Gap::TableBackups => table_backups(stack).await,
        Gap::TableEncryption => table_encryption(stack).await,
        Gap::BucketExpiry => bucket_expiry(stack).await,
        Gap::BucketEncryption => bucket_encryption(stack).await,
        Gap::BucketOwnership => bucket_ownership(stack).await,
        Gap::FunctionDeadLetters => function_dead_letters(stack).await,
        Gap::TargetDeadLetters => target_dead_letters(stack).await,
        Gap::StageThrottling => !statuses(stack).await.contains(&429),
        Gap::StageAccessLogs => stage_access_logs(stack).await,
        Gap::SecretReference => !stack.output("Secret").starts_with("arn:"),
    }
}

async fn table_expiry(stack: &Stack) -> bool {
    let ask = aws_sdk_dynamodb::Client::new(&stack.aws).describe_time_to_live();
    let told = ask.table_name(stack.output("Table")).send().await.unwrap();
    let status = told.time_to_live_description().unwrap();
    status.time_to_live_status() == Some(&TimeToLiveStatus::Disabled)
}

async fn table_backups(stack: &Stack) -> bool {
    let ask = aws_sdk_dynamodb::Client::new(&stack.aws).describe_continuous_backups();
    let told = ask.table_name(stack.output("Table")).send().await.unwrap();
    let backups = told.continuous_backups_description().unwrap();
    let recovery = backups.point_in_time_recovery_description().unwrap();
    recovery.point_in_time_recovery_status() == Some(&PointInTimeRecoveryStatus::Disabled)
}

async fn table_encryption(stack: &Stack) -> bool {
    let ask = aws_sdk_dynamodb::Client::new(&stack.aws).describe_table();
    let told = ask.table_name(stack.output("Table")).send().await.unwrap();
    told.table().unwrap().sse_description().is_none()
}

fn s3(stack: &Stack) -> aws_sdk_s3::Client {
    let config = aws_sdk_s3::config::Builder::from(&stack.aws).force_path_style(true);
    aws_sdk_s3::Client::from_conf(config.build())
}

async fn bucket_expiry(stack: &Stack) -> bool {
    let ask = s3(stack).get_bucket_lifecycle_configuration();
    let refused = ask.bucket(stack.output("Bucket")).send().await.err();
    refused.is_some_and(|error| format!("{error:?}").contains("NoSuchLifecycleConfiguration"))
}

async fn bucket_encryption(stack: &Stack) -> bool {
    let ask = s3(stack).get_bucket_encryption();
    let told = ask.bucket(stack.output("Bucket")).send().await.unwrap();
    let rules = told.server_side_encryption_configuration().unwrap().rules();
    let set = rules[0].apply_server_side_encryption_by_default().unwrap();
    *set.sse_algorithm() == ServerSideEncryption::Aes256
}

async fn bucket_ownership(stack: &Stack) -> bool {
    let ask = s3(stack).get_bucket_ownership_controls();
    let told = ask.bucket(stack.output("Bucket")).send().await.unwrap();
    let rules = told.ownership_controls().unwrap().rules();
    *rules[0].object_ownership() == ObjectOwnership::BucketOwnerEnforced
}

async fn function_dead_letters(stack: &Stack) -> bool {
    let ask = aws_sdk_lambda::Client::new(&stack.aws).get_function_configuration();
    let ask = ask.function_name(stack.output("Function"));
    ask.send().await.unwrap().dead_letter_config().is_none()
}

/// The same event goes to a queue that is not there and to one that is. Once the latter has it,
/// the dead letter queue of the former should soon have it too.
async fn target_dead_letters(stack: &Stack) -> bool {
    let event = PutEventsRequestEntry::builder().source("gaps");
    let event = event.detail_type("Probe").detail("{}").build();
    let bus = aws_sdk_eventbridge::Client::new(&stack.aws);
    bus.put_events().entries(event).send().await.unwrap();
    assert!(
        receives(stack, "Arriving", 10).await,
        "the rule does not work"
    );
    !receives(stack, "Dead", 2).await
}

async fn receives(stack: &Stack, queue: &str, seconds: i32) -> bool {
    let ask = aws_sdk_sqs::Client::new(&stack.aws).receive_message();
    let ask = ask
        .queue_url(stack.output(queue))
        .wait_time_seconds(seconds);
    !ask.send().await.unwrap().messages().is_empty()
}

/// Of more requests at once than the stage allows.
async fn statuses(stack: &Stack) -> Vec<u16> {
    let url = format!(
        "{}/_aws/execute-api/{}/ready",
        stack.endpoint,
        stack.output("Api")
    );
    let client = reqwest::Client::new();
    let asked = (0..10).map(|_| async { client.get(&url).send().await.unwrap().status().as_u16() });
    let statuses = futures::future::join_all(asked).await;
    assert!(
        statuses.contains(&200),
        "the route does not work: {statuses:?}"
    );
    statuses
}

async fn stage_access_logs(stack: &Stack) -> bool {
    statuses(stack).await;
    tokio::time::sleep(Duration::from_secs(1)).await;
    let ask = aws_sdk_cloudwatchlogs::Client::new(&stack.aws).describe_log_streams();
    let ask = ask.log_group_name(stack.output("AccessLogs"));
    ask.send().await.unwrap().log_streams().is_empty()
}
