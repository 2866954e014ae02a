//! The image processor may not read a model's key.
use collections_core::contract::functions::ImageProcessor;
use collections_core::contract::parameters::AnthropicKey;
use collections_core::secrets::Secrets;

async fn read(secrets: &Secrets<ImageProcessor>) {
    let _ = secrets.parameter::<AnthropicKey>().await;
}

fn main() {}
