//! What `eval run` and `eval gate` share: the set, the user who has it, and asking.

use std::path::{Path, PathBuf};

use collections_core::domain::UserId;
use time::OffsetDateTime;
use time::format_description::well_known::Rfc3339;

use crate::checks::client::Client;
use crate::checks::target::Target;
use crate::commands::environment::agreed;
use crate::commands::proving::target;
use crate::commands::standing;
use crate::commands::users::{TEST_USER, fresh};
use crate::context::Context;
use crate::dataset::{DataSet, GOLDEN};
use crate::environments::EnvArg;
use crate::error::{Doing as _, Error, Result};
use crate::evaluation::asking::{Asker, Holdings};
use crate::evaluation::corpus;
use crate::evaluation::judged::{Halves, Judged, golden, import};
use crate::evaluation::run::{Config, Results, Run, SearchType};
use crate::secret::Secret;

/// What to ask.
#[derive(clap::Args)]
pub(super) struct Asked {
    #[command(flatten)]
    pub(super) env: EnvArg,
    /// How to search
    #[arg(long, value_enum, value_delimiter = ',', value_name = "TYPE",
        default_values_t = [SearchType::Bm25, SearchType::Vector, SearchType::Hybrid])]
    search_type: Vec<SearchType>,
    /// Results to ask for
    #[arg(long, value_name = "N", default_value_t = 10,
        value_parser = clap::value_parser!(u8).range(10..=50))]
    top_k: u8,
}

/// A judged set of others, in the layout of BEIR or TREC.
#[derive(clap::Args)]
#[group(multiple = true)]
pub(super) struct Others {
    /// Documents: corpus.jsonl, TREC's <DOC> texts, or lines of an id, a tab and a text
    #[arg(long, value_name = "FILE", requires = "queries", requires = "qrels")]
    corpus: Option<PathBuf>,
    /// Queries: queries.jsonl, TREC's <top> topics, or lines of an id, a tab and a text
    #[arg(long, value_name = "FILE", requires = "corpus")]
    queries: Option<PathBuf>,
    /// Judgments: qrels of three or four columns
    #[arg(long, value_name = "FILE", requires = "corpus")]
    qrels: Option<PathBuf>,
    /// Into a protected environment, without asking
    #[arg(long, short, requires = "corpus")]
    yes: bool,
}

/// Somebody who has exactly the items of a set.
struct Holder {
    target: Target,
    id: UserId,
    token: Secret,
    judged: Judged,
    split: &'static str,
    notes: Vec<String>,
    /// What puts missing items there.
    mend: String,
}

/// Asks the golden set.
pub(super) async fn golden_set(ctx: &Context, asked: &Asked, halves: Halves) -> Result<Run> {
    let set = DataSet::read(&ctx.path(GOLDEN.0))?;
    let judged = golden(GOLDEN.0, &set, halves)?;
    let env = &asked.env;
    let standing = standing::deployed(ctx, env).await?;
    let fresh = fresh(ctx, &standing, &env.env, TEST_USER).await?;
    let holder = Holder {
        target: target(&env.env, standing)?,
        id: fresh.user_id.parse().doing("understand the user's id")?,
        token: fresh.tokens.id,
        judged,
        split: halves.name(),
        notes: Vec::new(),
        mend: format!("cargo xtask seed golden --env {}", env.env),
    };
    holder.ask(ctx, asked).await
}

/// Loads a set of others, unless it is there, and asks it.
pub(super) async fn others(ctx: &Context, asked: &Asked, others: &Others) -> Result<Option<Run>> {
    let (Some(documents), Some(queries), Some(qrels)) =
        (&others.corpus, &others.queries, &others.qrels)
    else {
        return Ok(None);
    };
    let at = |path: &Path| std::path::absolute(path).doing("find the current folder");
    let mut imported = import(&at(documents)?, &at(queries)?, &at(qrels)?)?;
    let cut = corpus::cut_short(&imported.documents);
    if cut > 0 {
        let note = format!("{cut} documents are longer than 4,000 characters and are cut");
        imported.notes.push(note);
    }
    let env = &asked.env;
    let number = imported.documents.len();
    let what = format!("Store {number} documents as items, and pay for embedding them,");
    agreed(ctx, env, &what, others.yes)?;
    let target = target(&env.env, standing::deployed(ctx, env).await?)?;
    let tenant = corpus::tenant(&target, &imported).await?;
    corpus::load(&target, &tenant, &imported.documents, ctx.events()).await?;
    imported.notes.push(format!(
        "the corpus stays as items of {}, until: cargo xtask eval clean --env {}",
        tenant.email, env.env
    ));
    let holder = Holder {
        target,
        id: tenant.id,
        token: tenant.token,
        judged: imported.judged,
        split: "all",
        notes: imported.notes,
        mend: format!("cargo xtask eval clean --env {}, and run it again", env.env),
    };
    holder.ask(ctx, asked).await.map(Some)
}

impl Holder {
    async fn ask(self, ctx: &Context, asked: &Asked) -> Result<Run> {
        let begun = OffsetDateTime::now_utc();
        let client = Client::new(&self.target, &self.token);
        let names = self.judged.names(&self.id)?;
        let asker = Asker {
            client: &client,
            names: &names,
            top_k: usize::from(asked.top_k),
        };
        self.is_whole(asker.holdings().await?)?;
        let search_configuration = asker.configuration().await?;
        let found = asker
            .ask_all(&self.judged, &asked.ways(), ctx.events())
            .await?;
        let found = found
            .into_iter()
            .map(|(way, results)| (way, Results::of(results)));
        let run = Run {
            run_id: uuid::Uuid::new_v4().to_string(),
            timestamp: begun.format(&Rfc3339).doing("write the time")?,
            config: Config {
                environment: asked.env.env.clone(),
                set: self.judged.name.clone(),
                split: self.split.to_owned(),
                queries: self.judged.queries.len(),
                items: names.len(),
                fingerprint: self.judged.fingerprint(),
                top_k: asker.top_k,
                notes: self.notes,
            },
            search_configuration,
            results_by_search_type: found.collect(),
            comparison: Vec::new(),
        };
        Ok(run.compared())
    }

    /// Figures are of the set only where the user has all of it and nothing else.
    fn is_whole(&self, there: Holdings) -> Result<()> {
        let wanted = self.judged.documents.len() as u64;
        let (name, Holdings { items, embeddings }) = (&self.judged.name, there);
        if items == wanted && embeddings == wanted {
            return Ok(());
        }
        let error = Error::input(format!(
            "the user has {items} items and {embeddings} embeddings, {name} has {wanted} items"
        ));
        let mend = format!("load what is missing: {}", self.mend);
        Err(match items > wanted {
            true => {
                error.hint("remove what is not of the set, or figures would be of something else")
            }
            false => error.hint(mend),
        })
    }
}

impl Asked {
    /// Each way once, in one order.
    fn ways(&self) -> Vec<SearchType> {
        let ways: std::collections::BTreeSet<_> = self.search_type.iter().copied().collect();
        ways.into_iter().collect()
    }
}

/// The files of a run, in `reports/`.
pub(super) fn file_name(run: &Run) -> String {
    let stamp: String = run.timestamp.chars().take_while(|c| *c != '.').collect();
    let stamp: String = stamp.chars().filter(char::is_ascii_alphanumeric).collect();
    format!(
        "eval-{}-{}Z",
        run.config.environment,
        stamp.trim_end_matches('Z')
    )
}
