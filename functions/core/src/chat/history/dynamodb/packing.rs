//! A state as bytes: as they are, compressed above 350 KB, and in the bucket if that is not enough.

use std::io::{Read as _, Write as _};

use anyhow::{Context, Result, bail};
use aws_sdk_dynamodb::primitives::Blob;
use aws_sdk_dynamodb::types::AttributeValue;
use contract::objects::ObjectKey;
use flate2::Compression;
use flate2::read::GzDecoder;
use flate2::write::GzEncoder;
use uuid::Uuid;

use super::Keeps;
use super::checkpoint::{Attributes, string};
use crate::chat::history::Thread;
use crate::chat::history::error::Error;
use crate::domain::UserId;
use crate::objects::{Objects, Read};

/// What may stand in the table. An item may have 400 KB, with its other attributes.
const INLINE: usize = 350 * 1024;
/// What a compressed state in the bucket may have.
const MAX_OBJECT: u64 = 64 * 1024 * 1024;
/// What a state may have; a small file may hold a lot of nothing.
const MAX_STATE: u64 = 512 * 1024 * 1024;

/// A state, packed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Packed {
    /// JSON.
    Plain(Vec<u8>),
    /// JSON, compressed.
    Gzip(Vec<u8>),
    /// JSON, compressed, in the object of this id.
    Object(Uuid),
    /// There is none: the conversation was removed.
    Nothing,
}

/// The object of a state.
pub(super) fn key(user: &UserId, object: &Uuid) -> ObjectKey {
    ObjectKey::checkpoint(user.as_str(), &object.to_string())
}

/// Packs a state, and stores it where it is too large for the table.
pub(super) async fn pack<F: Keeps>(
    objects: &Objects<F>,
    user: &UserId,
    thread: &Thread,
) -> Result<Packed, Error> {
    let json = serde_json::to_vec(thread).context("write the state")?;
    if json.len() <= INLINE {
        return Ok(Packed::Plain(json));
    }
    let packed = compress(&json).context("compress the state")?;
    if packed.len() <= INLINE {
        return Ok(Packed::Gzip(packed));
    }
    if packed.len() as u64 > MAX_OBJECT {
        return Err(Error::TooLarge {
            what: "a conversation",
            bytes: packed.len(),
            limit: usize::try_from(MAX_OBJECT).unwrap_or(usize::MAX),
        });
    }
    let object = Uuid::now_v7();
    objects
        .write_checkpoint(&key(user, &object), packed.into())
        .await
        .map_err(Error::Unavailable)?;
    Ok(Packed::Object(object))
}

/// The state again.
pub(super) async fn unpack<F: Keeps>(
    objects: &Objects<F>,
    user: &UserId,
    packed: &Packed,
) -> Result<Thread, Error> {
    let json = match packed {
        Packed::Plain(json) => json.clone(),
        Packed::Gzip(bytes) => decompress(bytes)?,
        Packed::Object(object) => decompress(&fetch(objects, &key(user, object)).await?)?,
        Packed::Nothing => return Err(anyhow::anyhow!("a removed state was asked for").into()),
    };
    Ok(serde_json::from_slice(&json).context("read the state of the conversation")?)
}

async fn fetch<F: Keeps>(objects: &Objects<F>, key: &ObjectKey) -> Result<Vec<u8>, Error> {
    let read = objects.read_checkpoint(key, MAX_OBJECT).await;
    match read.map_err(Error::Unavailable)? {
        Read::Found(bytes) => Ok(bytes.to_vec()),
        Read::Absent => Err(anyhow::anyhow!("the state in {key} is gone").into()),
        Read::TooLarge(bytes) => {
            Err(anyhow::anyhow!("the state in {key} has {bytes} bytes").into())
        }
    }
}

fn compress(bytes: &[u8]) -> std::io::Result<Vec<u8>> {
    let mut encoder = GzEncoder::new(Vec::new(), Compression::default());
    encoder.write_all(bytes)?;
    encoder.finish()
}

fn decompress(bytes: &[u8]) -> Result<Vec<u8>> {
    let mut json = Vec::new();
    let mut decoder = GzDecoder::new(bytes).take(MAX_STATE);
    decoder
        .read_to_end(&mut json)
        .context("decompress the state")?;
    Ok(json)
}

impl Packed {
    /// Writes it among the attributes of a checkpoint.
    pub(super) fn write(&self, attributes: &mut Attributes) {
        let (encoding, bytes) = match self {
            Self::Plain(bytes) => ("json", Some(bytes)),
            Self::Gzip(bytes) => ("gzip", Some(bytes)),
            Self::Object(object) => {
                let object = AttributeValue::S(object.to_string());
                attributes.insert("object_id".to_owned(), object);
                ("object", None)
            }
            Self::Nothing => ("none", None),
        };
        let encoding = AttributeValue::S(encoding.to_owned());
        attributes.insert("encoding".to_owned(), encoding);
        if let Some(bytes) = bytes {
            let state = AttributeValue::B(Blob::new(bytes.clone()));
            attributes.insert("checkpoint".to_owned(), state);
        }
    }

    /// Reads it back. Where the state itself was not asked for, it is empty.
    pub(super) fn read(attributes: &Attributes) -> Result<Self> {
        let state = || {
            let state = attributes.get("checkpoint").and_then(|s| s.as_b().ok());
            state.map(|blob| blob.as_ref().to_vec()).unwrap_or_default()
        };
        Ok(match string(attributes, "encoding")? {
            "json" => Self::Plain(state()),
            "gzip" => Self::Gzip(state()),
            "object" => Self::Object(Uuid::parse_str(string(attributes, "object_id")?)?),
            "none" => Self::Nothing,
            other => bail!("the checkpoint is encoded as {other}, which this version cannot read"),
        })
    }
}
