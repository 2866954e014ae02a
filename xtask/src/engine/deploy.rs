//! The deploy graph from end to end: look, plan, ask, and only then change anything.

mod approve;
mod overwrites;
mod recovery;
mod verify;

use std::path::PathBuf;

use futures::future::try_join_all;

use super::apply::{Apply, Values, serving, sweep};
use super::desired::Desired;
use super::hotswap;
use super::journal::Journal;
use super::live::{self, Live};
use super::lock::{Lock, seconds};
use super::phases::{Deployed, Extra, Phase, Selection};
use super::plan::{Consent, Plan, Prices, Schemas, StackAction};
use super::preflight::Preflight;
use super::resolve::Sources;
use super::stop::Stop;
use super::traffic::Traffic;
use super::{bootstrap, destroy, images, stack_events};
use crate::artifacts::{self, Artifacts};
use crate::ask::Ask;
use crate::cloud::Cloud;
use crate::cloud::functions::LATEST;
use crate::cloud::identity::Caller;
use crate::error::{Kind, Result};
use crate::event::Events;

/// What a deploy works with.
pub struct Deploy<'a> {
    /// Where.
    pub cloud: &'a Cloud,
    /// Who hears of it.
    pub events: &'a Events,
    /// Who is asked.
    pub ask: &'a dyn Ask,
    /// What is wanted.
    pub desired: &'a Desired,
    /// What replaces a resource.
    pub schemas: &'a dyn Schemas,
    /// What was built; without it the code that is deployed stays.
    pub artifacts: Option<&'a Artifacts>,
    /// What templates cost, where that is to be shown.
    pub prices: Option<&'a dyn Prices>,
    /// The phases after the stacks.
    pub extras: &'a [Box<dyn Extra>],
    /// What the user chose.
    pub options: &'a Options,
    /// Whether the user wants an end.
    pub stop: &'a Stop,
    /// Where journals lie.
    pub journals: PathBuf,
}

/// What the user chose.
#[derive(Clone, Debug, Default)]
pub struct Options {
    /// Do not ask.
    pub yes: bool,
    /// What is allowed by name.
    pub consent: Consent,
    /// Which phases and stacks.
    pub selection: Selection,
    /// Write the plan here and end.
    pub plan_out: Option<PathBuf>,
    /// Apply this plan or nothing.
    pub plan: Option<PathBuf>,
    /// Go on with rollbacks that failed.
    pub continue_rollback: bool,
    /// Resources those rollbacks leave out, as `stack.LogicalId`.
    pub skip_resources: Vec<String>,
}

/// How a deploy ended.
#[derive(Clone, Debug, PartialEq)]
pub enum Done {
    /// There was nothing to change in the cloud.
    Unchanged(Deployed),
    /// The plan was applied.
    Applied(Deployed),
    /// The plan was only written.
    Planned(Plan),
}

/// What a plan rests on.
pub struct Looked {
    /// The caller.
    pub caller: Caller,
    /// The artifact bucket.
    pub bucket: String,
    /// What stands.
    pub live: Live,
    /// What would be done.
    pub plan: Plan,
}

