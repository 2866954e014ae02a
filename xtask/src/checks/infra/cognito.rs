//! cognito: a user is made, confirmed, and gets a token that says who it is.

use async_trait::async_trait;

use crate::checks::guest;
use crate::checks::target::Target;
use crate::checks::{Check, Stop, Trail};

pub(super) struct Cognito;

#[async_trait]
impl Check for Cognito {
    fn name(&self) -> String {
        "cognito".to_owned()
    }

    fn title(&self) -> String {
        "A user is made, confirmed and signs in".to_owned()
    }

    async fn run(&self, target: &Target, trail: &Trail) -> Result<(), Stop> {
        guest::welcome(target, trail, "cognito").await.map(drop)
    }
}
