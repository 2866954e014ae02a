//! A corpus of others is put where everybody's items are: each document becomes an item with an
//! analysis and an embedding, of a user who has nothing else. So it is found through the front
//! door, by the same code and statements as anything.

use collections_core::db::operate::{Counts, Loaded, MOST, Request};
use collections_core::domain::UserId;
use contract::Event as _;
use contract::events::RebuildRequested;
use serde_json::json;
use sha2::{Digest as _, Sha256};

use super::judged::{Document, Imported};
use crate::checks::target::Target;
use crate::dataset::id_for;
use crate::error::{Doing as _, Error, Result};
use crate::event::{Events, Unit};
use crate::secret::Secret;

/// Users who hold a corpus are called like this; the domain belongs to nobody.
const PREFIX: &str = "eval-";
const DOMAIN: &str = "@collections.invalid";
/// A headline has so many characters, a summary so many; the rest of a document is not kept.
const HEADLINE: usize = 140;
const SUMMARY: usize = 4_000;

/// The user of a corpus, signed in.
pub struct Tenant {
    /// The `sub`.
    pub id: UserId,
    /// The address.
    pub email: String,
    /// For the API.
    pub token: Secret,
}

/// Whether a user holds a corpus.
pub fn holds_one(email: &str) -> bool {
    email.starts_with(PREFIX) && email.ends_with(DOMAIN)
}

/// The user of exactly this corpus; made if there is none.
pub async fn tenant(target: &Target, imported: &Imported) -> Result<Tenant> {
    let mut hash = Sha256::new();
    for Document { id, title, text } in &imported.documents {
        hash.update(format!("{:?}", (id, title, text)));
    }
    let content = hex::encode(&hash.finalize()[..6]);
    let name = &imported.judged.name;
    sign_in(target, &format!("{PREFIX}{name}-{content}{DOMAIN}")).await
}

/// Signs in as the user of a corpus, with a new password that nobody keeps.
pub async fn sign_in(target: &Target, email: &str) -> Result<Tenant> {
    let pool = target.output("auth", "CognitoUserPoolId")?;
    let client = target.output("auth", "CognitoClientId")?;
    let users = &target.cloud.users;
    let user = match users.user(pool, email).await? {
        Some(user) => user,
        None => users.create(pool, email).await?,
    };
    let password = Secret::password();
    users.set_password(pool, email, &password).await?;
    let tokens = users.sign_in(client, email, &password).await?;
    let tokens =
        tokens.ok_or_else(|| Error::failed(format!("{email} cannot sign in to the pool")))?;
    Ok(Tenant {
        id: user
            .id
            .parse()
            .doing(format!("understand the id of {email}"))?,
        email: email.to_owned(),
        token: tokens.id,
    })
}

/// Puts the documents there that are not; cut off, the next run goes on.
pub async fn load(
    target: &Target,
    tenant: &Tenant,
    documents: &[Document],
    events: &Events,
) -> Result<()> {
    let wanted = i64::try_from(documents.len()).doing("count the documents")?;
    let mut there = counts(target, tenant).await?;
    if there.analyses < wanted {
        let step = events.start("load the corpus");
        for (batch, number) in documents.chunks(MOST).zip(0..) {
            let items: Result<Vec<Loaded>> = batch
                .iter()
                .map(|document| loaded(document, &tenant.id))
                .collect();
            let request = Request::Load {
                user_id: tenant.id.clone(),
                items: items?,
            };
            target.ops(&json!({ "database": request })).await?;
            let done = number * MOST + batch.len();
            step.progress(done as u64, Some(documents.len() as u64), Unit::Items);
        }
        step.finish_with(format!("{wanted} documents"));
    }
    there = counts(target, tenant).await?;
    if there.embeddings < wanted {
        embed(target, tenant, wanted, there.embeddings, events).await?;
    }
    Ok(())
}

/// One invocation embeds as much as its time allows; the next goes on.
async fn embed(
    target: &Target,
    tenant: &Tenant,
    wanted: i64,
    mut there: i64,
    events: &Events,
) -> Result<()> {
    let step = events.start("embed the corpus");
    let function = target.output("compute", "EmbedderFunctionName")?;
    let event = RebuildRequested {
        user_id: tenant.id.to_string(),
    };
    // A rebuild that began before all embeddings makes those that are missing.
    let request = json!({
        "id": "evaluation", "time": "1970-01-01T00:00:00Z",
        "source": RebuildRequested::TYPE.source,
        "detail-type": RebuildRequested::TYPE.detail_type,
        "detail": event,
    });
    while there < wanted {
        let ended = target.invoke(function, &request).await;
        let now = counts(target, tenant).await?.embeddings;
        if now <= there {
            let said = format!("{now} of {wanted} documents are embedded, and no more come");
            let error = Error::failed(said).hint(target.command("logs embedder"));
            return Err(match ended {
                Err(cause) => error.because(cause),
                Ok(_) => error,
            });
        }
        there = now;
        let done = u64::try_from(now).unwrap_or_default();
        step.progress(done, u64::try_from(wanted).ok(), Unit::Items);
    }
    step.finish_with(format!("{there} documents"));
    Ok(())
}

async fn counts(target: &Target, tenant: &Tenant) -> Result<Counts> {
    let request = Request::Count {
        user_id: tenant.id.clone(),
        among: None,
    };
    let answer = target.ops(&json!({ "database": request })).await?;
    serde_json::from_value(answer).doing("understand the answer of the database")
}

/// A document as an item: its title is the headline, its text the summary. There is no image.
fn loaded(document: &Document, owner: &UserId) -> Result<Loaded> {
    let cut = |text: &str, most: usize| text.chars().take(most).collect::<String>();
    let title = match document.title.is_empty() {
        true => &document.text,
        false => &document.title,
    };
    Ok(Loaded {
        id: id_for(owner, &document.id)?,
        original_filename: document.id.clone(),
        mime_type: "image/png".to_owned(),
        file_size: 0,
        width: None,
        height: None,
        raw_response: json!({
            "category": "Document",
            "headline": cut(title, HEADLINE),
            "summary": cut(&document.text, SUMMARY),
        }),
    })
}

/// How many documents are longer than what is kept of them.
pub fn cut_short(documents: &[Document]) -> usize {
    let long = |document: &&Document| document.text.chars().count() > SUMMARY;
    documents.iter().filter(long).count()
}
