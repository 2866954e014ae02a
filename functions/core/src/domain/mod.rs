//! The things this system is about, parsed at the edge.

pub mod description;
pub mod document;
pub mod format;
pub mod ids;
pub mod item;

pub use description::Description;
pub use format::Format;
pub use ids::{AnalysisId, ItemId, UserId};
pub use item::{Analysis, Item, Status};
