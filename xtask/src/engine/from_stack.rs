//! What is wanted, from the crate `stack`: environment file in, desired stacks out.

use std::collections::BTreeMap;

use serde_json::Value;
use stack::app::DeployedFunction;
use stack::cfn::{ArtifactPart as StackPart, Input as StackInput, Output, Setting};
use stack::cost::{Usage, estimate};
use stack::environment::{Architecture as StackArchitecture, Environment};
use stack::naming;

use super::desired::{
    Architecture, ArtifactPart, Desired, DesiredFunction, DesiredStack, Input, Packaging, Unwanted,
};
use super::plan::{Prices, Schemas};
use crate::dotenv::DotEnv;
use crate::environments;
use crate::error::{Error, Result};
use crate::local::LocalEnvironment;

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
        purpose: function.purpose.to_owned(),
        package: function.name.to_owned(),
        function_name: function.function_name.clone(),
        architecture,
        packaging: packaging(function),
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
        unwanted: unwanted(environment, &stacks),
        stacks,
        functions,
        protected: environment.protection.deletion,
        express: environment.express,
    })
}

fn unwanted(environment: &Environment, stacks: &[DesiredStack]) -> Vec<Unwanted> {
    let all = naming::STACKS.iter();
    let others = all.filter(|(id, _)| !stacks.iter().any(|stack| stack.id == *id));
    let unwanted = others.map(|(id, title)| Unwanted {
        id: (*id).to_owned(),
        name: naming::stack(title, environment),
    });
    unwanted.collect()
}

fn packaging(function: &DeployedFunction) -> Packaging {
    match function.repository.as_ref().map(Output::input) {
        Some(StackInput::Output { stack, output }) => Packaging::Image {
            stack: stack.to_owned(),
            output,
        },
        _ => Packaging::Zip,
    }
}

fn input(input: &StackInput, settings: &Settings) -> Result<Input> {
    Ok(match input {
        StackInput::Output { stack, output } => Input::Output {
            stack: (*stack).to_owned(),
            output: output.clone(),
        },
        StackInput::Setting(setting) => {
            // Without a file of its own, a database is trusted by the usual authorities.
            let none = (*setting == Setting::DatabaseCaFile).then(String::new);
            let value = settings.get(setting).cloned().or(none).ok_or_else(|| {
                Error::input(format!("{setting:?} is not set"))
                    .hint(format!("set {} in .env", variable(*setting)))
            })?;
            Input::Literal(value)
        }
        StackInput::Artifact { function, part } => {
            let part = match part {
                StackPart::Bucket => ArtifactPart::Bucket,
                StackPart::Key => ArtifactPart::Key,
                StackPart::Revision => ArtifactPart::Revision,
                StackPart::ImageDigest => ArtifactPart::ImageDigest,
            };
            Input::Artifact {
                function: (*function).to_owned(),
                part,
            }
        }
    })
}

/// The entry of `.env` that sets what lies outside the account.
pub fn variable(setting: Setting) -> &'static str {
    match setting {
        Setting::DatabaseHost => "DATABASE_HOST",
        Setting::DatabasePort => "DATABASE_PORT",
        Setting::DatabaseName => "DATABASE_NAME",
        Setting::DatabaseCaFile => "DATABASE_CA_FILE",
        Setting::ConversationsFolder => "CONVERSATIONS_FOLDER",
        Setting::CognitoEndpoint => "COGNITO_ENDPOINT",
        Setting::AnthropicBaseUrl => "ANTHROPIC_BASE_URL",
        Setting::OpenaiBaseUrl => "OPENAI_BASE_URL",
        Setting::OllamaBaseUrl => "OLLAMA_BASE_URL",
        Setting::VoyageBaseUrl => "VOYAGE_BASE_URL",
        Setting::TavilyBaseUrl => "TAVILY_BASE_URL",
        Setting::LangsmithEndpoint => "LANGSMITH_ENDPOINT",
    }
}

/// What `.env` says of things outside the account. Only an external database needs any of it.
pub fn settings_of(dotenv: &DotEnv) -> Settings {
    use Setting::{DatabaseCaFile, DatabaseHost, DatabaseName, DatabasePort};
    let said = [DatabaseHost, DatabasePort, DatabaseName, DatabaseCaFile].into_iter();
    said.filter_map(|setting| Some((setting, dotenv.get(variable(setting))?.expose().to_owned())))
        .collect()
}

