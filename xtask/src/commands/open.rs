//! `open`: the console in a browser; on `local` as the test user.

mod browser;
mod handover;

use std::fmt;
use std::time::Duration;

use serde::Serialize;

use self::browser::{Browser, Opening};
use self::handover::Handover;
use super::standing::{self, Standing};
use super::users::{self, TEST_USER};
use crate::context::Context;
use crate::engine::steps::verify::api_address;
use crate::environments::EnvArg;
use crate::error::{Error, Result};
use crate::report::Outcome;

/// So long a browser may take to come for its address.
const PATIENCE: Duration = Duration::from_secs(120);

/// Options of `open`.
#[derive(clap::Args)]
pub struct Args {
    #[command(flatten)]
    env: EnvArg,
    /// Print the address alone
    #[arg(long)]
    print: bool,
}

#[derive(Serialize)]
struct Console {
    environment: String,
    address: String,
    opened: bool,
    signed_in_as: Option<&'static str>,
}

/// Opens it where there is something to open it with, and prints where it is.
pub(super) async fn run(ctx: &Context, args: Args) -> Result<Outcome> {
    let standing = standing::deployed(ctx, &args.env).await?;
    let address = api_address(&standing.opened.cloud, &standing.deployed)? + "/";
    let mut console = Console {
        environment: args.env.env.clone(),
        address,
        opened: false,
        signed_in_as: None,
    };
    let browser = Browser::find();
    // Without a browser, somebody at a terminal can take the address to one.
    let nobody = browser.is_none() && !ctx.ask().is_there();
    if args.print || nobody {
        return Outcome::of(&console);
    }
    if standing.opened.environment.is_local() {
        sign_in(ctx, standing, browser, &console).await?;
        console.signed_in_as = Some(TEST_USER);
        console.opened = true;
    } else if let Some(browser) = browser {
        let step = ctx.events().start("open the console");
        console.opened = browser.open(&console.address)?.has_begun().await;
        match console.opened {
            true => step.finish(),
            false => ctx.events().warn("the browser could not be started"),
        }
    }
    Outcome::of(&console)
}

/// Gives the browser what signs it in, by an address that works once.
async fn sign_in(
    ctx: &Context,
    standing: Standing,
    browser: Option<Browser>,
    console: &Console,
) -> Result<()> {
    let refresh = users::refresh_token(ctx, standing, TEST_USER).await?;
    let handover = Handover::begin(&console.address, &refresh).await?;
    let once = handover.address();
    let by_hand = || {
        if !ctx.ask().is_there() {
            return Err(Error::failed("no browser could be started")
                .hint("--print prints the address alone"));
        }
        ctx.events().warn(format!(
            "no browser could be started; this address signs in as {TEST_USER}, once: {once}"
        ));
        Ok(())
    };
    let step = ctx.events().start("open the console");
    let opening = match browser {
        Some(browser) => browser.open(&once)?,
        None => Opening::none(),
    };
    let fetched = async {
        let mut fetched = std::pin::pin!(handover.fetched());
        tokio::select! {
            fetched = &mut fetched => fetched,
            () = opening.failed() => {
                by_hand()?;
                fetched.await
            }
        }
    };
    match tokio::time::timeout(PATIENCE, fetched).await {
        Ok(fetched) => fetched?,
        Err(_) => {
            let seconds = PATIENCE.as_secs();
            return Err(
                Error::failed(format!("no browser came within {seconds} s")).hint(format!(
                    "open it yourself, and sign in: {}",
                    console.address
                )),
            );
        }
    }
    step.finish_with(format!("signed in as {TEST_USER}"));
    Ok(())
}

impl fmt::Display for Console {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(f, "{}", self.address)
    }
}