impl Deploy<'_> {
    /// Looks and plans. Nothing is changed.
    pub async fn look(&self) -> Result<Looked> {
        let caller = self.cloud.identity.caller().await?;
        let bucket = bootstrap::bucket(&caller, &self.cloud.region);
        let live = live::read_all(self.desired, self.cloud, &caller.account).await?;
        let plan = self.sources(&live, &bucket).plan(self.schemas)?;
        self.say_left_out(&plan);
        let ids: Vec<String> = plan.stacks.iter().map(|stack| stack.id.clone()).collect();
        let ids: Vec<&str> = ids.iter().map(String::as_str).collect();
        let mut plan = plan.only(self.desired, |id| self.options.selection.stack(id, &ids));
        if let Some(prices) = self.prices.filter(|_| !plan.is_empty()) {
            plan.price(self.desired, &live, prices);
        }
        Ok(Looked {
            caller,
            bucket,
            live,
            plan,
        })
    }

    /// What was left out by name and differs is somebody else's to deploy, who must know.
    fn say_left_out(&self, plan: &Plan) {
        let left_out = plan.stacks.iter().filter(|stack| {
            let named = self.options.selection.skip.contains(&stack.id);
            named && stack.action != StackAction::None
        });
        for stack in left_out {
            self.events.warn(format!(
                "{} differs from its source and is left out; whoever may: cargo xtask deploy --env {} --only {}",
                stack.name, self.desired.environment, stack.id
            ));
        }
    }

    /// The whole deploy.
    pub async fn run(&self) -> Result<Done> {
        let ids: Vec<&str> = self.desired.ids().collect();
        self.options.selection.check(&ids)?;
        self.settle().await?;
        let looked = self.look().await?;
        if let Some(path) = &self.options.plan_out {
            looked.plan.save(path)?;
            return Ok(Done::Planned(looked.plan));
        }
        if let Some(path) = &self.options.plan {
            Plan::load(path)?.still_holds(&looked.plan)?;
        }
        let deployed = Deployed {
            environment: self.desired.environment.clone(),
            outputs: looked.live.all_outputs(),
        };
        let stacks = self.options.selection.phase(Phase::Stacks);
        let work = stacks && !looked.plan.is_empty();
        let foreseen = self.foreseen(&deployed).await?;
        // Before anything is refused, so that the user sees what asks for consent.
        self.show(work.then_some(&looked.plan), &foreseen);
        if work {
            self.options.consent.check(&looked.plan)?;
        }
        let nothing = !work && foreseen.lines.is_empty();
        if nothing
            && !self.left_over()
            && !self.to_prove(&looked).await?
            && self.nothing_left(&deployed).await?
        {
            return Ok(Done::Unchanged(deployed));
        }
        let mut overwritten = Vec::new();
        if work {
            self.preflight(&looked).check(&looked.plan).await?;
            overwritten = self.overwrites(&looked.plan).await?;
        }
        if !nothing {
            self.approve(&looked, &overwritten, &foreseen)?;
        }
        self.apply(&looked, work, deployed).await.map(Done::Applied)
    }

    /// Waits for stacks that are being changed, and frees those that are stuck if that is allowed.
    async fn settle(&self) -> Result<()> {
        let names = self.desired.names();
        try_join_all(names.map(|name| stack_events::settle(self.cloud, self.events, name))).await?;
        // To write a plan changes nothing.
        if self.options.continue_rollback && self.options.plan_out.is_none() {
            self.recover().await?;
        }
        Ok(())
    }

    fn preflight<'s>(&'s self, looked: &'s Looked) -> Preflight<'s> {
        Preflight {
            cloud: self.cloud,
            events: self.events,
            desired: self.desired,
            live: &looked.live,
            artifacts: self.artifacts,
        }
    }

    async fn apply(&self, looked: &Looked, work: bool, deployed: Deployed) -> Result<Deployed> {
        let environment = &self.desired.environment;
        let _at_work = self.stop.enter();
        let now = seconds(self.cloud.clock.now());
        let mut journal = Journal::open(&self.journals, environment, &looked.plan.wanted, now)?;
        if journal.resumed() {
            self.events.warn("going on with a run that was interrupted");
        }
        self.ensure_bucket(&looked.bucket, journal.run()).await?;
        let run = journal.run().to_owned();
        let lock = Lock::new(self.cloud, &looked.bucket, environment);
        lock.take(&run).await?;
        let result = self.locked(looked, work, deployed, &mut journal).await;
        match &result {
            // Cut off in the middle: the journal keeps the id, and the next run the lock.
            Err(error) if error.kind() == Kind::Interrupted && !self.stop.asked() => {}
            // The failure is what the user must read, not what followed from it.
            Err(_) => match lock.release(&run).await {
                Ok(()) => journal.close()?,
                Err(error) => self
                    .events
                    .warn(format!("the lock stays for the next run: {error}")),
            },
            Ok(_) => {
                lock.release(&run).await?;
                journal.close()?;
            }
        }
        result
    }

    async fn locked(
        &self,
        looked: &Looked,
        work: bool,
        mut deployed: Deployed,
        journal: &mut Journal,
    ) -> Result<Deployed> {
        if journal.resumed() {
            self.sweep(looked).await?;
        }
        let mut traffic = Traffic::read(self.cloud, &looked.bucket, self.desired).await?;
        let moves = work && self.moves_traffic(&looked.plan);
        if work {
            self.stop.here("publish")?;
            self.publish(looked).await?;
            journal.finish(Phase::Publish)?;
            self.stop.here("stacks")?;
            self.before_traffic(looked).await?;
        }
        if moves {
            traffic.begin().await?;
        }
        let result = self.change(looked, work, deployed, journal).await;
        // What an earlier run left unproved is no business of one that neither moves nor proves.
        deployed = match moves || self.proves() {
            true => traffic.settle(self.events, result).await?,
            false => result?,
        };
        if self.proves() {
            traffic.proved().await?;
        }
        if work {
            // Until the new system has proven itself, the old one may have to serve again.
            self.applying(looked, journal.run()).unwanted().await?;
        }
        Ok(deployed)
    }

    /// Everything from where traffic moves to the proof that it may stay there.
    async fn change(
        &self,
        looked: &Looked,
        work: bool,
        mut deployed: Deployed,
        journal: &mut Journal,
    ) -> Result<Deployed> {
        if work {
            self.restore_code(looked).await?;
            deployed.outputs = self.stacks(looked, journal.run()).await?;
            self.move_functions(looked).await?;
            journal.finish(Phase::Stacks)?;
        } else if self.desired.express {
            self.serving(&looked.live).await?;
        }
        self.extras(&deployed, journal).await?;
        Ok(deployed)
    }

    /// What the interrupted run prepared and this one does not want.
    async fn sweep(&self, looked: &Looked) -> Result<()> {
        let unchanged = looked
            .plan
            .stacks
            .iter()
            .filter(|stack| stack.action == StackAction::None);
        try_join_all(unchanged.map(|stack| sweep(self.cloud, &stack.name)))
            .await
            .map(drop)
    }

    /// Uploads zips, and images as far as their repositories stand.
    async fn publish(&self, looked: &Looked) -> Result<()> {
        let Some(built) = self.artifacts.filter(|_| self.publishes()) else {
            return Ok(());
        };
        let sources = self.sources(&looked.live, &looked.bucket);
        let placed = images::placed(&sources, &looked.live.known_outputs());
        let objects = self.cloud.objects.as_ref();
        let missing = artifacts::missing(built, objects, &looked.bucket).await?;
        let zips = artifacts::publish(&missing, objects, &looked.bucket, self.events);
        tokio::try_join!(zips, images::push(self.cloud, self.events, &placed)).map(drop)
    }

    fn publishes(&self) -> bool {
        self.options.selection.phase(Phase::Publish)
    }

    /// A run that was killed, here or on another machine, may have left what does not serve yet.
    async fn serving(&self, live: &Live) -> Result<()> {
        let stacks = self.desired.stacks.iter();
        let standing = stacks.filter(|stack| live.stacks.contains_key(&stack.id));
        try_join_all(standing.map(|stack| serving(self.cloud, self.events, stack)))
            .await
            .map(drop)
    }

    async fn stacks(&self, looked: &Looked, run: &str) -> Result<Values> {
        self.applying(looked, run).stacks().await
    }

    fn applying<'a>(&'a self, looked: &'a Looked, run: &'a str) -> Apply<'a> {
        Apply {
            cloud: self.cloud,
            events: self.events,
            desired: self.desired,
            live: &looked.live,
            artifacts: self.artifacts,
            bucket: &looked.bucket,
            plan: &looked.plan,
            consent: &self.options.consent,
            stop: self.stop,
            publish: self.publishes(),
            exact: self.options.plan.is_some(),
            run,
        }
    }

    /// The hot path may have left code that CloudFormation does not know of.
    async fn restore_code(&self, looked: &Looked) -> Result<()> {
        let sources = self.sources(&looked.live, &looked.bucket);
        for swapped in hotswap::swapped(self.cloud, &sources, &looked.plan).await? {
            let function = &swapped.function_name;
            self.cloud
                .functions
                .update_code(function, &swapped.code)
                .await?;
            hotswap::ready(self.cloud, function, LATEST).await?;
        }
        Ok(())
    }

    async fn move_functions(&self, looked: &Looked) -> Result<()> {
        let sources = self.sources(&looked.live, &looked.bucket);
        let moves = &looked.plan.functions;
        hotswap::converge(self.cloud, self.events, &sources, moves)
            .await
            .map(drop)
    }

    async fn ensure_bucket(&self, bucket: &str, run: &str) -> Result<()> {
        ensure_bucket(self.cloud, self.events, self.schemas, bucket, run)
            .await
            .map(drop)
    }

    fn sources<'s>(&'s self, live: &'s Live, bucket: &'s str) -> Sources<'s> {
        Sources {
            desired: self.desired,
            live,
            artifacts: self.artifacts,
            bucket,
        }
    }

    /// Whether a run before this one ended in the middle and left its lock.
    fn left_over(&self) -> bool {
        self.journals
            .join(format!("{}.json", self.desired.environment))
            .is_file()
    }
}

