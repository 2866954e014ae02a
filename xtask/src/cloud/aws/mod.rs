//! The seam on AWS's own SDKs. Their retries are off: `Retry` repeats calls, on our clock, and
//! the tests of the engine run the same code.

mod account;
mod call;
mod expiry;
mod functions;
mod identity;
mod images;
mod objects;
mod parameters;
mod queues;
mod settling;
mod stacks;

use std::sync::Arc;

use aws_config::retry::RetryConfig;
use aws_config::{BehaviorVersion, Region, SdkConfig};
use aws_credential_types::Credentials;

use self::call::Caller;
use super::clock::SystemClock;
use super::retry::Retry;
use super::{Clock, Cloud};

/// Where calls go and who makes them.
#[derive(Clone, Debug, Default)]
pub struct CloudConfig {
    /// The region of the environment.
    pub region: String,
    /// An endpoint other than AWS; without one `AWS_ENDPOINT_URL` and the profile decide.
    pub endpoint: Option<String>,
    /// Fixed keys (id, secret); without them the usual chain of environment and profile.
    pub credentials: Option<(String, String)>,
}

/// Clients for one account and region.
pub async fn connect(config: &CloudConfig) -> Cloud {
    let sdk = load(config).await;
    let clock: Arc<dyn Clock> = Arc::new(SystemClock);
    let caller = Caller::new(Retry::new(clock.clone()));
    let endpoint = sdk.endpoint_url().map(str::to_owned);
    Cloud {
        stacks: Arc::new(stacks::SdkStacks::new(&sdk, caller.clone())),
        functions: Arc::new(functions::SdkFunctions::new(&sdk, caller.clone())),
        objects: Arc::new(objects::SdkObjects::new(
            &sdk,
            caller.clone(),
            endpoint.clone(),
        )),
        images: Arc::new(images::EcrImages::new(&sdk, caller.clone())),
        parameters: Arc::new(parameters::SdkParameters::new(&sdk, caller.clone())),
        expiry: Arc::new(expiry::SdkExpiry::new(&sdk, caller.clone())),
        account: Arc::new(account::SdkAccount::new(&sdk, caller.clone())),
        settling: Arc::new(settling::SdkSettling::new(&sdk, caller.clone())),
        queues: Arc::new(queues::SdkQueues::new(&sdk, caller.clone())),
        identity: Arc::new(identity::SdkIdentity::new(&sdk, caller)),
        clock,
        region: config.region.clone(),
        endpoint,
    }
}

/// One shared configuration: one HTTP client, one set of certificates, one chain of credentials.
pub async fn load(config: &CloudConfig) -> SdkConfig {
    let mut loader = aws_config::defaults(BehaviorVersion::latest())
        .region(Region::new(config.region.clone()))
        .retry_config(RetryConfig::disabled());
    if let Some(endpoint) = &config.endpoint {
        loader = loader.endpoint_url(endpoint);
    }
    if let Some((id, secret)) = &config.credentials {
        loader = loader.credentials_provider(Credentials::new(id, secret, None, None, "local"));
    }
    loader.load().await
}
