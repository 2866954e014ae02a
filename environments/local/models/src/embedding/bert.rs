//! The forward pass of MiniLM (a BERT encoder of six layers), for one batch of token ids.

use std::collections::HashMap;

use anyhow::{Context as _, Result};
use candle_core::{D, DType, Device, Tensor};
use candle_nn::{LayerNorm, Linear, Module as _, VarBuilder, layer_norm, linear, ops};

use super::gelu::Gelu;

/// The shape of sentence-transformers/all-MiniLM-L6-v2.
pub(crate) const DIMENSIONS: usize = 384;
const LAYERS: usize = 6;
const HEADS: usize = 12;
const HEAD_WIDTH: usize = DIMENSIONS / HEADS;
const INNER: usize = 1536;
const NORM_EPSILON: f64 = 1e-12;
const WORDS: &str = "embeddings.word_embeddings.weight";

/// Added to the attention score of a padding position, so that softmax gives it nothing.
const MASKED: f64 = -1e9;

pub(crate) struct Bert {
    /// Kept in half precision: half the memory of the largest tensor, cosines equal to 1e-4.
    words: Tensor,
    positions: Tensor,
    segment: Tensor,
    norm: LayerNorm,
    layers: Vec<Layer>,
}

struct Layer {
    query: Linear,
    key: Linear,
    value: Linear,
    attended: Linear,
    attended_norm: LayerNorm,
    widen: Linear,
    narrow: Linear,
    narrow_norm: LayerNorm,
}

impl Bert {
    pub(crate) fn new(mut tensors: HashMap<String, Tensor>) -> Result<Self> {
        let words = tensors
            .remove(WORDS)
            .with_context(|| format!("the tensor {WORDS} is missing"))?
            .to_dtype(DType::F16)?;
        let model = VarBuilder::from_tensors(tensors, DType::F32, &Device::Cpu);
        let embeddings = model.pp("embeddings");
        let layers = (0..LAYERS)
            .map(|index| Layer::new(&model.pp(format!("encoder.layer.{index}"))))
            .collect::<candle_core::Result<_>>()?;
        Ok(Self {
            words,
            positions: embeddings.get((512, DIMENSIONS), "position_embeddings.weight")?,
            segment: embeddings
                .get((2, DIMENSIONS), "token_type_embeddings.weight")?
                .narrow(0, 0, 1)?,
            norm: layer_norm(DIMENSIONS, NORM_EPSILON, embeddings.pp("LayerNorm"))?,
            layers,
        })
    }

    /// One normalised vector per row of `ids`; `mask` is 1 for a token and 0 for padding.
    pub(crate) fn embed(&self, ids: &Tensor, mask: &Tensor) -> candle_core::Result<Tensor> {
        let (rows, width) = ids.dims2()?;
        let words = self
            .words
            .index_select(&ids.flatten_all()?, 0)?
            .to_dtype(DType::F32)?
            .reshape((rows, width, DIMENSIONS))?;
        let places = self.positions.narrow(0, 0, width)?;
        let embedded = words.broadcast_add(&places)?.broadcast_add(&self.segment)?;
        let mut hidden = self.norm.forward(&embedded)?;

        let penalty = mask.affine(-MASKED, MASKED)?.reshape((rows, 1, 1, width))?;
        for layer in &self.layers {
            hidden = layer.forward(&hidden, &penalty)?;
        }
        mean_of_tokens(&hidden, mask)
    }
}

impl Layer {
    fn new(at: &VarBuilder<'_>) -> candle_core::Result<Self> {
        let attention = at.pp("attention.self");
        let square = |name| linear(DIMENSIONS, DIMENSIONS, attention.pp(name));
        let norm = |name| layer_norm(DIMENSIONS, NORM_EPSILON, at.pp(name));
        Ok(Self {
            query: square("query")?,
            key: square("key")?,
            value: square("value")?,
            attended: linear(DIMENSIONS, DIMENSIONS, at.pp("attention.output.dense"))?,
            attended_norm: norm("attention.output.LayerNorm")?,
            widen: linear(DIMENSIONS, INNER, at.pp("intermediate.dense"))?,
            narrow: linear(INNER, DIMENSIONS, at.pp("output.dense"))?,
            narrow_norm: norm("output.LayerNorm")?,
        })
    }

    fn forward(&self, hidden: &Tensor, penalty: &Tensor) -> candle_core::Result<Tensor> {
        let attended = self.attended.forward(&self.attend(hidden, penalty)?)?;
        let hidden = self.attended_norm.forward(&(attended + hidden)?)?;
        let wide = self.widen.forward(&hidden)?;
        wide.inplace_op1(&Gelu)?;
        let narrow = self.narrow.forward(&wide)?;
        self.narrow_norm.forward(&(narrow + &hidden)?)
    }

    fn attend(&self, hidden: &Tensor, penalty: &Tensor) -> candle_core::Result<Tensor> {
        let query = heads(&self.query.forward(hidden)?)?;
        let key = heads(&self.key.forward(hidden)?)?;
        let value = heads(&self.value.forward(hidden)?)?;
        let scores = (query.matmul(&key.t()?)? / (HEAD_WIDTH as f64).sqrt())?;
        let weights = ops::softmax_last_dim(&scores.broadcast_add(penalty)?)?;
        weights
            .matmul(&value)?
            .transpose(1, 2)?
            .flatten_from(D::Minus2)
    }
}

/// (rows, width, dimensions) → (rows, heads, width, head width)
fn heads(projected: &Tensor) -> candle_core::Result<Tensor> {
    let (rows, width, _) = projected.dims3()?;
    projected
        .reshape((rows, width, HEADS, HEAD_WIDTH))?
        .transpose(1, 2)?
        .contiguous()
}

/// The mean over the tokens that are no padding, scaled to length 1.
fn mean_of_tokens(hidden: &Tensor, mask: &Tensor) -> candle_core::Result<Tensor> {
    let sum = hidden.broadcast_mul(&mask.unsqueeze(2)?)?.sum(1)?;
    let mean = sum.broadcast_div(&mask.sum_keepdim(1)?)?;
    let length = mean.sqr()?.sum_keepdim(1)?.sqrt()?;
    mean.broadcast_div(&length)
}
