//! The events of the pipeline: sources, detail types and their shapes.

use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};

/// An event on the default bus.
pub trait Event: Serialize + DeserializeOwned + Send + 'static {
    /// How the bus knows it.
    const TYPE: EventType;
}

/// Source and detail type.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct EventType {
    /// Who sends it.
    pub source: &'static str,
    /// What it is.
    pub detail_type: &'static str,
}

/// What S3 sends when an object was stored. Shaped by S3, so it is no `Event` of ours.
pub const OBJECT_CREATED: EventType = EventType {
    source: "aws.s3",
    detail_type: "Object Created",
};

macro_rules! events {
    ($($(#[$doc:meta])* $name:ident from $source:literal { $($(#[$field_doc:meta])* $field:ident: $type:ty,)+ })+) => {$(
        $(#[$doc])*
        #[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
        pub struct $name { $($(#[$field_doc])* pub $field: $type,)+ }

        impl Event for $name {
            const TYPE: EventType =
                EventType { source: $source, detail_type: stringify!($name) };
        }
    )+};
}

events! {
    /// An image has a thumbnail and can be analysed.
    ImageProcessed from "collections.imageprocessor" {
        /// The item the image belongs to.
        item_id: String,
        /// Its owner, the `sub` of the token.
        user_id: String,
        /// The bucket of both objects.
        bucket: String,
        /// The original.
        original_key: String,
        /// The thumbnail.
        thumbnail_key: String,
    }

    /// An analysis was stored and can be embedded.
    AnalysisComplete from "collections.analyzer" {
        /// The item.
        item_id: String,
        /// The new analysis.
        analysis_id: String,
        /// The item's owner.
        user_id: String,
    }

    /// Somebody wants an item's thumbnail made again.
    ResizeRequested from "collections.api" {
        /// The item.
        item_id: String,
        /// Its owner.
        user_id: String,
        /// The bucket of the original.
        bucket: String,
        /// The original.
        original_key: String,
    }

    /// Somebody wants an item analysed, perhaps again.
    AnalysisRequested from "collections.api" {
        /// The item.
        item_id: String,
        /// Its owner.
        user_id: String,
        /// Make a new version although one exists.
        force: bool,
        /// `anthropic`, `openai` or `ollama`; the environment's default where absent.
        provider: Option<String>,
        /// The provider's default where absent.
        model: Option<String>,
    }

    /// Somebody wants all embeddings of a user made again.
    RebuildRequested from "collections.api" {
        /// Whose embeddings.
        user_id: String,
    }
}
