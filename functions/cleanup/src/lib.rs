//! Counts chat checkpoints and says how many have expired. It removes none; the table does, within
//! two days of their expiry, and readers skip expired ones until then.

use anyhow::Result;
use collections_core::checkpoints::{CheckpointTable, Counts};
use collections_core::contract::functions::Cleanup;
use collections_core::telemetry::{Metrics, Unit};

/// Counts what there is, and what had expired at `now` (seconds since 1970).
pub async fn report(table: &CheckpointTable<Cleanup>, now: i64) -> Result<Counts> {
    let counts = table.count(now).await?;
    tracing::info!(
        total = counts.total,
        expired = counts.expired,
        "checkpoints counted"
    );
    Metrics::of::<Cleanup>()
        .add("Checkpoints", Unit::Count, counts.total as f64)
        .add("ExpiredCheckpoints", Unit::Count, counts.expired as f64)
        .write();
    Ok(counts)
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use collections_core::contract::EnvKey;
    use collections_core::contract::functions::Cleanup;
    use collections_core::{Cloud, Settings};
    use serde_json::{Value, json};
    use testkit::FakeAws;

    use super::report;

    fn row(expires_at: &Value) -> Value {
        json!({"thread_id": {"S": "u#s"}, "expires_at": {"N": expires_at}})
    }

    async fn world() -> (FakeAws, Cloud<Cleanup>) {
        let aws = FakeAws::start().await;
        let table = (EnvKey::CheckpointTableName, "checkpoints".to_owned());
        let cloud = Cloud::new(Settings::from_values([table]), aws.config());
        (aws, cloud)
    }

    #[tokio::test]
    async fn expired_checkpoints_are_counted_and_none_is_removed() {
        let (aws, cloud) = world().await;
        let rows: Vec<_> = ["90", "100", "101", "no number"]
            .map(|at| row(&json!(at)))
            .into_iter()
            .chain([json!({"thread_id": {"S": "u#without"}})])
            .collect();
        aws.state().rows.clone_from(&rows);
        let counts = report(&cloud.checkpoints().unwrap(), 100).await.unwrap();
        assert_eq!((counts.total, counts.expired), (5, 2));
        let answer = serde_json::to_value(counts).unwrap();
        assert_eq!(answer, json!({"total": 5, "expired": 2}));
        assert_eq!(aws.state().rows, rows);
    }

    #[tokio::test]
    async fn an_empty_table_is_no_trouble_and_one_that_cannot_be_read_is() {
        let (aws, cloud) = world().await;
        let table = cloud.checkpoints().unwrap();
        assert_eq!(report(&table, 100).await.unwrap().total, 0);
        aws.state().failures = 9;
        let error = format!("{:#}", report(&table, 100).await.unwrap_err());
        assert!(error.contains("scan table checkpoints"), "{error}");
    }
}
