//! The parameters phase: the manifest of the contract from `.env`, its defaults and the outputs
//! of the stacks, and the credentials of an external database into their secret.

use async_trait::async_trait;
use contract::parameters::{ParameterKind, prefix};
use stack::environment::{Database, Environment};

use super::output;
use crate::cloud::Cloud;
use crate::dotenv::DotEnv;
use crate::engine::parameters::{Credentials, Entry, ParameterPlan, Sources, copy_of};
use crate::engine::phases::{Deployed, Extra, Foreseen, Phase};
use crate::error::{Doing as _, Error, Result};
use crate::secret::Secret;

/// Fills Parameter Store.
pub struct FillParameters {
    /// Where.
    pub cloud: Cloud,
    /// Which environment.
    pub environment: Environment,
    /// Where keys come from.
    pub dotenv: DotEnv,
    /// User and password of an external database, where they are said here.
    pub credentials: Option<Credentials>,
}

#[async_trait]
impl Extra for FillParameters {
    fn phase(&self) -> Phase {
        Phase::Parameters
    }

    async fn is_done(&self, deployed: &Deployed) -> Result<Option<String>> {
        if !deployed.outputs.contains_key("database") {
            return Ok(None);
        }
        if self.stale_secret(deployed).await?.is_some() {
            return Ok(None);
        }
        let plan = self.plan(deployed).await?;
        plan.check()?;
        Ok((!plan.has_changes()).then(|| "every parameter has its value".to_owned()))
    }

    async fn foresee(&self, deployed: &Deployed) -> Result<Foreseen> {
        let plan = self.plan(deployed).await?;
        let mut found = Foreseen {
            lines: plan.writes().map(|(entry, ..)| entry.line()).collect(),
            overwrites: plan.losses().map(|entry| entry.path.clone()).collect(),
        };
        if let (Some(id), Some(wanted)) = (self.secret_id(deployed), self.said()) {
            match self.cloud.parameters.secret(id).await? {
                None => found.lines.push(format!("+ secret {id} (.env)")),
                Some(there) if there != wanted => {
                    found.lines.push(format!("~ secret {id} (.env)"));
                    found.overwrites.push(id.to_owned());
                }
                Some(_) => {}
            }
        }
        Ok(found)
    }

    async fn run(&self, deployed: &Deployed) -> Result<String> {
        self.fill_secret(deployed).await?;
        let plan = self.plan(deployed).await?;
        plan.check()?;
        self.write(&plan).await
    }
}

impl FillParameters {
    /// What becomes of every parameter.
    pub async fn plan(&self, deployed: &Deployed) -> Result<ParameterPlan> {
        let credentials = self.credentials(deployed).await?;
        let sources = Sources {
            environment: &self.environment,
            dotenv: &self.dotenv,
            outputs: &deployed.outputs,
            credentials: credentials.as_ref(),
        };
        let name = &self.environment.name;
        let live = self.cloud.parameters.below(&prefix(name)).await?;
        Ok(ParameterPlan::new(name, sources.wanted(), &live))
    }

    /// Writes what the plan writes.
    pub async fn write(&self, plan: &ParameterPlan) -> Result<String> {
        let mut written = 0;
        for (entry, value, anew) in plan.writes() {
            match anew {
                true => self.make_anew(entry, value).await?,
                false => self.put(&entry.path, entry.spec.kind, value).await?,
            }
            written += 1;
        }
        // Every value is where it belongs by now.
        if !plan.copies.is_empty() {
            self.cloud.parameters.delete(&plan.copies).await?;
        }
        Ok(format!("{written} of {} written", plan.entries.len()))
    }

    /// A parameter cannot change its type. Its value is never without a place: the copy goes when
    /// the parameter stands again, and a run that is cut off leaves it to the next.
    async fn make_anew(&self, entry: &Entry, value: &Secret) -> Result<()> {
        let copy = copy_of(&entry.path);
        self.put(&copy, ParameterKind::SecureString, value).await?;
        let parameters = &self.cloud.parameters;
        parameters.delete(std::slice::from_ref(&entry.path)).await?;
        self.put(&entry.path, entry.spec.kind, value).await?;
        Ok(parameters.delete(&[copy]).await?)
    }

    async fn put(&self, path: &str, kind: ParameterKind, value: &Secret) -> Result<()> {
        Ok(self.cloud.parameters.put(path, kind, value).await?)
    }

    /// Puts the credentials of an external database into their secret; says whether it did.
    pub async fn fill_secret(&self, deployed: &Deployed) -> Result<bool> {
        let stale = self.stale_secret(deployed).await?;
        if let Some((id, value)) = &stale {
            self.cloud.parameters.put_secret(id, value).await?;
        }
        Ok(stale.is_some())
    }

    /// The secret of an external database, once that stands.
    fn secret_id<'d>(&self, deployed: &'d Deployed) -> Option<&'d str> {
        let outputs = deployed.outputs.get("database")?;
        let external = self.environment.database == Database::External;
        let id = outputs.get("DatabaseSecretArn").map(String::as_str);
        id.filter(|_| external)
    }

    /// What that secret is to hold, where it is said here.
    fn said(&self) -> Option<Secret> {
        self.credentials.as_ref().map(Credentials::to_secret)
    }

    /// The secret of an external database and its value, when that is not there yet.
    async fn stale_secret(&self, deployed: &Deployed) -> Result<Option<(String, Secret)>> {
        if self.environment.database != Database::External {
            return Ok(None);
        }
        let id = output(deployed, "database", "DatabaseSecretArn")?;
        let there = self.cloud.parameters.secret(id).await?;
        let Some(wanted) = self.said() else {
            // Somebody else said it before; a machine of CI knows no password.
            return match there {
                Some(_) => Ok(None),
                None => Err(
                    Error::input("nobody says how to sign in to the external database")
                        .hint("set DATABASE_USERNAME and DATABASE_PASSWORD in .env"),
                ),
            };
        };
        Ok((there.as_ref() != Some(&wanted)).then(|| (id.to_owned(), wanted)))
    }

    /// How the database is signed in to: as said here, else as its secret says.
    async fn credentials(&self, deployed: &Deployed) -> Result<Option<Credentials>> {
        if self.credentials.is_some() {
            return Ok(self.credentials.clone());
        }
        let outputs = deployed.outputs.get("database");
        let Some(id) = outputs.and_then(|outputs| outputs.get("DatabaseSecretArn")) else {
            return Ok(None);
        };
        let Some(secret) = self.cloud.parameters.secret(id).await? else {
            return Ok(None);
        };
        Credentials::parse(&secret)
            .map(Some)
            .doing("read the database secret")
    }
}