/// The addresses of a local environment. A provider whose key is in `.env` is the real one.
pub fn settings_of_local(local: &LocalEnvironment, dotenv: &DotEnv) -> Settings {
    let provider = |setting: Setting, key: &str, address: &str| {
        let own = dotenv
            .get(variable(setting))
            .map(|url| url.expose().to_owned());
        let address = match dotenv.get(key) {
            Some(_) => address,
            None => local.models_url.as_str(),
        };
        (setting, own.unwrap_or_else(|| address.to_owned()))
    };
    let database = &local.database;
    Settings::from([
        (Setting::DatabaseHost, database.host.clone()),
        (Setting::DatabasePort, database.port.to_string()),
        (Setting::DatabaseName, database.name.clone()),
        (
            Setting::DatabaseCaFile,
            database.ca_file.display().to_string(),
        ),
        (
            Setting::ConversationsFolder,
            local.conversations.display().to_string(),
        ),
        (Setting::CognitoEndpoint, local.emulator_url.clone()),
        provider(
            Setting::AnthropicBaseUrl,
            "ANTHROPIC_API_KEY",
            "https://api.anthropic.com",
        ),
        provider(
            Setting::OpenaiBaseUrl,
            "OPENAI_API_KEY",
            "https://api.openai.com",
        ),
        // Ollama has no key; naming its address chooses it.
        provider(
            Setting::OllamaBaseUrl,
            "OLLAMA_BASE_URL",
            "http://127.0.0.1:11434",
        ),
        provider(
            Setting::VoyageBaseUrl,
            "VOYAGE_API_KEY",
            "https://api.voyageai.com",
        ),
        provider(
            Setting::TavilyBaseUrl,
            "TAVILY_API_KEY",
            "https://api.tavily.com",
        ),
        provider(
            Setting::LangsmithEndpoint,
            "LANGSMITH_API_KEY",
            "https://api.smith.langchain.com",
        ),
    ])
}

/// The prices of the crate `stack`, for one environment.
pub struct MonthlyPrices<'a>(pub &'a Environment);

impl Prices for MonthlyPrices<'_> {
    fn monthly_cents(&self, templates: &BTreeMap<String, Value>) -> Option<i64> {
        if self.0.is_local() {
            return None;
        }
        let mut app = environments::render(self.0).ok()?;
        app.stacks
            .retain_mut(|stack| match templates.get(stack.id) {
                Some(template) => {
                    stack.template.clone_from(template);
                    true
                }
                None => false,
            });
        // What is not wanted any more costs all the same, while it stands.
        for (id, title) in naming::STACKS {
            if let Some(template) = templates.get(id)
                && app.stack(id).is_none()
            {
                app.stacks.push(stack::app::Stack {
                    id,
                    name: naming::stack(title, self.0),
                    template: template.clone(),
                    inputs: BTreeMap::new(),
                    tags: BTreeMap::new(),
                    termination_protection: false,
                });
            }
        }
        let month = estimate(&app, self.0, &Usage::default()).total.usd();
        // A rounded figure of a few hundred dollars: nothing is lost.
        #[allow(clippy::cast_possible_truncation)]
        let cents = (month * 100.0).round() as i64;
        Some(cents)
    }
}

/// Changes that the schemas call replacements under conditions, and that AWS documents as
/// interruptions: a restart, a moment without connections. They happen in daily life.
const ONLY_INTERRUPT: [(&str, &str); 6] = [
    ("AWS::RDS::DBCluster", "GlobalClusterIdentifier"),
    ("AWS::RDS::DBInstance", "AutoMinorVersionUpgrade"),
    ("AWS::RDS::DBInstance", "BackupRetentionPeriod"),
    ("AWS::RDS::DBInstance", "DBParameterGroupName"),
    ("AWS::RDS::DBInstance", "MultiAZ"),
    ("AWS::RDS::DBInstance", "PreferredMaintenanceWindow"),
];

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

    fn conditional(&self, resource_type: &str) -> Vec<String> {
        let info = stack::aws::TYPES
            .iter()
            .find(|info| info.name == resource_type);
        info.into_iter()
            .flat_map(|info| info.conditional)
            .filter(|property| !ONLY_INTERRUPT.contains(&(resource_type, property)))
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

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::{Setting, settings_of_local};
    use crate::dotenv::DotEnv;
    use crate::local::{Database, LocalEnvironment};
    use crate::secret::Secret;

    fn local() -> LocalEnvironment {
        LocalEnvironment {
            emulator_url: "http://127.0.0.1:1".into(),
            region: "us-east-1".into(),
            account_id: "000000000000".into(),
            database: Database {
                host: "localhost".into(),
                port: 2,
                name: "collections".into(),
                user: "postgres".into(),
                password: Secret::new("hidden"),
                ca_file: "/ca.pem".into(),
            },
            models_url: "http://127.0.0.1:3".into(),
            conversations: "/nowhere".into(),
        }
    }

    #[test]
    fn a_provider_whose_key_is_there_is_the_real_one_and_the_others_are_local() {
        let root = tempfile::tempdir().unwrap();
        let keys = "VOYAGE_API_KEY=key\nTAVILY_API_KEY=key\nTAVILY_BASE_URL=http://127.0.0.1:4\n";
        std::fs::write(root.path().join(".env"), keys).unwrap();
        let settings = settings_of_local(&local(), &DotEnv::read(root.path()).unwrap());
        assert_eq!(
            settings[&Setting::VoyageBaseUrl],
            "https://api.voyageai.com"
        );
        assert_eq!(settings[&Setting::TavilyBaseUrl], "http://127.0.0.1:4");
        assert_eq!(settings[&Setting::AnthropicBaseUrl], "http://127.0.0.1:3");
        assert_eq!(settings[&Setting::DatabasePort], "2");
        assert!(!format!("{settings:?}").contains("hidden"));
    }
}
