//! `destroy`: take an environment away, after the user typed its name.

use std::path::Path;

use super::environment::open;
use super::{interrupt, users};
use crate::cloud::Cloud;
use crate::context::Context;
use crate::engine::desired::Desired;
use crate::engine::destroy::{self, Demolition, Gone};
use crate::engine::live::Live;
use crate::engine::lock::Lock;
use crate::engine::stop::Stop;
use crate::environments::EnvArg;
use crate::error::Result;
use crate::event::{Event, Events};
use crate::report::Outcome;

/// Options of `destroy`.
#[derive(clap::Args)]
pub struct Args {
    #[command(flatten)]
    env: EnvArg,
    /// The environment's name once more, instead of typing it
    #[arg(long, value_name = "ENV")]
    confirm: Option<String>,
}

/// Shows what goes and what stays, asks, does it.
pub(super) async fn run(ctx: &Context, args: Args) -> Result<Outcome> {
    let stop = Stop::default();
    let again = format!(
        "go on where this ended: cargo xtask destroy --env {}",
        args.env.env
    );
    interrupt::heard(ctx.events(), &stop, &again, start(ctx, &args, &stop)).await
}

async fn start(ctx: &Context, args: &Args, stop: &Stop) -> Result<Outcome> {
    let opened = open(ctx, &args.env).await?;
    let (cloud, desired) = (&opened.cloud, &opened.desired);
    let (demolition, live) = destroy::look(desired, cloud).await?;
    if demolition.is_empty() {
        return Outcome::of(&demolition);
    }
    demolition.check(desired)?;
    ctx.events().emit(Event::Planned {
        plan: demolition.to_string(),
    });
    let name = &args.env.env;
    demolition.agreed(name, args.confirm.as_deref(), ctx.ask())?;
    let _at_work = stop.enter();
    let bucket = opened.bucket_that_stands(ctx).await?;
    let leaving = Leaving {
        cloud,
        events: ctx.events(),
        root: ctx.root(),
        journals: &ctx.journals(),
        desired,
        live: &live,
        demolition: &demolition,
        stop,
    };
    leaving.run(&bucket).await?;
    Outcome::of(&Gone {
        environment: demolition.environment,
        kept: demolition.kept,
    })
}

/// What was agreed on.
struct Leaving<'a> {
    cloud: &'a Cloud,
    events: &'a Events,
    root: &'a Path,
    journals: &'a Path,
    desired: &'a Desired,
    live: &'a Live,
    demolition: &'a Demolition,
    stop: &'a Stop,
}

impl Leaving<'_> {
    /// Under the environment's lock: somebody else's work is not taken the ground from under.
    async fn run(&self, bucket: &str) -> Result<()> {
        let name = &self.demolition.environment;
        let work = async {
            if name != "prod" {
                self.users(name).await?;
            }
            let (cloud, events) = (self.cloud, self.events);
            self.demolition
                .run(self.desired, self.live, cloud, events, self.stop)
                .await
        };
        Lock::new(self.cloud, bucket, name)
            .during(self.journals, work)
            .await
    }

    /// The users that were made from here; a pool that is kept would keep them.
    async fn users(&self, name: &str) -> Result<()> {
        let auth = self.live.stacks.get("auth");
        let pool = auth.and_then(|auth| auth.stack.outputs.get("CognitoUserPoolId"));
        let mut emails = users::emails(self.root, name)?;
        emails.push(users::TEST_USER.to_owned());
        for email in emails {
            if let Some(pool) = pool {
                self.cloud.users.remove(pool, &email).await?;
            }
            users::forget(self.root, name, &email)?;
        }
        Ok(())
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use std::collections::BTreeMap;

    use super::*;
    use crate::cloud::fake::{Fake, Trouble};
    use crate::cloud::stacks::{LiveStack, StackStatus};
    use crate::engine::live::Standing;
    use crate::error::Kind;
    use crate::event::Recorder;

    const BUCKET: &str = "artifacts";
    const KEPT: &str = r#"{ "ann@example.com": { "user_id": "sub-1" } }"#;

    /// A checkout from where somebody signed in.
    async fn checkout(fake: &Fake) -> tempfile::TempDir {
        fake.cloud()
            .users
            .create("pool", "ann@example.com")
            .await
            .unwrap();
        fake.with(|world| drop(world.buckets.insert(BUCKET.into(), BTreeMap::new())));
        let root = tempfile::tempdir().unwrap();
        std::fs::create_dir_all(root.path().join(".local/users")).unwrap();
        std::fs::write(root.path().join(".local/users/dev.json"), KEPT).unwrap();
        root
    }

    async fn leave(fake: &Fake, root: &Path) -> Result<()> {
        let (_, events) = Recorder::pair();
        let auth = Standing {
            stack: LiveStack {
                stack_id: "1".into(),
                status: StackStatus::CreateComplete,
                reason: None,
                parameters: BTreeMap::new(),
                outputs: BTreeMap::from([("CognitoUserPoolId".to_owned(), "pool".to_owned())]),
                tags: BTreeMap::new(),
                protected: false,
            },
            template: serde_json::Value::Null,
        };
        let live = Live {
            stacks: BTreeMap::from([("auth".to_owned(), auth)]),
            ..Live::default()
        };
        let desired = Desired {
            unwanted: Vec::new(),
            environment: "dev".into(),
            stacks: Vec::new(),
            functions: Vec::new(),
            protected: false,
            express: false,
        };
        let demolition = Demolition {
            environment: "dev".into(),
            ..Demolition::default()
        };
        let leaving = Leaving {
            cloud: &fake.cloud(),
            events: &events,
            root,
            journals: &root.join("journal"),
            desired: &desired,
            live: &live,
            demolition: &demolition,
            stop: &Stop::default(),
        };
        leaving.run(BUCKET).await
    }

    #[tokio::test]
    async fn users_stay_while_somebody_else_has_the_lock() {
        let fake = Fake::new();
        let root = checkout(&fake).await;
        let cloud = fake.cloud();
        let theirs = Lock::new(&cloud, BUCKET, "dev");
        theirs.take("theirs").await.unwrap();
        let error = leave(&fake, root.path()).await.unwrap_err();
        assert_eq!(error.kind(), Kind::Conflict);
        assert_eq!(fake.with(|world| world.users.len()), 1);
        assert_eq!(
            users::emails(root.path(), "dev").unwrap(),
            ["ann@example.com"]
        );
        theirs.release("theirs").await.unwrap();
        leave(&fake, root.path()).await.unwrap();
        assert_eq!(fake.with(|world| world.users.len()), 0);
        assert!(users::emails(root.path(), "dev").unwrap().is_empty());
    }

    #[tokio::test]
    async fn who_is_not_removed_is_not_forgotten() {
        let fake = Fake::new();
        let root = checkout(&fake).await;
        fake.trouble_at("cognito-idp:AdminDeleteUser", Trouble::CrashBefore);
        leave(&fake, root.path()).await.unwrap_err();
        assert_eq!(
            users::emails(root.path(), "dev").unwrap(),
            ["ann@example.com"]
        );
        fake.restart();
        leave(&fake, root.path()).await.unwrap();
        assert_eq!(fake.with(|world| world.users.len()), 0);
    }
}
