//! parameters: Parameter Store keeps a secret and gives it back decrypted.

use async_trait::async_trait;
use contract::parameters::{PROBE_FOLDER, ParameterKind, prefix};

use crate::checks::target::Target;
use crate::checks::{Check, Stop, Trail};
use crate::error::{Error, Result};
use crate::secret::Secret;

pub(super) struct Parameters;

#[async_trait]
impl Check for Parameters {
    fn name(&self) -> String {
        "parameters".to_owned()
    }

    fn title(&self) -> String {
        "Parameter Store keeps an encrypted value and gives it back".to_owned()
    }

    async fn run(&self, target: &Target, trail: &Trail) -> Result<(), Stop> {
        let folder = prefix(&target.environment);
        let name = format!("{folder}/{PROBE_FOLDER}/{}", uuid::Uuid::new_v4());
        let value = Secret::generate();
        let store = &target.cloud.parameters;
        let (cleaner, probe) = (store.clone(), vec![name.clone()]);
        trail.clean_up(format!("parameter {name}"), async move {
            Ok(cleaner.delete(&probe).await?)
        });
        let may = |action: &str| {
            format!("this identity needs ssm:{action} on parameter{folder}/{PROBE_FOLDER}/*")
        };
        let put = store.put(&name, ParameterKind::SecureString, &value);
        trail
            .hop("put", may("PutParameter"), async { Ok(put.await?) })
            .await?;
        let names = [name.clone()];
        trail
            .hop("get, decrypted", may("GetParameters"), async {
                match store.values(&names).await?.get(&name) {
                    Some(found) if *found == value => Ok(()),
                    Some(_) => Err(Error::failed("another value came back")),
                    None => Err(Error::failed("it was written and is not there")),
                }
            })
            .await?;
        trail
            .hop("delete", may("DeleteParameter"), async {
                store.delete(&names).await?;
                match store.values(&names).await?.is_empty() {
                    true => Ok(()),
                    false => Err(Error::failed("it was deleted and is still there")),
                }
            })
            .await
    }
}
