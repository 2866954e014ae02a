//! Repositories for the functions that are packaged as images, where there are any.

use std::collections::BTreeMap;

use contract::functions;
use serde_json::json;

use crate::aws::ecr::{
    EncryptionConfiguration, EncryptionType, ImageScanningConfiguration, ImageTagMutability,
    LifecyclePolicy, Repository,
};
use crate::cfn::{Output, PolicyDocument, Statement, Template, json_text};
use crate::environment::{Environment, Packaging};
use crate::naming;
use crate::stacks::compute::here;

/// The addresses of the repositories of functions that are packaged as images.
pub type Registry = BTreeMap<&'static str, Output>;

/// The template, or none where everything is a zip. With one image there is a repository for
/// every function: none is made or deleted, whichever function then turns to a zip or back.
pub fn build(environment: &Environment) -> Option<(Template, Registry)> {
    let is_image = |name: &str| environment.function(name).packaging == Packaging::Image;
    let declared = functions::all();
    if !declared.iter().any(|function| is_image(function.name)) {
        return None;
    }
    let mut template = Template::new(
        "registry",
        naming::stack("Registry", environment),
        "Images of the functions that are packaged as such.",
    );
    let mut registry = Registry::new();
    for function in &declared {
        let logical = naming::logical(function.name);
        let repository = template.add(&logical, repository(environment, function.name));
        if is_image(function.name) {
            let address = repository.repository_uri();
            let output = template.output(format!("{logical}Repository"), address);
            registry.insert(function.name, output);
        }
    }
    Some((template, registry))
}

fn repository(environment: &Environment, name: &str) -> Repository {
    let keep_ten = json!({ "rules": [{
        "rulePriority": 1,
        "description": "The last ten images stay for a way back",
        "selection": { "tagStatus": "any", "countType": "imageCountMoreThan", "countNumber": 10 },
        "action": { "type": "expire" },
    }]});
    Repository::new()
        .repository_name(naming::resource(environment, name))
        .image_tag_mutability(ImageTagMutability::Immutable)
        .image_scanning_configuration(ImageScanningConfiguration::new().scan_on_push(true))
        .encryption_configuration(EncryptionConfiguration::new(EncryptionType::Aes256))
        .lifecycle_policy(LifecyclePolicy::new().lifecycle_policy_text(json_text(keep_ten)))
        .repository_policy_text(lambda_reads(environment, name))
        // Images are made from source; only the environment's end deletes a repository.
        .empty_on_delete(true)
}

/// Lambda reads an image when it takes it in, and again when it has dropped its copy. Said here,
/// or Lambda would write it into the policy by itself, as drift.
fn lambda_reads(environment: &Environment, name: &str) -> PolicyDocument {
    let function = format!("function:{}", naming::function(environment, name));
    PolicyDocument::new([Statement::allow(
        "LambdaReads",
        ["ecr:BatchGetImage", "ecr:GetDownloadUrlForLayer"],
    )
    .service("lambda.amazonaws.com")
    .when(
        "StringLike",
        "aws:SourceArn",
        here("lambda", function.into()),
    )])
}