impl Sources<'_> {
    /// The plan from these sources.
    pub fn plan(&self, schemas: &dyn Schemas) -> Result<Plan> {
        Plan::make(self, schemas)
    }
}

/// Creates or updates the artifact bucket; says whether it had to.
pub async fn ensure_bucket(
    cloud: &Cloud,
    events: &Events,
    schemas: &dyn Schemas,
    bucket: &str,
    run: &str,
) -> Result<bool> {
    let desired = bootstrap::desired(bucket);
    for stack in &desired.stacks {
        stack_events::settle(cloud, events, &stack.name).await?;
    }
    let mut live = live::read_all(&desired, cloud, "").await?;
    if !live.stacks.is_empty() && bootstrap::is_gone(cloud, &live, bucket).await? {
        events.warn(format!(
            "{bucket} is gone although its stack stands; it is made again"
        ));
        for stack in &desired.stacks {
            destroy::delete(cloud, events, &stack.name).await?;
        }
        live = live::read_all(&desired, cloud, "").await?;
    }
    let plan = Sources {
        desired: &desired,
        live: &live,
        artifacts: None,
        bucket,
    }
    .plan(schemas)?;
    if plan.is_empty() {
        return Ok(false);
    }
    let consent = Consent::default();
    consent.check(&plan)?;
    let apply = Apply {
        cloud,
        events,
        desired: &desired,
        live: &live,
        artifacts: None,
        bucket,
        plan: &plan,
        consent: &consent,
        stop: &Stop::default(),
        publish: false,
        exact: false,
        run,
    };
    apply.stacks().await.map_err(|error| match error.kind() {
        Kind::Refused => error.hint(format!(
            "CI may not change {bucket}; whoever may: cargo xtask bootstrap --env NAME"
        )),
        _ => error,
    })?;
    Ok(true)
}
