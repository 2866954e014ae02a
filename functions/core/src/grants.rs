//! What a function was not granted does not compile. Tests as documentation: of each pair of
//! examples, which differ in the function alone, the first compiles and the second must not.
//!
//! Connecting to the database; cleanup has none.
//!
//! ```no_run
//! # use collections_core::{Cloud, contract::functions::Ops};
//! fn connect(cloud: &Cloud<Ops>) {
//!     let _ = cloud.database(1);
//! }
//! ```
//! ```compile_fail,E0277
//! # use collections_core::{Cloud, contract::functions::Cleanup};
//! fn connect(cloud: &Cloud<Cleanup>) {
//!     let _ = cloud.database(1);
//! }
//! ```
//!
//! Saying that an image was processed; the analyzer may not.
//!
//! ```no_run
//! # use collections_core::contract::events::ImageProcessed;
//! # use collections_core::{contract::functions::ImageProcessor, events::Events};
//! async fn say(events: &Events<ImageProcessor>, event: ImageProcessed) {
//!     let _ = events.put(&[event], None).await;
//! }
//! ```
//! ```compile_fail,E0277
//! # use collections_core::contract::events::ImageProcessed;
//! # use collections_core::{contract::functions::Analyzer, events::Events};
//! async fn say(events: &Events<Analyzer>, event: ImageProcessed) {
//!     let _ = events.put(&[event], None).await;
//! }
//! ```
//!
//! Reading a model's key; the image processor may not.
//!
//! ```no_run
//! # use collections_core::contract::parameters::AnthropicKey;
//! # use collections_core::{contract::functions::Analyzer, secrets::Secrets};
//! async fn read(secrets: &Secrets<Analyzer>) {
//!     let _ = secrets.parameter::<AnthropicKey>().await;
//! }
//! ```
//! ```compile_fail,E0277
//! # use collections_core::contract::parameters::AnthropicKey;
//! # use collections_core::{contract::functions::ImageProcessor, secrets::Secrets};
//! async fn read(secrets: &Secrets<ImageProcessor>) {
//!     let _ = secrets.parameter::<AnthropicKey>().await;
//! }
//! ```
//!
//! Reading images; the embedder may not.
//!
//! ```no_run
//! # use collections_core::contract::objects::ObjectKey;
//! # use collections_core::{contract::functions::Analyzer, objects::Objects};
//! async fn read(objects: &Objects<Analyzer>, key: &ObjectKey) {
//!     let _ = objects.read_image(key, 1).await;
//! }
//! ```
//! ```compile_fail,E0599
//! # use collections_core::contract::objects::ObjectKey;
//! # use collections_core::{contract::functions::Embedder, objects::Objects};
//! async fn read(objects: &Objects<Embedder>, key: &ObjectKey) {
//!     let _ = objects.read_image(key, 1).await;
//! }
//! ```
//!
//! Granting something to oneself; only the contract grants.
//!
//! ```no_run
//! # use collections_core::contract::{Grants, access::Database, functions::Cleanup, functions::Ops};
//! fn needs<F: Grants<Database>>() {}
//! needs::<Ops>();
//! ```
//! ```compile_fail,E0117
//! # use collections_core::contract::{Grants, access::Database, functions::Cleanup, functions::Ops};
//! fn needs<F: Grants<Database>>() {}
//! impl Grants<Database> for Cleanup {}
//! needs::<Cleanup>();
//! ```
