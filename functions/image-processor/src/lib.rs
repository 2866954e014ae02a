//! Makes a thumbnail of every uploaded image and says that it did.

pub mod jpeg;
pub mod polyglot;
pub mod processor;
pub mod raster;
pub mod thumbnail;
