//! Environment variables of the functions: every name once.

/// A variable a function reads. Secrets are never among them, only where to find one.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum EnvKey {
    /// dev, staging, prod or local.
    Environment,
    /// Log filter, `info` where unset.
    LogLevel,
    /// The path above all parameters of the environment, `/collections/dev`.
    ParameterPrefix,
    /// The image bucket.
    BucketName,
    /// The secret with the database user and password.
    DbSecretArn,
    /// The database host.
    DbHost,
    /// The database port.
    DbPort,
    /// The database name.
    DbName,
    /// A file with the authorities to trust instead of the built-in RDS ones.
    DbCaFile,
    /// The Aurora cluster, where history goes through the Data API.
    DbClusterArn,
    /// The DynamoDB table of chat checkpoints.
    CheckpointTableName,
    /// Which back end keeps chat history.
    ChatHistory,
    /// The folder of chat history in files: for `json`, and while a database is down.
    ChatHistoryFolder,
    /// Whether every save to the database is also written to that folder.
    ChatHistoryBackup,
    /// How many rounds the chat agent may take.
    ChatMaxIterations,
    /// Whom tokens must come from.
    CognitoIssuer,
    /// The app client tokens must be made for.
    CognitoClientId,
    /// Where the keys of the issuer are served.
    CognitoJwksUrl,
    /// The user pool's own API, for the console.
    CognitoEndpoint,
    /// Whether people may sign up by themselves.
    SelfSignUp,
    /// Where Anthropic's API is.
    AnthropicBaseUrl,
    /// Where OpenAI's API is.
    OpenaiBaseUrl,
    /// Where Ollama is, if it is used at all.
    OllamaBaseUrl,
    /// Where Voyage's API is.
    VoyageBaseUrl,
    /// Where Tavily's API is.
    TavilyBaseUrl,
    /// Where LangSmith's API is.
    LangsmithEndpoint,
    /// The analysis prompt's name in the LangSmith hub.
    LangsmithPromptName,
}

impl EnvKey {
    /// Every key.
    pub const ALL: &'static [Self] = &[
        Self::Environment,
        Self::LogLevel,
        Self::ParameterPrefix,
        Self::BucketName,
        Self::DbSecretArn,
        Self::DbHost,
        Self::DbPort,
        Self::DbName,
        Self::DbCaFile,
        Self::DbClusterArn,
        Self::CheckpointTableName,
        Self::ChatHistory,
        Self::ChatHistoryFolder,
        Self::ChatHistoryBackup,
        Self::ChatMaxIterations,
        Self::CognitoIssuer,
        Self::CognitoClientId,
        Self::CognitoJwksUrl,
        Self::CognitoEndpoint,
        Self::SelfSignUp,
        Self::AnthropicBaseUrl,
        Self::OpenaiBaseUrl,
        Self::OllamaBaseUrl,
        Self::VoyageBaseUrl,
        Self::TavilyBaseUrl,
        Self::LangsmithEndpoint,
        Self::LangsmithPromptName,
    ];

    /// What every function has, whatever it declares.
    pub const COMMON: &'static [Self] = &[Self::Environment, Self::LogLevel];

    /// The variable's name.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Environment => "ENVIRONMENT",
            Self::LogLevel => "LOG_LEVEL",
            Self::ParameterPrefix => "PARAMETER_PREFIX",
            Self::BucketName => "BUCKET_NAME",
            Self::DbSecretArn => "DB_SECRET_ARN",
            Self::DbHost => "DB_HOST",
            Self::DbPort => "DB_PORT",
            Self::DbName => "DB_NAME",
            Self::DbCaFile => "DB_CA_FILE",
            Self::DbClusterArn => "DB_CLUSTER_ARN",
            Self::CheckpointTableName => "CHECKPOINT_TABLE_NAME",
            Self::ChatHistory => "CHAT_HISTORY",
            Self::ChatHistoryFolder => "CHAT_HISTORY_FOLDER",
            Self::ChatHistoryBackup => "CHAT_HISTORY_BACKUP",
            Self::ChatMaxIterations => "CHAT_MAX_ITERATIONS",
            Self::CognitoIssuer => "COGNITO_ISSUER",
            Self::CognitoClientId => "COGNITO_CLIENT_ID",
            Self::CognitoJwksUrl => "COGNITO_JWKS_URL",
            Self::CognitoEndpoint => "COGNITO_ENDPOINT",
            Self::SelfSignUp => "SELF_SIGN_UP",
            Self::AnthropicBaseUrl => "ANTHROPIC_BASE_URL",
            Self::OpenaiBaseUrl => "OPENAI_BASE_URL",
            Self::OllamaBaseUrl => "OLLAMA_BASE_URL",
            Self::VoyageBaseUrl => "VOYAGE_BASE_URL",
            Self::TavilyBaseUrl => "TAVILY_BASE_URL",
            Self::LangsmithEndpoint => "LANGSMITH_ENDPOINT",
            Self::LangsmithPromptName => "LANGSMITH_PROMPT_NAME",
        }
    }
}
