//! The image is stored in the bucket, and events do the rest.

use std::time::Duration;

use async_trait::async_trait;
use contract::objects::ObjectKey;
use sha2::{Digest as _, Sha256};

use super::journey;
use crate::checks::client::{Client, IMAGE, IMAGE_TYPE};
use crate::checks::target::Target;
use crate::checks::{Check, Stop, Trail, guest};
use crate::cloud::media::Upload;

pub(super) struct ByEvents;

#[async_trait]
impl Check for ByEvents {
    fn name(&self) -> String {
        "through-events".to_owned()
    }

    fn title(&self) -> String {
        "An object in the bucket becomes an item by events alone".to_owned()
    }

    fn limit(&self) -> Duration {
        journey::LIMIT
    }

    async fn run(&self, target: &Target, trail: &Trail) -> Result<(), Stop> {
        let guest = guest::welcome(target, trail, "e2e-events").await?;
        let client = Client::new(target, &guest.token);
        journey::clean_up(trail, &client);
        let item = uuid::Uuid::now_v7().to_string();
        let key = ObjectKey::image(&guest.id, &item, "png").to_string();
        let (objects, stored) = (target.cloud.objects.clone(), key.clone());
        let bucket = target.output("storage", "BucketName").map(str::to_owned);
        let bucket = trail
            .hop("bucket", target.command("deploy"), async { bucket })
            .await?;
        let whose = bucket.clone();
        trail.clean_up(format!("object {key}"), async move {
            Ok(objects.delete(&whose, &stored).await?)
        });
        let upload = Upload {
            key,
            body: bytes::Bytes::from_static(IMAGE),
            content_type: IMAGE_TYPE,
            sha256: Sha256::digest(IMAGE).into(),
        };
        let images = target.cloud.media.clone();
        let fix = format!("this identity needs s3:PutObject on {bucket}");
        let store = async { Ok(images.upload(&bucket, &upload).await?) };
        trail.hop("store", fix, store).await?;
        journey::follow(target, trail, &client, &guest, &item).await
    }
}
