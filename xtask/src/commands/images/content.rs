//! Whether two contents are the same, by what a bucket tells without giving the content.

use md5::Md5;
use sha2::{Digest as _, Sha256};

use super::Shelf;
use crate::cloud::media::Stored;
use crate::error::Result;

/// SHA-256 of a content.
pub(super) fn sha256(bytes: &[u8]) -> [u8; 32] {
    Sha256::digest(bytes).into()
}

/// What is known of an object's content.
#[derive(Debug)]
pub(super) struct Known {
    sha256: Option<[u8; 32]>,
    stored: Stored,
}

impl Known {
    /// Asks for the checksum that was stored with an object.
    pub(super) async fn of(shelf: &Shelf, stored: &Stored) -> Result<Self> {
        let sha256 = shelf.media.checksum(&shelf.bucket, &stored.key).await?;
        Ok(Self {
            sha256,
            stored: stored.clone(),
        })
    }

    /// Whether this is its content. An object that was stored without a SHA-256 in one piece has
    /// its MD5 as its etag; of any other the size has to do.
    pub(super) fn is(&self, bytes: &[u8]) -> bool {
        if bytes.len() as u64 != self.stored.size {
            return false;
        }
        match self.sha256 {
            Some(known) => known == sha256(bytes),
            None => match md5_of(&self.stored.etag) {
                Some(known) => known == hex::encode(Md5::digest(bytes)),
                None => true,
            },
        }
    }
}

/// The MD5 that an etag is; one of an upload in parts is none.
fn md5_of(etag: &str) -> Option<&str> {
    let etag = etag.trim_matches('"');
    let plain = etag.len() == 32 && etag.bytes().all(|byte| byte.is_ascii_hexdigit());
    plain.then_some(etag)
}
