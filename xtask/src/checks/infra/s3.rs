//! s3: the bucket keeps an object and tells the bus of it.

use async_trait::async_trait;

use crate::checks::target::Target;
use crate::checks::{Check, Stop, Trail};
use crate::error::{Error, Result};

/// No kind of object of the app, so no rule takes it up.
const FOLDER: &str = "infra-test/objects";

pub(super) struct S3;

#[async_trait]
impl Check for S3 {
    fn name(&self) -> String {
        "s3".to_owned()
    }

    fn title(&self) -> String {
        "The bucket keeps an object and tells the event bus".to_owned()
    }

    async fn run(&self, target: &Target, trail: &Trail) -> Result<(), Stop> {
        let deploy = target.command("deploy --only storage");
        let bucket = trail
            .hop("bucket", deploy.clone(), async {
                Ok(target.output("storage", "BucketName")?.to_owned())
            })
            .await?;
        let key = format!("{FOLDER}/{}", uuid::Uuid::new_v4());
        let body = uuid::Uuid::new_v4().as_bytes().to_vec();
        let objects = &target.cloud.objects;
        let (cleaner, whose, what) = (objects.clone(), bucket.clone(), key.clone());
        trail.clean_up(format!("object {key}"), async move {
            Ok(cleaner.delete(&whose, &what).await?)
        });
        let may = |action: &str| format!("this identity needs s3:{action} on {bucket}");
        let put = objects.put(&bucket, &key, body.clone());
        trail
            .hop("put", may("PutObject"), async { Ok(put.await?) })
            .await?;
        trail
            .hop("get and compare", may("GetObject"), async {
                match objects.get(&bucket, &key).await? {
                    Some(found) if found == body => Ok(()),
                    Some(_) => Err(Error::failed("other bytes came back")),
                    None => Err(Error::failed("it was stored and is not there")),
                }
            })
            .await?;
        trail
            .hop("delete", may("DeleteObject"), async {
                objects.delete(&bucket, &key).await?;
                match objects.get(&bucket, &key).await? {
                    None => Ok(()),
                    Some(_) => Err(Error::failed("it was deleted and is still there")),
                }
            })
            .await?;
        announces(target, trail, &bucket).await
    }
}

/// The bucket's notifications go to the event bus.
pub(super) async fn announces(target: &Target, trail: &Trail, bucket: &str) -> Result<(), Stop> {
    let fix = format!(
        "{}: turn EventBridge notifications of {bucket} on again, or see {}",
        target.command("deploy --only storage"),
        target.command("drift")
    );
    trail
        .hop("notifications", fix, async {
            match target.cloud.objects.announces(bucket).await? {
                true => Ok(()),
                false => Err(Error::failed(format!(
                    "{bucket} does not tell the event bus of what is stored"
                ))),
            }
        })
        .await?;
    trail.note("to EventBridge");
    Ok(())
}
