//! Repositories for the functions that are packaged as images, where there are any.

use std::collections::BTreeMap;

use contract::functions;
use serde_json::json;

use crate::aws::ecr::{
    EncryptionConfiguration, EncryptionType, ImageScanningConfiguration, ImageTagMutability,
    LifecyclePolicy, Repository,
};
use crate::cfn::{Deletion, Output, Template, json_text};
use crate::environment::{Environment, Packaging};
use crate::naming;

/// The repositories, by function.
pub type Registry = BTreeMap<&'static str, Output>;

/// The template, or none where everything is a zip.
pub fn build(environment: &Environment) -> Option<(Template, Registry)> {
    let names: Vec<&str> = functions::all()
        .iter()
        .map(|function| function.name)
        .filter(|name| environment.function(name).packaging == Packaging::Image)
        .collect();
    if names.is_empty() {
        return None;
    }
    let mut template = Template::new(
        "registry",
        naming::stack("Registry", environment),
        "Images of the functions that are packaged as such.",
    );
    let registry = names
        .into_iter()
        .map(|name| {
            let logical = naming::logical(name);
            let repository = template.add(&logical, repository(environment, name));
            template.keep(&repository, Deletion::Retain);
            (
                name,
                template.output(format!("{logical}Repository"), repository.repository_uri()),
            )
        })
        .collect();
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
}
