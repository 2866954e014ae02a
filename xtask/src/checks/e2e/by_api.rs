//! The image comes with a request.

use std::time::Duration;

use async_trait::async_trait;

use super::journey;
use crate::checks::client::Client;
use crate::checks::target::Target;
use crate::checks::{Check, Stop, Trail, guest};

pub(super) struct ByApi;

#[async_trait]
impl Check for ByApi {
    fn name(&self) -> String {
        "through-the-api".to_owned()
    }

    fn title(&self) -> String {
        "Upload, thumbnail, analysis, embedding, search, chat, delete".to_owned()
    }

    fn limit(&self) -> Duration {
        journey::LIMIT
    }

    async fn run(&self, target: &Target, trail: &Trail) -> Result<(), Stop> {
        let guest = guest::welcome(target, trail, "e2e-api").await?;
        let client = Client::new(target, &guest.token);
        journey::clean_up(trail, &client);
        let upload = async { journey::uploaded(&client.upload().await?.expect(201)?) };
        let item = trail
            .hop("upload", target.command("logs api"), upload)
            .await?;
        journey::follow(target, trail, &client, &guest, &item).await
    }
}
