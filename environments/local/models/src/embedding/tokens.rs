//! The tokenizer of MiniLM: ids for the model, and an honest count for `usage` fields.

use std::path::Path;

use anyhow::{Context as _, Result, anyhow};
use tokenizers::Tokenizer;

/// What all-MiniLM-L6-v2 was made for, its two marks included; what comes after is cut off.
pub(crate) const CONTEXT_TOKENS: usize = 256;

/// Counts and cuts texts, and turns them into ids.
pub(crate) struct Tokens(Tokenizer);

impl Tokens {
    pub(crate) fn load(path: &Path) -> Result<Self> {
        let bytes = std::fs::read(path).with_context(|| format!("open {}", path.display()))?;
        let mut tokenizer = Tokenizer::from_bytes(bytes)
            .map_err(|error| anyhow!(error))
            .with_context(|| format!("read {} as a tokenizer", path.display()))?;
        // The file asks for padding to 128 tokens and truncation there; batches do it better.
        tokenizer.with_padding(None);
        tokenizer
            .with_truncation(None)
            .map_err(|error| anyhow!(error))?;
        Ok(Self(tokenizer))
    }

    /// The ids of a text between its start and end marks, cut to the context length.
    pub(crate) fn ids(&self, text: &str) -> Result<Vec<u32>> {
        let encoding = self.0.encode(text, true).map_err(|error| anyhow!(error))?;
        let mut ids = encoding.get_ids().to_vec();
        if ids.len() > CONTEXT_TOKENS {
            let end_mark = ids[ids.len() - 1];
            ids.truncate(CONTEXT_TOKENS - 1);
            ids.push(end_mark);
        }
        Ok(ids)
    }

    /// How many tokens a text has, uncut and without marks.
    pub(crate) fn count(&self, text: &str) -> usize {
        self.ends(text).len()
    }

    /// The text up to its first `most` tokens, and whether that cut something off.
    pub(crate) fn cut<'t>(&self, text: &'t str, most: usize) -> (&'t str, bool) {
        let ends = self.ends(text);
        if ends.len() <= most {
            return (text, false);
        }
        let end = most.checked_sub(1).map_or(0, |last| ends[last]);
        (text.get(..end).unwrap_or(text), true)
    }

    /// The byte offset at which each token of the text ends.
    fn ends(&self, text: &str) -> Vec<usize> {
        self.0
            .encode(text, false)
            .map(|encoding| encoding.get_offsets().iter().map(|(_, end)| *end).collect())
            .unwrap_or_default()
    }
}
