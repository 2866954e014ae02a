//! Sentence embeddings: all-MiniLM-L6-v2 on the CPU.

mod batches;
mod bert;
mod gelu;
mod tokens;
mod weights;

use std::path::Path;

use anyhow::{Context as _, Result, ensure};
use candle_core::{Device, Tensor};

pub(crate) use bert::DIMENSIONS;
pub(crate) use tokens::{CONTEXT_TOKENS, Tokens};

/// What responses call the model. Never the name a caller asked for.
pub const MODEL: &str = "local/all-MiniLM-L6-v2";

/// The loaded model.
pub struct Embedder {
    bert: bert::Bert,
    tokens: Tokens,
}

impl Embedder {
    /// Loads `model.safetensors` and `tokenizer.json` of a directory.
    pub fn load(directory: &Path) -> Result<Self> {
        Self::load_files(directory).with_context(|| {
            format!(
                "load the embedding model of {} (`cargo xtask local up` installs it)",
                directory.display()
            )
        })
    }

    fn load_files(directory: &Path) -> Result<Self> {
        let tokens = Tokens::load(&directory.join("tokenizer.json"))?;
        let path = directory.join("model.safetensors");
        let bert = bert::Bert::new(weights::read(&path)?)
            .with_context(|| format!("find all-MiniLM-L6-v2 in {}", path.display()))?;
        let embedder = Self { bert, tokens };
        // The first pass also starts the threads: nobody should wait for that later.
        let trial = embedder.embed(&["ready"])?;
        ensure!(
            trial[0].iter().all(|value| value.is_finite()),
            "{} holds values that are no numbers",
            path.display()
        );
        Ok(embedder)
    }

    pub(crate) fn tokens(&self) -> &Tokens {
        &self.tokens
    }

    /// One vector of length 1 per text, in the order given.
    pub(crate) fn embed(&self, texts: &[impl AsRef<str>]) -> Result<Vec<Vec<f32>>> {
        let ids = texts
            .iter()
            .map(|text| self.tokens.ids(text.as_ref()))
            .collect::<Result<Vec<_>>>()?;
        let lengths: Vec<usize> = ids.iter().map(Vec::len).collect();
        let batches = batches::plan(&lengths);

        let mut vectors = vec![Vec::new(); texts.len()];
        for range in batches.ranges {
            let members = &batches.order[range];
            for (&text, vector) in members.iter().zip(self.embed_batch(&ids, members)?) {
                vectors[text] = vector;
            }
        }
        Ok(vectors)
    }

    fn embed_batch(&self, ids: &[Vec<u32>], members: &[usize]) -> Result<Vec<Vec<f32>>> {
        let width = members
            .iter()
            .map(|&text| ids[text].len())
            .max()
            .unwrap_or(0);
        let mut padded = Vec::with_capacity(members.len() * width);
        let mut mask = Vec::with_capacity(members.len() * width);
        for &text in members {
            let padding = width - ids[text].len();
            padded.extend_from_slice(&ids[text]);
            padded.extend(std::iter::repeat_n(0_u32, padding));
            mask.extend(std::iter::repeat_n(1_f32, ids[text].len()));
            mask.extend(std::iter::repeat_n(0_f32, padding));
        }
        let shape = (members.len(), width);
        let padded = Tensor::from_vec(padded, shape, &Device::Cpu)?;
        let mask = Tensor::from_vec(mask, shape, &Device::Cpu)?;
        Ok(self.bert.embed(&padded, &mask)?.to_vec2()?)
    }
}
