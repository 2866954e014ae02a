//! What is wanted, from the crate `stack`: environment file in, desired stacks out.

use std::collections::BTreeMap;

use stack::cfn::{ArtifactPart as StackPart, Input as StackInput, Setting};
use stack::environment::{Architecture as StackArchitecture, Environment};

use super::desired::{Architecture, ArtifactPart, Desired, DesiredFunction, DesiredStack, Input};
use super::plan::Schemas;
use crate::environments;
use crate::error::{Error, Result};

/// The stack that holds the functions.
const COMPUTE: &str = "compute";

/// Values that lie outside the account.
pub type Settings = BTreeMap<Setting, String>;

/// Renders every stack of an environment.
pub fn desired(environment: &Environment, settings: &Settings) -> Result<Desired> {
    let app = environments::render(environment)?;
    let architecture = match environment.architecture {
        StackArchitecture::Arm64 => Architecture::Arm64,
        StackArchitecture::X86_64 => Architecture::X86_64,
    };
    let functions = app.functions.iter().map(|function| DesiredFunction {
        name: function.name.to_owned(),
        stack: COMPUTE.to_owned(),
        logical_id: format!("{}Function", function.logical),
        package: function.name.to_owned(),
        function_name: function.function_name.clone(),
        architecture,
    });
    let functions = functions.collect();
    let mut stacks = Vec::new();
    for stack in app.stacks {
        let mut inputs = BTreeMap::new();
        for (name, input) in &stack.inputs {
            inputs.insert(name.clone(), self::input(input, settings)?);
        }
        stacks.push(DesiredStack {
            id: stack.id.to_owned(),
            name: stack.name,
            template: stack.template,
            inputs,
            tags: stack.tags,
            termination_protection: stack.termination_protection,
        });
    }
    Ok(Desired {
        environment: environment.name.clone(),
        stacks,
        functions,
        protected: environment.protection.deletion,
    })
}

fn input(input: &StackInput, settings: &Settings) -> Result<Input> {
    Ok(match input {
        StackInput::Output { stack, output } => Input::Output {
            stack: (*stack).to_owned(),
            output: output.clone(),
        },
        StackInput::Setting(setting) => {
            let value = settings.get(setting).ok_or_else(|| {
                Error::input(format!("{setting:?} is not set")).hint(format!(
                    "set {} in .env or the environment",
                    variable(*setting)
                ))
            })?;
            Input::Literal(value.clone())
        }
        StackInput::Artifact { function, part } => {
            let part = match part {
                StackPart::Bucket => ArtifactPart::Bucket,
                StackPart::Key => ArtifactPart::Key,
                StackPart::Revision => ArtifactPart::Revision,
                StackPart::ImageUri => {
                    return Err(
                        Error::input(format!("{function}: images are not built yet"))
                            .hint("set its packaging to zip"),
                    );
                }
            };
            Input::Artifact {
                function: (*function).to_owned(),
                part,
            }
        }
    })
}

/// The variable that sets what lies outside the account.
pub fn variable(setting: Setting) -> &'static str {
    match setting {
        Setting::DatabaseHost => "COLLECTIONS_DATABASE_HOST",
        Setting::DatabasePort => "COLLECTIONS_DATABASE_PORT",
        Setting::DatabaseName => "COLLECTIONS_DATABASE_NAME",
        Setting::DatabaseCaFile => "COLLECTIONS_DATABASE_CA_FILE",
        Setting::CognitoEndpoint => "COLLECTIONS_COGNITO_ENDPOINT",
        Setting::AnthropicBaseUrl => "ANTHROPIC_BASE_URL",
        Setting::OpenaiBaseUrl => "OPENAI_BASE_URL",
        Setting::OllamaBaseUrl => "OLLAMA_BASE_URL",
        Setting::VoyageBaseUrl => "VOYAGE_BASE_URL",
        Setting::TavilyBaseUrl => "TAVILY_BASE_URL",
        Setting::LangsmithEndpoint => "LANGSMITH_ENDPOINT",
    }
}

const SETTINGS: [Setting; 11] = [
    Setting::DatabaseHost,
    Setting::DatabasePort,
    Setting::DatabaseName,
    Setting::DatabaseCaFile,
    Setting::CognitoEndpoint,
    Setting::AnthropicBaseUrl,
    Setting::OpenaiBaseUrl,
    Setting::OllamaBaseUrl,
    Setting::VoyageBaseUrl,
    Setting::TavilyBaseUrl,
    Setting::LangsmithEndpoint,
];

/// Settings from variables of the process.
pub fn settings_from_variables() -> Settings {
    let set = SETTINGS.into_iter();
    set.filter_map(|setting| Some((setting, std::env::var(variable(setting)).ok()?)))
        .collect()
}

/// The vendored schemas of the types in use.
pub struct VendoredSchemas;

impl Schemas for VendoredSchemas {
    fn create_only(&self, resource_type: &str) -> Vec<String> {
        let info = stack::aws::TYPES
            .iter()
            .find(|info| info.name == resource_type);
        info.into_iter()
            .flat_map(|info| info.create_only)
            .map(ToString::to_string)
            .collect()
    }

    fn write_only(&self, resource_type: &str) -> Vec<String> {
        let info = stack::aws::TYPES
            .iter()
            .find(|info| info.name == resource_type);
        info.into_iter()
            .flat_map(|info| info.write_only)
            .map(ToString::to_string)
            .collect()
    }
}
