//! A rotation that Secrets Manager does: begun, waited for, and proved where it counts.

use std::time::Duration;

use serde_json::json;

use crate::cloud::Cloud;
use crate::cloud::functions::Answer;
use crate::engine::live::ALIAS;
use crate::error::{Error, Result};

/// RDS takes about a minute; longer than this it does not come through.
const PATIENCE: Duration = Duration::from_secs(600);
const BETWEEN_LOOKS: Duration = Duration::from_secs(5);

/// Begins a rotation, or joins one that is under way, and waits for its end.
pub async fn managed(cloud: &Cloud, secret: &str) -> Result<()> {
    let gone = || Error::failed(format!("there is no secret {secret}"));
    let before = cloud.rotation.state(secret).await?.ok_or_else(gone)?;
    if !before.under_way {
        let token = uuid::Uuid::new_v4().to_string();
        cloud.rotation.rotate(secret, &token).await?;
    }
    let begun = cloud.clock.now();
    loop {
        let now = cloud.rotation.state(secret).await?.ok_or_else(gone)?;
        if now.current != before.current && !now.under_way {
            return Ok(());
        }
        let waited = cloud.clock.now().duration_since(begun).unwrap_or_default();
        if waited > PATIENCE {
            let minutes = PATIENCE.as_secs() / 60;
            return Err(Error::failed(format!(
                "the rotation has not ended after {minutes} min; the old password still counts"
            ))
            .hint("what RDS says of it: aws secretsmanager describe-secret --secret-id <arn>")
            .hint("run the command again: it goes on waiting for the same rotation"));
        }
        cloud.clock.sleep(BETWEEN_LOOKS).await;
    }
}

/// A function that runs signs in anew; says whether it had to look the password up.
pub async fn prove(cloud: &Cloud, ops: &str) -> Result<bool> {
    let request = json!({ "probe": "sign_in" });
    match cloud.functions.invoke(ops, ALIAS, &request).await? {
        Answer::Value(value) => Ok(value["looked_up"] == true),
        Answer::Failed(said) => Err(Error::failed(format!(
            "functions do not sign in with the new password: {said}"
        ))
        .hint("it is in the database's secret; functions look it up within five minutes")),
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use std::time::Duration;

    use super::managed;
    use crate::cloud::fake::{Fake, FakeRotation, Trouble};

    fn fake() -> Fake {
        let fake = Fake::new();
        fake.with(|world| {
            let rotation = FakeRotation::default();
            world.rotations.insert("db".into(), rotation);
        });
        fake
    }

    #[tokio::test]
    async fn a_rotation_is_waited_for_and_gives_another_password() {
        let fake = fake();
        managed(&fake.cloud(), "db").await.unwrap();
        fake.with(|world| assert!(world.secrets["db"].expose().contains("rotated-1")));
        assert_eq!(fake.mutations(), ["secretsmanager:RotateSecret"]);
        assert!(fake.elapsed() >= Duration::from_secs(40));
    }

    #[tokio::test]
    async fn a_rotation_under_way_is_joined_and_not_begun_again() {
        let fake = fake();
        fake.with(|world| {
            let rotation = world.rotations.get_mut("db").unwrap();
            rotation.due = Some(Duration::from_secs(9));
        });
        managed(&fake.cloud(), "db").await.unwrap();
        assert!(fake.mutations().is_empty());
    }

    #[tokio::test]
    async fn a_lost_answer_begins_one_rotation_alone() {
        let fake = fake();
        fake.trouble_at("secretsmanager:RotateSecret", Trouble::LostAnswer);
        managed(&fake.cloud(), "db").await.unwrap();
        fake.with(|world| assert_eq!(world.rotations["db"].version, 1));
    }

    #[tokio::test]
    async fn a_rotation_that_never_ends_is_told_and_so_is_a_secret_that_is_gone() {
        let fake = fake();
        fake.with(|world| world.rotations.get_mut("db").unwrap().never_ends = true);
        let error = managed(&fake.cloud(), "db").await.unwrap_err();
        assert!(
            error.message().contains("has not ended after 10 min"),
            "{error}"
        );
        let error = managed(&fake.cloud(), "other").await.unwrap_err();
        assert!(
            error.message().contains("there is no secret other"),
            "{error}"
        );
    }
}
