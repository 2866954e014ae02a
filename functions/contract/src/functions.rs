//! The functions: all that is granted, triggered and configured, in one place.

use crate::access::{
    Checkpoints, CountCheckpoints, Database, DatabaseDataApi, DeleteCheckpoints, DeleteImages,
    DeleteThumbnails, ProbeParameters, PutEvent, ReadCheckpoints, ReadImages, ReadParameter,
    ReadReports, ReadThumbnails, WriteCheckpoints, WriteImages, WriteThumbnails,
};
use crate::events::{
    AnalysisComplete, AnalysisRequested, Event, ImageProcessed, RebuildRequested, ResizeRequested,
};
use crate::function::{Declaration, Function, Pattern, Queue, Trigger, function};
use crate::objects::Kind;
use crate::parameters::{
    AnthropicKey, CheckpointTtlHours, EmbeddingDimensions, EmbeddingModel, LangsmithKey,
    LangsmithProject, OpenaiKey, TavilyKey, VoyageKey,
};

function! {
    /// Answers every HTTP request: items, search, chat, the console.
    Api = "api" {
        memory: 2048 or 3008 in production,
        timeout: 30,
        triggers: [Trigger::Http],
        environment: [
            ChatHistory, ChatHistoryFolder, ChatHistoryBackup, ChatMaxIterations, CognitoIssuer, CognitoClientId, CognitoJwksUrl,
            CognitoEndpoint, SelfSignUp, AnthropicBaseUrl, OpenaiBaseUrl, OllamaBaseUrl,
            VoyageBaseUrl, TavilyBaseUrl, LangsmithEndpoint,
        ],
        grants: [
            ReadImages, WriteImages, DeleteImages, ReadThumbnails, DeleteThumbnails, Database,
            DatabaseDataApi, Checkpoints, ReadCheckpoints, WriteCheckpoints, DeleteCheckpoints,
            ReadReports, PutEvent<ResizeRequested>, PutEvent<AnalysisRequested>,
            PutEvent<RebuildRequested>, ReadParameter<AnthropicKey>, ReadParameter<OpenaiKey>,
            ReadParameter<VoyageKey>, ReadParameter<EmbeddingModel>,
            ReadParameter<EmbeddingDimensions>, ReadParameter<TavilyKey>,
            ReadParameter<LangsmithKey>, ReadParameter<LangsmithProject>,
            ReadParameter<CheckpointTtlHours>,
        ],
    }
}

function! {
    /// Makes a thumbnail of every uploaded image.
    ImageProcessor = "image-processor" {
        memory: 1024 or 1536 in production,
        timeout: 60,
        triggers: [Trigger::Events {
            patterns: vec![
                Pattern::ObjectCreated(Kind::Image),
                Pattern::Event(ResizeRequested::TYPE),
            ],
            queue: Queue { batch_size: 4, max_concurrency: 10, max_receives: 5 },
        }],
        environment: [],
        grants: [ReadImages, WriteThumbnails, Database, PutEvent<ImageProcessed>],
    }
}

function! {
    /// Has a vision model describe every processed image.
    Analyzer = "analyzer" {
        memory: 1536 or 2048 in production,
        timeout: 120,
        triggers: [Trigger::Events {
            patterns: vec![
                Pattern::Event(ImageProcessed::TYPE),
                Pattern::Event(AnalysisRequested::TYPE),
            ],
            queue: Queue { batch_size: 2, max_concurrency: 10, max_receives: 5 },
        }],
        environment: [
            AnthropicBaseUrl, OpenaiBaseUrl, OllamaBaseUrl, LangsmithEndpoint,
            LangsmithPromptName,
        ],
        grants: [
            ReadImages, ReadThumbnails, Database, PutEvent<AnalysisComplete>,
            ReadParameter<AnthropicKey>, ReadParameter<OpenaiKey>, ReadParameter<LangsmithKey>,
            ReadParameter<LangsmithProject>,
        ],
    }
}

function! {
    /// Embeds every analysis, one by one or all of a user's again.
    Embedder = "embedder" {
        memory: 1024 or 1536 in production,
        timeout: 60,
        triggers: [Trigger::Events {
            patterns: vec![
                Pattern::Event(AnalysisComplete::TYPE),
                Pattern::Event(RebuildRequested::TYPE),
            ],
            queue: Queue { batch_size: 10, max_concurrency: 5, max_receives: 5 },
        }],
        environment: [VoyageBaseUrl, LangsmithEndpoint],
        grants: [
            Database, ReadParameter<VoyageKey>, ReadParameter<EmbeddingModel>,
            ReadParameter<EmbeddingDimensions>, ReadParameter<LangsmithKey>,
            ReadParameter<LangsmithProject>,
        ],
    }
}

function! {
    /// Reports expired chat checkpoints; the table's TTL removes them.
    Cleanup = "cleanup" {
        memory: 512 or 512 in production,
        timeout: 120,
        triggers: [Trigger::Schedule { expression: "rate(1 hour)" }],
        environment: [],
        grants: [CountCheckpoints],
    }
}

function! {
    /// Proves connections, migrates a database the tool cannot reach, moves chat history.
    Ops = "ops" {
        memory: 512 or 512 in production,
        timeout: 300,
        triggers: [Trigger::Invoke],
        environment: [ChatHistoryFolder],
        grants: [
            Database, DatabaseDataApi, Checkpoints, CountCheckpoints, ReadCheckpoints,
            WriteCheckpoints, DeleteCheckpoints, ReadParameter<CheckpointTtlHours>,
            ProbeParameters,
        ],
    }
}

/// Every function, in the order of the pipeline.
pub fn all() -> Vec<Declaration> {
    vec![
        Api::declaration(),
        ImageProcessor::declaration(),
        Analyzer::declaration(),
        Embedder::declaration(),
        Cleanup::declaration(),
        Ops::declaration(),
    ]
}
