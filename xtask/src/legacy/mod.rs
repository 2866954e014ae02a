//! The data of the Python original on its way in: its SQLite databases, its Chroma directories,
//! its folders of images. A source is surveyed as a whole, then its good rows are sent batch by
//! batch; a row that is not good is named with its reason. The source is only ever read.

pub mod chroma;
pub mod ids;
pub mod images;
pub mod moment;
pub mod report;
pub mod rollback;
pub mod run;
pub mod source;
pub mod sqlite;
pub mod validate;
pub mod vector;

#[cfg(test)]
mod tests;

pub use ids::Ids;
pub use report::Report;
pub use source::{Refused, Source, Survey};
