//! rds: the database takes tables and rows and orders vectors, over a connection that is verified.

use async_trait::async_trait;
use collections_core::db::operate::{self, Probed, Request};
use collections_core::db::{Address, Credentials, authorities, connect_options};
use serde_json::json;
use sqlx::{ConnectOptions as _, PgConnection};

use crate::checks::target::Target;
use crate::checks::{Check, Stop, Trail};
use crate::error::{Doing as _, Error, Result};

pub(super) struct Rds;

#[async_trait]
impl Check for Rds {
    fn name(&self) -> String {
        "rds".to_owned()
    }

    fn title(&self) -> String {
        "PostgreSQL makes tables, keeps rows and orders vectors".to_owned()
    }

    async fn run(&self, target: &Target, trail: &Trail) -> Result<(), Stop> {
        let probed = match target.database_is_reachable {
            true => directly(target, trail).await?,
            false => through_ops(target, trail).await?,
        };
        trail.note(format!("PostgreSQL {}", probed.server));
        let extension = probed.pgvector.clone();
        let fix = target.command("db migrate");
        trail
            .expect(
                "extension",
                fix,
                extension.is_some(),
                "pgvector is not installed",
            )
            .await?;
        trail.note(format!("pgvector {}", extension.unwrap_or_default()));
        let nearest = probed.nearest.unwrap_or_default();
        let otherwise = format!("the order by cosine distance is {}", nearest.join(", "));
        let holds = nearest == ["north", "east", "west"];
        trail
            .expect(
                "vector order",
                "update pgvector: ALTER EXTENSION vector UPDATE",
                holds,
                otherwise,
            )
            .await?;
        trail.note(nearest.join(", "));
        Ok(())
    }
}

async fn directly(target: &Target, trail: &Trail) -> Result<Probed, Stop> {
    let fix = target.command("deploy --only parameters");
    let credentials = trail.hop("secret", fix, secret(target)).await?;
    trail.note(format!("user {}", credentials.username));
    let fix = format!(
        "is the database up, and may this machine reach it? {}; {}",
        target.command("status"),
        target.command("deploy --only parameters")
    );
    let mut connection = trail
        .hop("connect", fix, connect(target, &credentials))
        .await?;
    trail.note("TLS, verify-full");
    let fix = target.command("db check");
    let probe = async move { whole(operate::probe(&mut connection).await.doing("use a table")?) };
    trail.hop("table", fix, probe).await
}

async fn through_ops(target: &Target, trail: &Trail) -> Result<Probed, Stop> {
    let fix = "only functions reach this database: see lambda-rds";
    let ask = async {
        let answer = target.ops(&json!({ "database": Request::Probe })).await?;
        whole(serde_json::from_value(answer).doing("understand the answer of ops")?)
    };
    trail.hop("table, through ops", fix, ask).await
}

fn whole(probed: Probed) -> Result<Probed> {
    match probed.rows.as_slice() {
        [east, north, west] if [east, north, west] == ["east", "north", "west"] => Ok(probed),
        other => Err(Error::failed(format!("the rows came back as {other:?}"))),
    }
}

async fn secret(target: &Target) -> Result<Credentials> {
    let id = target.output("database", "DatabaseSecretArn")?;
    let secret = target.cloud.parameters.secret(id).await?;
    let secret = secret.ok_or_else(|| Error::failed("the database secret has no value"))?;
    // The text itself must not get into the error.
    serde_json::from_str(secret.expose())
        .map_err(|_| Error::failed("the database secret is not JSON with username and password"))
}

async fn connect(target: &Target, credentials: &Credentials) -> Result<PgConnection> {
    let output = |name: &str| target.output("database", name);
    let port = output("DatabasePort")?;
    let file = output("DatabaseCaFile").unwrap_or_default();
    let address = Address {
        host: output("DatabaseHost")?.to_owned(),
        port: port.parse().doing("read the port of the database")?,
        name: output("DatabaseName")?.to_owned(),
        authorities: match file {
            "" => authorities::built_in(),
            file => authorities::from_file(file.as_ref()).doing(format!("read {file}"))?,
        },
    };
    let options = connect_options(&address, credentials).disable_statement_logging();
    let what = format!("connect to {}:{}", address.host, address.port);
    options.connect().await.doing(what)
}
