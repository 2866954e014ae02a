//! What the chat providers share: answering, counting tokens, ids.

use std::sync::Arc;

use sha2::{Digest as _, Sha256};

use super::Trouble;
use crate::assistant;
use crate::conversation::{Conversation, Reply};
use crate::server::App;

/// What responses call the model. Never the name a caller asked for.
pub(crate) const MODEL: &str = "local/assistant";

/// The start of the epoch: the clock is left out so that equal requests get equal bytes.
pub(super) const CREATED: u64 = 0;

/// An answer with all that a response needs to know of it.
pub(super) struct Completion {
    pub(super) reply: Reply,
    /// Whether the limit on tokens cut the text.
    pub(super) cut: bool,
    pub(super) input_tokens: usize,
    pub(super) output_tokens: usize,
    /// The same for the same request.
    pub(super) id: String,
}

pub(super) async fn complete(
    app: &Arc<App>,
    conversation: Conversation,
    most_tokens: Option<usize>,
    body: &[u8],
) -> Result<Completion, Trouble> {
    let id = id(body);
    let app = Arc::clone(app);
    let work = move || {
        let answer = assistant::answer(&conversation)?;
        let tokens = app.embedder.tokens();
        let (reply, cut) = match (answer.reply, most_tokens) {
            (Reply::Text(text), Some(most)) => {
                let (kept, cut) = tokens.cut(&text, most);
                (Reply::Text(kept.to_owned()), cut)
            }
            (reply, _) => (reply, false),
        };
        let output_tokens = match &reply {
            Reply::Text(text) => tokens.count(text),
            Reply::ToolCall { name, input } => tokens.count(&format!("{name} {input}")),
        };
        Ok(Completion {
            reply,
            cut,
            input_tokens: tokens.count(&conversation.all_text()) + answer.image_tokens,
            output_tokens,
            id,
        })
    };
    tokio::task::spawn_blocking(work)
        .await
        .map_err(|_| Trouble::Internal)?
}

fn id(body: &[u8]) -> String {
    let digest = Sha256::digest(body);
    digest
        .iter()
        .take(12)
        .map(|byte| format!("{byte:02x}"))
        .collect()
}
