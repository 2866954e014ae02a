//! The Parameter Store manifest: every parameter, its type and where its value comes from.

/// A parameter as a type, so that `ReadParameter<VoyageKey>` can name it.
pub trait Parameter: 'static {
    /// The parameter as data.
    const SPEC: ParameterSpec;
}

/// One parameter.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ParameterSpec {
    /// The Rust type's name; names the IAM statement.
    pub identifier: &'static str,
    /// Below `/collections/<env>/`.
    pub name: &'static str,
    /// Plain or encrypted.
    pub kind: ParameterKind,
    /// Where the value comes from.
    pub source: Source,
}

impl ParameterSpec {
    /// The value in an environment where `.env` has none, if there is one.
    pub fn default_value(&self, environment: &str) -> Option<String> {
        match self.source {
            Source::Default { value, .. } => Some(value.replace("{environment}", environment)),
            Source::DotEnv { .. } | Source::Deploy(_) => None,
        }
    }

    /// The full name in an environment, under the path that `EnvKey::ParameterPrefix` holds.
    pub fn path(&self, prefix: &str) -> String {
        format!("{prefix}/{}", self.name)
    }
}

/// The path above all parameters of an environment.
pub fn prefix(environment: &str) -> String {
    format!("/collections/{environment}")
}

/// Below the prefix: what `ops` writes and removes to prove that it can.
pub const PROBE_FOLDER: &str = "ops/probe";

/// Plain or encrypted.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ParameterKind {
    /// Readable in the console.
    String,
    /// Encrypted; never printed.
    SecureString,
}

/// Where a parameter's value comes from.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Source {
    /// From `.env`, by this key.
    DotEnv {
        /// The key.
        key: &'static str,
        /// Whether the environment works without it.
        optional: bool,
    },
    /// From `.env` by this key, else this value.
    Default {
        /// The key.
        key: &'static str,
        /// The value where the key is absent; `{environment}` stands for the environment's name.
        value: &'static str,
    },
    /// Known once the stacks stand.
    Deploy(Derived),
}

/// Values that only a deploy knows.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Derived {
    /// The user in the database secret.
    DatabaseUsername,
    /// The password in the database secret.
    DatabasePassword,
    /// The database name.
    DatabaseName,
    /// Host, port and database, with the password left out.
    DatabaseUrl,
    /// The image bucket.
    BucketName,
}

macro_rules! parameters {
    ($($(#[$doc:meta])* $identifier:ident = $name:literal, $kind:ident, $source:expr;)+) => {
        $(
            $(#[$doc])*
            pub enum $identifier {}

            impl Parameter for $identifier {
                const SPEC: ParameterSpec = ParameterSpec {
                    identifier: stringify!($identifier),
                    name: $name,
                    kind: ParameterKind::$kind,
                    source: $source,
                };
            }
        )+

        /// Every parameter of an environment, in the order people read it.
        pub const MANIFEST: &[ParameterSpec] = &[$($identifier::SPEC),+];
    };
}

const fn required(key: &'static str) -> Source {
    Source::DotEnv {
        key,
        optional: false,
    }
}

const fn optional(key: &'static str) -> Source {
    Source::DotEnv {
        key,
        optional: true,
    }
}

const fn default(key: &'static str, value: &'static str) -> Source {
    Source::Default { key, value }
}

parameters! {
    /// Anthropic's API key.
    AnthropicKey = "anthropic/api_key", SecureString, required("ANTHROPIC_API_KEY");
    /// OpenAI's API key.
    OpenaiKey = "openai/api_key", SecureString, optional("OPENAI_API_KEY");
    /// Voyage's API key.
    VoyageKey = "voyage/api_key", SecureString, required("VOYAGE_API_KEY");
    /// Tavily's API key.
    TavilyKey = "tavily/api_key", SecureString, optional("TAVILY_API_KEY");
    /// LangSmith's API key.
    LangsmithKey = "langsmith/api_key", SecureString, optional("LANGSMITH_API_KEY");
    /// The database user.
    DatabaseUsername = "database/username", String, Source::Deploy(Derived::DatabaseUsername);
    /// The database password, for tools that cannot read Secrets Manager. Functions read the secret.
    DatabasePassword = "database/password", SecureString, Source::Deploy(Derived::DatabasePassword);
    /// The database name.
    DatabaseName = "database/name", String, Source::Deploy(Derived::DatabaseName);
    /// Where the database is, without the password.
    DatabaseUrl = "database/url", SecureString, Source::Deploy(Derived::DatabaseUrl);
    /// The image bucket.
    BucketName = "s3/bucket_name", String, Source::Deploy(Derived::BucketName);
    /// The embedding model.
    EmbeddingModel = "voyage/embedding_model", String,
        default("VOYAGE_EMBEDDING_MODEL", "voyage-3.5-lite");
    /// The number of dimensions of an embedding.
    EmbeddingDimensions = "voyage/embedding_dimensions", String,
        default("VOYAGE_EMBEDDING_DIMENSIONS", "1024");
    /// The LangSmith project.
    LangsmithProject = "langsmith/project", String,
        default("LANGSMITH_PROJECT", "collections-{environment}");
    /// How long a chat checkpoint lives after the last activity.
    CheckpointTtlHours = "checkpoint/ttl_hours", String, default("CHECKPOINT_TTL_HOURS", "4");
}
