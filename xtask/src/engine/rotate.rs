//! A rotation that Secrets Manager does: begun, waited for, and proved where it counts.

use std::time::Duration;

use serde_json::json;

use crate::cloud::Cloud;
use crate::cloud::functions::Answer;
use crate::engine::live::ALIAS;
use crate::error::{Error, Result};
use crate::event::Events;

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

/// A function signs in with the password that stands, so that it knows that one, as functions that
/// run do. Where it is refused, RDS mends what it manages; elsewhere nobody could sign in to do so.
pub async fn before(cloud: &Cloud, events: &Events, ops: &str, managed: bool) -> Result<()> {
    let Answer::Failed(said) = sign_in(cloud, ops).await? else {
        return Ok(());
    };
    let what = format!("functions do not sign in with the password that stands: {said}");
    if managed {
        events.warn(format!("{what}; RDS sets a new one"));
        return Ok(());
    }
    Err(Error::failed(what).hint(
        "put the one that counts into .env as DATABASE_PASSWORD, then: cargo xtask secrets populate",
    ))
}

/// A function that runs signs in anew; says whether it had to look the password up.
pub async fn prove(cloud: &Cloud, ops: &str) -> Result<bool> {
    match sign_in(cloud, ops).await? {
        Answer::Value(value) => Ok(value["looked_up"] == true),
        Answer::Failed(said) => Err(Error::failed(format!(
            "functions do not sign in with the new password: {said}"
        ))
        .hint("it is in the database's secret; functions look it up within five minutes")),
    }
}

async fn sign_in(cloud: &Cloud, ops: &str) -> Result<Answer> {
    let request = json!({ "probe": "sign_in" });
    Ok(cloud.functions.invoke(ops, ALIAS, &request).await?)
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use std::time::Duration;

    use super::{before, managed};
    use crate::cloud::fake::{Fake, FakeRotation, Trouble};
    use crate::cloud::functions::Answer;
    use crate::event::Recorder;

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

    #[tokio::test]
    async fn a_refused_password_stops_a_rotation_only_where_nobody_else_can_change_it() {
        let fake = Fake::new();
        let request = r#"{"probe":"sign_in"}"#.to_owned();
        let refused = Answer::Failed("password authentication failed".into());
        fake.with(|world| world.answers.insert(("ops".into(), request), refused));
        let (said, events) = Recorder::pair();
        before(&fake.cloud(), &events, "ops", true).await.unwrap();
        let said = format!("{:?}", said.events());
        assert!(said.contains("RDS sets a new one"), "{said}");
        let error = before(&fake.cloud(), &events, "ops", false).await;
        let error = error.unwrap_err();
        assert!(error.message().contains("that stands"), "{error}");
        assert!(error.hints()[0].contains("secrets populate"));
    }
}
