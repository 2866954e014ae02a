//! The embedder may not read images.
use collections_core::contract::functions::Embedder;
use collections_core::contract::objects::ObjectKey;
use collections_core::objects::Objects;

async fn steal(objects: &Objects<Embedder>, key: &ObjectKey) {
    let _ = objects.read_image(key, 1).await;
}

fn main() {}
