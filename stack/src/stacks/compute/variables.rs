//! From environment keys to values. A key without a value in an environment is left out.

use contract::EnvKey;
use contract::function::Declaration;
use contract::parameters;

use super::Imports;
use crate::cfn::{Setting, Template, Value, concat};
use crate::environment::{ChatHistory, Environment, SignUp};

/// The variables of one function, sorted by name.
pub(super) fn of(
    template: &mut Template,
    environment: &Environment,
    declaration: &Declaration,
    imports: &Imports,
) -> Vec<(&'static str, Value<String>)> {
    let mut variables: Vec<_> = declaration
        .environment_keys()
        .into_iter()
        .filter_map(|key| Some((key.name(), value(template, environment, key, imports)?)))
        .collect();
    variables.sort_by_key(|(name, _)| *name);
    variables
}

fn value(
    template: &mut Template,
    environment: &Environment,
    key: EnvKey,
    imports: &Imports,
) -> Option<Value<String>> {
    // On `local` the machine knows where providers answer; elsewhere they are where they are.
    let mut provider = |setting: Setting, address: &str| {
        if environment.is_local() {
            template.setting(setting)
        } else {
            address.into()
        }
    };
    Some(match key {
        EnvKey::Environment => (&environment.name).into(),
        EnvKey::LogLevel => "info".into(),
        EnvKey::ParameterPrefix => parameters::prefix(&environment.name).into(),
        EnvKey::BucketName => imports.bucket_name.clone(),
        EnvKey::DbSecretArn => imports.database_secret.clone(),
        EnvKey::DbHost => imports.database_host.clone(),
        EnvKey::DbPort => imports.database_port.clone(),
        EnvKey::DbName => imports.database_name.clone(),
        EnvKey::DbCaFile => imports.database_ca_file.clone()?,
        EnvKey::DbClusterArn => imports.database_cluster.clone()?,
        EnvKey::CheckpointTableName => imports.table_name.clone(),
        EnvKey::ChatHistory => history(environment.chat_history).into(),
        EnvKey::ChatHistoryFolder => {
            // Elsewhere an instance has a folder of its own, and the default is in it.
            return environment
                .is_local()
                .then(|| template.setting(Setting::ConversationsFolder));
        }
        EnvKey::ChatHistoryBackup => environment.chat_history_backup.to_string().into(),
        EnvKey::ChatMaxIterations => "3".into(),
        EnvKey::CognitoIssuer => imports.issuer.clone(),
        EnvKey::CognitoClientId => imports.client.clone(),
        EnvKey::CognitoJwksUrl => {
            let keys = "/.well-known/jwks.json";
            match &imports.user_pool {
                Some(pool) => {
                    let endpoint = template.setting(Setting::CognitoEndpoint);
                    concat([endpoint, "/".into(), pool.clone(), keys.into()])
                }
                None => concat([imports.issuer.clone(), keys.into()]),
            }
        }
        EnvKey::CognitoEndpoint => {
            let address = format!("https://cognito-idp.{}.amazonaws.com", environment.region);
            provider(Setting::CognitoEndpoint, &address)
        }
        EnvKey::SelfSignUp => (environment.sign_up == SignUp::Open).to_string().into(),
        EnvKey::AnthropicBaseUrl => {
            provider(Setting::AnthropicBaseUrl, "https://api.anthropic.com")
        }
        EnvKey::OpenaiBaseUrl => provider(Setting::OpenaiBaseUrl, "https://api.openai.com"),
        EnvKey::OllamaBaseUrl => {
            // Nobody runs Ollama in an account unless the environment says where.
            return environment
                .is_local()
                .then(|| template.setting(Setting::OllamaBaseUrl));
        }
        EnvKey::VoyageBaseUrl => provider(Setting::VoyageBaseUrl, "https://api.voyageai.com"),
        EnvKey::TavilyBaseUrl => provider(Setting::TavilyBaseUrl, "https://api.tavily.com"),
        EnvKey::LangsmithEndpoint => provider(
            Setting::LangsmithEndpoint,
            "https://api.smith.langchain.com",
        ),
        EnvKey::LangsmithPromptName => "collections-app-initial".into(),
    })
}

fn history(kind: ChatHistory) -> &'static str {
    match kind {
        ChatHistory::Dynamodb => "dynamodb",
        ChatHistory::Postgres => "postgres",
        ChatHistory::AuroraDataApi => "aurora_data_api",
        ChatHistory::Json => "json",
    }
}
