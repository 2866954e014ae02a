//! The ten steps, and the chat table: each hop on the way of an image and of a request.

mod authenticated;
mod cognito;
mod dynamodb;
mod events;
mod gateway;
mod lambda;
mod lambda_parameters;
mod lambda_rds;
mod parameters;
mod rds;
mod s3;

use super::Check;

/// The name of the whole.
pub const SUITE: &str = "infra";

/// Every step, in the order people read them. None needs another one.
pub fn steps() -> Vec<Box<dyn Check>> {
    vec![
        Box::new(rds::Rds),
        Box::new(parameters::Parameters),
        Box::new(cognito::Cognito),
        Box::new(s3::S3),
        Box::new(lambda::Lambda),
        Box::new(lambda_rds::LambdaRds),
        Box::new(lambda_parameters::LambdaParameters),
        Box::new(gateway::Gateway),
        Box::new(events::Events),
        Box::new(authenticated::Authenticated),
        Box::new(dynamodb::DynamoDb),
    ]
}
